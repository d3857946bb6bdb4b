"""Loads an exported imagefolder zip with Hugging Face datasets.

    python test/interop/read_imagefolder.py ZIP

ZIP is what "Export > Hugging Face imagefolder, zip" on a dataset's page saves. Prints the splits; exits 1 when they cannot be
loaded, when a split lacks an image that the zip holds, or when a picture's bytes are not those of its sha256.
"""

import hashlib
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import datasets

folder = Path(tempfile.mkdtemp())
zipfile.ZipFile(sys.argv[1]).extractall(folder)
loaded = datasets.load_dataset("imagefolder", data_dir=str(folder))
faults = []
for metadata in folder.glob("*/metadata.jsonl"):
    rows = [json.loads(line) for line in metadata.read_text().splitlines()]
    split = loaded[metadata.parent.name].cast_column("image", datasets.Image(decode=False))
    if split.num_rows != len(rows):
        faults.append(f"{metadata.parent.name}: {split.num_rows} of {len(rows)} rows")
    for row in split:
        data = row["image"]["bytes"] or Path(row["image"]["path"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != row["sha256"]:
            faults.append(f"{row['image']['path']}: other bytes than its sha256")
    print(metadata.parent.name, split.num_rows, "images, columns", ", ".join(split.column_names))
for fault in faults:
    print("FAIL ", fault)
sys.exit(1 if faults else 0)
