"""Reads what write-files.ts wrote with the packages that own the formats: tensorboard, safetensors, transformers, peft.

    python test/interop/read_files.py OUT_DIR

Prints one line per check; exits 1 when one fails. Packages that are not installed are named and their checks skipped.
"""

import csv
import json
import sys
from pathlib import Path

out = Path(sys.argv[1])
results = []


def check(name, holds, detail=""):
    results.append(bool(holds))
    print(("ok    " if holds else "FAIL  ") + name + (f"  ({detail})" if detail else ""))


def needs(*packages):
    def decorate(function):
        try:
            for package in packages:
                __import__(package)
        except ImportError as error:
            print(f"skip  {function.__name__}: {error.name} is not installed")
            return
        function()

    return decorate


@needs("tensorboard")
def events():
    from importlib.metadata import version

    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(out / "logs"))
    log.Reload()
    tags = sorted(log.Tags()["scalars"])
    check("tensorboard reads the tags", tags == ["eval/acc", "train/loss", "train/reward", "train/rewards/vcr_reward/mean"], f"tensorboard {version('tensorboard')}")
    loss = log.Scalars("train/loss")
    check("tensorboard reads 50 losses with step and time", [(e.step, round(e.value, 5), e.wall_time) for e in loss] == [(i, round(1 / i, 5), 1700000000 + i) for i in range(1, 51)])
    check("tensorboard reads 5 evaluations", [e.step for e in log.Scalars("eval/acc")] == [10, 20, 30, 40, 50])


@needs("safetensors", "numpy")
def weights():
    from importlib.metadata import version

    from safetensors import safe_open

    with safe_open(out / "merged" / "model.safetensors", framework="np") as file:
        names = list(file.keys())
        check("safetensors opens the merged model", len(names) > 50 and file.metadata() == {"format": "pt"}, f"safetensors {version('safetensors')}, {len(names)} tensors")
    with safe_open(out / "adapter-llava-lora" / "adapter_model.safetensors", framework="np") as file:
        check("safetensors opens the adapter", len(list(file.keys())) == 8)


@needs("csv")
def tables():
    with open(out / "curve.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    check("csv reads 50 rows that begin with step and timestamp", len(rows) == 50 and list(rows[0])[:2] == ["step", "timestamp"] and rows[9]["eval/acc"] == "0.75" and rows[0]["eval/acc"] == "")
    lines = [json.loads(line) for line in open(out / "curve.jsonl")]
    check("json reads 50 lines", [line["step"] for line in lines] == list(range(1, 51)))


@needs("transformers")
def trainer_state():
    from importlib.metadata import version

    from transformers import TrainerState

    state = TrainerState.load_from_json(str(out / "trainer_state.json"))
    check("transformers loads trainer_state.json", state.global_step == 50 and state.max_steps == 50 and len(state.log_history) == 50, f"transformers {version('transformers')}")
    check("its history has bare names", {"loss", "reward", "epoch", "step"} <= set(state.log_history[0]))


@needs("peft", "transformers", "torch", "safetensors")
def adapter():
    from importlib.metadata import version

    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import LlamaConfig, LlamaForCausalLM

    def language_model(folder):
        config = json.loads((out / folder / "config.json").read_text())
        keys = ["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "max_position_embeddings"]
        model = LlamaForCausalLM(LlamaConfig(**{key: config[key] for key in keys}, rms_norm_eps=config.get("rms_norm_eps", 1e-5), attn_implementation="eager"))
        tensors = load_file(out / folder / "model.safetensors")
        missing, _ = model.load_state_dict(tensors, strict=False)  # vision tower, projector and head are not the decoder's
        check(f"transformers finds every decoder tensor in {folder}/", missing == [], f"transformers {version('transformers')}, torch {torch.__version__}")
        return model.eval()

    expected = load_file(out / "logits.safetensors")
    tokens = expected["tokens"].long()[None]

    def distance(model):
        with torch.no_grad():
            return (model(tokens).logits[0] - expected["logits"]).abs().max().item()

    base = language_model("base")
    check("the adapter changes the answer", distance(base) > 0.1, f"base alone: {distance(base):.3g}")
    model = PeftModel.from_pretrained(base, str(out / "adapter-llava-lora")).eval()
    check("peft loads the adapter to the engine's logits", distance(model) < 1e-4, f"peft {version('peft')}, largest difference {distance(model):.3g}")
    check("peft merges it to the same", distance(model.merge_and_unload()) < 1e-4)
    merged = language_model("merged")
    check("our merged export gives the engine's logits", distance(merged) < 1e-4, f"largest difference {distance(merged):.3g}")


if not all(results):
    sys.exit(f"{results.count(False)} of {len(results)} checks failed")
print(f"all {len(results)} checks hold")
