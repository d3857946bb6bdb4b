// Everything that decides a figure, in one card: without it two evaluations cannot be compared.
import { formatDate } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import type { EvalRecord } from '../../shared/domain/run.ts';
import styles from './Evaluation.module.css';

/** The facts of an evaluation by name. */
export function parityFacts(record: EvalRecord): [string, string][] {
  const { config, engine } = record;
  const { decoding, reward, filter } = config;
  const list = (values: readonly string[]): string => (values.length === 0 ? 'all' : values.join(', '));
  return [
    ['Model', `${record.modelName} (${record.modelId})`],
    ['Dataset', `${record.datasetName}${record.synthetic ? ', synthetic' : ''}`],
    ['Dataset hash', record.datasetHash || 'not yet'],
    ['Split, domains', `${list(filter.splits)}; ${list(filter.domains)}`],
    ['Images', `${record.sampleIds.length}${config.sampleSize > 0 ? `, chosen with seed ${config.seed}` : ', all that pass'}`],
    ['Template', config.template],
    ['Prompt', config.prompt],
    ['Preprocessing', "resize of the shorter side, centre crop, the model's own mean and deviation; EXIF orientation not applied"],
    [
      'Decoding',
      decoding.temperature === 0
        ? `greedy, at most ${decoding.maxNewTokens} tokens`
        : `temperature ${decoding.temperature}, top-p ${decoding.topP}, at most ${decoding.maxNewTokens} tokens, seed ${decoding.seed}`,
    ],
    ['Tokenizer', "the model's own tokenizer.json"],
    ['Parser', config.parser],
    ['Reward', `${reward.alpha} × VCR + ${reward.beta} × PCR, YAKE n ${reward.keywordLength}, at most ${reward.maxParagraphs} paragraphs`],
    ['VCR encoder', "the loaded model's own image and text encoder; not comparable with the paper's"],
    ['Engine', engine ? `${engine.backend}, ${engine.adapter}, ${engine.threads} threads` : 'not started'],
    ['App', `${record.codeVersion}, ${formatDate(record.createdAt)}`],
  ];
}

/** The card of the report. */
export function ParityCard({ record }: { record: EvalRecord }) {
  return (
    <Panel title="Parity card" aside="what a repetition needs">
      <dl className={styles.parity}>
        {parityFacts(record).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
