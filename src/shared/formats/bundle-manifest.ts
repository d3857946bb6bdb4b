// manifest.json of a project bundle: what the zip holds, with the SHA-256 of every file (spec/formats.md 7).
import * as v from 'valibot';
import { WorkbenchError } from '../errors.ts';
import { parseJson } from './json-text.ts';

const NAME = 'prpo-workbench';
/** Raised when a reader of the old form could not read the new one. */
const VERSION = 1;
export const BUNDLE_FORMAT = `${NAME}/${VERSION}`;
export const MANIFEST_PATH = 'manifest.json';
/** In a dataset's folder: a line `{ path, reason }` for each picture that could not be read; absent where all were. */
export const LEFT_OUT_PATH = 'left-out.jsonl';

const Manifest = v.object({
  format: v.string(),
  app: v.string(),
  created: v.string(),
  /** False: the bundle was made without pictures. */
  images: v.boolean(),
  items: v.array(v.object({ path: v.string(), bytes: v.number(), sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
});
export type BundleManifest = v.InferOutput<typeof Manifest>;
export type BundleItem = BundleManifest['items'][number];

/** What to say of a bundle that cannot be read. */
export const DAMAGED_BUNDLE = { safe: 'Nothing was stored or changed.', remedy: 'Copy the bundle again, or export it anew.' };
/** What to say of a zip that is something else. */
export const NO_BUNDLE = { safe: 'Nothing was stored or changed.', remedy: 'Choose a zip that Device & storage exported.' };

/** @throws E-JSON, E-SCHEMA; E-UNSUPPORTED for a bundle of a newer version */
export function parseManifest(text: string): BundleManifest {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new WorkbenchError('E-JSON', `The bundle's manifest is not JSON. ${parsed.reason}`, DAMAGED_BUNDLE);
  const format = v.safeParse(v.object({ format: v.string() }), parsed.value);
  const [name, version] = (format.success ? format.output.format : '').split('/');
  if (name !== NAME) throw new WorkbenchError('E-SCHEMA', 'The zip is not a project bundle: its manifest has another format.', NO_BUNDLE);
  if (Number(version) !== VERSION) {
    throw new WorkbenchError('E-UNSUPPORTED', `The bundle has the format ${name}/${version}; this app reads ${BUNDLE_FORMAT}.`, {
      ...DAMAGED_BUNDLE,
      remedy: 'Open it with the app version that made it, or a newer one.',
    });
  }
  const manifest = v.safeParse(Manifest, parsed.value);
  if (manifest.success) return manifest.output;
  const [issue] = manifest.issues;
  throw new WorkbenchError(
    'E-SCHEMA',
    `The bundle's manifest is damaged: ${v.getDotPath(issue) ?? 'root'} should be ${issue.expected}.`,
    DAMAGED_BUNDLE,
  );
}
