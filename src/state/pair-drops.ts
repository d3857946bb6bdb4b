// An answers file and its question file that are dropped one after the other become one drop: whoever drops the questions first is
// told what is missing, whoever drops them second has the answers scored again with them.
import type { ImportEntry } from '../shared/data-api.ts';
import { decodeTextFile } from '../shared/formats/json-text.ts';
import { isRecord, parseLine } from '../shared/formats/jsonl.ts';
import { TEXT_NAMES } from '../shared/formats/answer-names.ts';
import type { TakeDrop } from './review-walk.ts';

type FileKind = 'answers' | 'questions' | null;

/** Enough for a first row. */
const FIRST_BYTES = 65_536;

/** By its first row; null for anything else, which the review names. */
async function kindOf({ path, file }: ImportEntry): Promise<FileKind> {
  if (!/\.jsonl$/i.test(path)) return null;
  const { text } = decodeTextFile(await file.slice(0, FIRST_BYTES).arrayBuffer());
  const { result } = parseLine(text.split(/[\r\n]/, 1)[0] ?? '', 1);
  if (!result.ok || !isRecord(result.value)) return null;
  const row = result.value;
  if (['answer_id', 'model_id', 'predict', ...TEXT_NAMES].some((name) => name in row)) return 'answers';
  return typeof row['image'] === 'string' && 'text' in row ? 'questions' : null;
}

interface Kept {
  kind: FileKind;
  entry: ImportEntry;
}

/**
 * Wraps what takes a drop.
 * @param tell shows a message
 */
export function createDropPairing(take: TakeDrop, tell: (text: string) => void): TakeDrop {
  let kept: Kept | null = null;
  return async (entries) => {
    const rest = await take(entries);
    if (!rest) return rest;
    const partner = kept;
    kept = null;
    const [entry, ...others] = rest;
    const kind = entry && others.length === 0 ? await kindOf(entry) : null;
    if (!entry || !kind) return rest;
    if (partner && partner.kind !== kind) return [entry, partner.entry];
    kept = { kind, entry };
    if (kind === 'answers') return rest;
    tell(`${entry.path} holds questions; it is kept until this page is closed. Now drop the answers.jsonl that belongs to it.`);
    return null;
  };
}
