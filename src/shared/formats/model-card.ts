// The README.md of an exported model: what it is, how it was made, what it must not be used for. Pure.
import { writeTrainConfig } from '../config/config-file.ts';
import type { CheckpointRecord, RunRecord } from '../domain/run.ts';
import { tableMarkdown } from './table-text.ts';

export interface ModelCardSource {
  modelId: string;
  layout: 'llava' | 'peft';
  /** Undefined for a model that is shipped with the page. */
  record: CheckpointRecord | undefined;
  /** The run that made it, or undefined where none is known. */
  run: RunRecord | undefined;
}

const WORDS = {
  llava: 'A DX-LLaVA model in the LLaVA layout, made in PRPO Workbench.',
  peft: 'A LoRA adapter in the PEFT layout, made in PRPO Workbench.',
} as const;

/** What a model hub reads; texts are quoted as JSON, which YAML takes. */
function frontMatter({ layout, record }: ModelCardSource): string[] {
  const base = record?.parentId ? [`base_model: ${JSON.stringify(record.parentId)}`] : [];
  const library = layout === 'peft' ? ['library_name: peft'] : [];
  return ['---', ...base, ...library, 'tags: [deepfake-detection, llava, prpo-workbench]', '---', ''];
}

function origin({ record, run }: ModelCardSource): string[] {
  if (!record?.parentId) return [];
  if (run) return [`It started from \`${record.parentId}\` and was trained for ${record.step} steps with ${run.algorithm}.`];
  return [`It was made from \`${record.parentId}\`${record.note ? `: ${record.note}` : ''}.`];
}

/** Everything that repeats the run. */
function training(run: RunRecord): string[] {
  const settings = Object.entries<unknown>({ ...JSON.parse(writeTrainConfig(run.config)) });
  const facts: [string, string][] = [
    ['data', `${run.datasetName}, content SHA-256 ${run.datasetHash || 'unknown'}`],
    ['engine', run.engine ? `${run.engine.backend}, ${run.engine.adapter}, ${run.engine.threads} threads` : 'unknown'],
    ['app', run.codeVersion],
    ...settings.map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
  ];
  return ['', '## Training', '', tableMarkdown({ columns: ['setting', 'value'], rows: facts }).trimEnd()];
}

/** @returns Markdown with a front matter */
export function modelCard(source: ModelCardSource): string {
  const { modelId, layout, record, run } = source;
  const figures = Object.entries(record?.metrics ?? {});
  return [
    ...frontMatter(source),
    `# ${record?.name ?? modelId}`,
    '',
    WORDS[layout],
    ...origin(source),
    '',
    '## Limits',
    '',
    'Its answers are estimates of a model, not proof that an image is real or fake.',
    'Models trained on the synthetic demo benchmark say nothing about real photographs.',
    ...(record?.tiny ? ['It is a tiny model, for learning and testing the method.'] : []),
    ...(run ? training(run) : []),
    ...(figures.length > 0
      ? ['', '## Metrics of its own training step', '', tableMarkdown({ columns: ['metric', 'value'], rows: figures }).trimEnd()]
      : []),
    '',
  ].join('\n');
}
