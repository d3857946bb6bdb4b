// Opens a project bundle and checks every file of it before anyone uses one.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { DAMAGED_BUNDLE, MANIFEST_PATH, NO_BUNDLE, parseManifest } from '../../../src/shared/formats/bundle-manifest.ts';
import { decodeText, parseJson } from '../../../src/shared/formats/json-text.ts';
import { readLines } from '../../../src/shared/formats/jsonl.ts';
import { openZip, unpackedBytes, type ZipEntry } from '../../../src/shared/formats/zip-reader.ts';
import { sha256Hex } from '../../../src/shared/hash.ts';

interface OpenOptions {
  signal: AbortSignal;
  onChecked: (done: number, total: number) => void;
  /** Throws when so many bytes do not fit. */
  assertRoom?: (bytes: number) => void;
}

/** A bundle whose files are all there and equal to their checksums. */
export class Bundle {
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** Everything but the manifest, each checked. */
  readonly paths: readonly string[];
  readonly #checked: ReadonlySet<string>;
  /** In the zip, but not in its manifest, and so unchecked: never used. */
  readonly unlisted: readonly string[];

  private constructor(entries: ReadonlyMap<string, ZipEntry>, paths: readonly string[]) {
    this.#entries = entries;
    this.paths = paths;
    this.#checked = new Set(paths);
    this.unlisted = [...entries.keys()].filter((path) => path !== MANIFEST_PATH && !this.#checked.has(path));
  }

  /**
   * @throws E-SCHEMA (truncated, a file missing), E-CHECKSUM (a file changed), E-UNSUPPORTED (newer), E-JSON, E-CANCELLED, E-QUOTA
   *   (unpacked it is larger than the room there is; nothing has been unpacked then)
   */
  static async open(file: Blob, { signal, onChecked, assertRoom }: OpenOptions): Promise<Bundle> {
    const entries = await openZip(file);
    assertRoom?.(unpackedBytes(entries));
    const manifestEntry = entries.get(MANIFEST_PATH);
    if (!manifestEntry) throw new WorkbenchError('E-SCHEMA', `The zip is not a project bundle: it has no ${MANIFEST_PATH}.`, NO_BUNDLE);
    const { items } = parseManifest(await (await manifestEntry.read()).text());
    for (const [index, { path, bytes, sha256 }] of items.entries()) {
      signal.throwIfAborted();
      const entry = entries.get(path);
      if (!entry) throw new WorkbenchError('E-SCHEMA', `The bundle lacks ${path}, which its manifest lists.`, DAMAGED_BUNDLE);
      const got = entry.sizeBytes === bytes ? await sha256Hex(await entry.read()) : `${entry.sizeBytes} bytes`;
      if (got !== sha256) {
        const details = { path, got, expected: sha256 };
        throw new WorkbenchError('E-CHECKSUM', `The file ${path} in the bundle was changed or damaged: its checksum differs.`, {
          ...DAMAGED_BUNDLE,
          details,
        });
      }
      onChecked(index + 1, items.length);
    }
    return new Bundle(
      entries,
      items.map(({ path }) => path),
    );
  }

  has(path: string): boolean {
    return this.#checked.has(path);
  }

  /** @throws E-SCHEMA when the bundle has no such file */
  async read(path: string): Promise<Blob> {
    const entry = this.#entries.get(path);
    if (entry && this.has(path)) return entry.read();
    throw new WorkbenchError('E-SCHEMA', `The bundle lacks ${path}.`, DAMAGED_BUNDLE);
  }

  async json(path: string): Promise<unknown> {
    const parsed = parseJson(decodeText(await (await this.read(path)).arrayBuffer()));
    if (parsed.ok) return parsed.value;
    throw new WorkbenchError('E-JSON', `${path} in the bundle is not JSON. ${parsed.reason}`, DAMAGED_BUNDLE);
  }

  async lines(path: string): Promise<{ place: string; value: unknown }[]> {
    const { rows, problems } = readLines(path, decodeText(await (await this.read(path)).arrayBuffer()));
    if (problems[0]) throw new WorkbenchError('E-JSON', `${problems[0].path} in the bundle: ${problems[0].reason}`, DAMAGED_BUNDLE);
    return rows;
  }
}
