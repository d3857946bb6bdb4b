// Everything that decides a figure, in one card: without it two evaluations cannot be compared.
import { formatDate } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import { VCR_ENCODER } from '../../../components/reward-words.ts';
import type { EvalConfig } from '../../../shared/config/config.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { perturbationLabel } from '../../../shared/image/perturb.ts';
import styles from '../Evaluation.module.css';

function decodingText({ decoding, votes = 1 }: EvalConfig): string {
  const { temperature, topP, maxNewTokens, seed } = decoding;
  if (temperature === 0) return `greedy, at most ${maxNewTokens} tokens`;
  const vote = votes > 1 ? `, majority of ${votes} answers` : '';
  return `temperature ${temperature}, top-p ${topP}, at most ${maxNewTokens} tokens, seed ${seed}${vote}`;
}

/** Said instead of what nobody here can know. */
const ELSEWHERE = 'not known: the answers were made elsewhere';

/** A fact with the beginning of the hash of what it names. */
const hashed = (text: string, hash: string | null | undefined): string => (hash ? `${text}\nSHA-256 ${hash.slice(0, 16)}` : text);

/** Of answers from a file only what was done here is known. */
function importedFacts({ config, datasetName, datasetHash, imported, ...record }: EvalRecord): [string, string][] {
  const { reward, parser } = config;
  return [
    ['Model', `${record.modelName}, as the file says`],
    ['Answers', hashed(`${imported?.fileName ?? datasetName}, ${imported?.rows ?? 0} lines`, imported?.sha256?.answers)],
    ['Questions', imported?.questionFile ? hashed(imported.questionFile, imported.sha256?.questions) : 'no question file'],
    ['Dataset hash', datasetHash || 'none: the pictures are not here'],
    ['Images', `${record.sampleIds.length} named by the file`],
    ['Preprocessing, decoding, tokenizer, engine', ELSEWHERE],
    ['Parser', `as the file says; ${parser} where it has no \`predict\``],
    [
      'Reward',
      `PCR alone, for no picture was scored; weights ${reward.alpha} and ${reward.beta}, at most ${reward.maxParagraphs} paragraphs`,
    ],
    ['App', `${record.codeVersion}, ${formatDate(record.createdAt)}`],
  ];
}

/** The facts of an evaluation by name. */
export function parityFacts(record: EvalRecord): [string, string][] {
  if (record.imported) return importedFacts(record);
  const { config, engine, parity } = record;
  const { reward, filter } = config;
  const list = (values: readonly string[]): string => (values.length === 0 ? 'all' : values.join(', '));
  return [
    ['Model', hashed(`${record.modelName} (${record.modelId})`, parity?.weights)],
    ['Dataset', `${record.datasetName}${record.synthetic ? ', synthetic' : ''}`],
    ['Dataset hash', record.datasetHash || 'not yet'],
    ['Split, domains', `${list(filter.splits)}; ${list(filter.domains)}`],
    ['Images', `${record.sampleIds.length}${config.sampleSize > 0 ? `, chosen with seed ${config.seed}` : ', all that pass'}`],
    ['Template', hashed(config.template, parity?.template)],
    ['Prompt', config.prompt],
    [
      'Preprocessing',
      hashed(
        `${config.perturbation ? `${perturbationLabel(config.perturbation)}, then ` : ''}resize of the shorter side (bicubic), centre crop, CLIP mean and deviation; EXIF orientation not applied`,
        parity?.preprocessing,
      ),
    ],
    ['Decoding', hashed(decodingText(config), parity?.decoding)],
    ['Tokenizer', hashed("the model's own tokenizer.json", parity?.tokenizer)],
    ['Parser', config.parser],
    ['Reward', `${reward.alpha} × VCR + ${reward.beta} × PCR, YAKE n ${reward.keywordLength}, at most ${reward.maxParagraphs} paragraphs`],
    ['VCR encoder', VCR_ENCODER],
    [
      'Engine',
      engine ? `${engine.backend}, ${engine.adapter}, ${engine.threads} threads, ${engine.precision ?? 'f32'} weights` : 'not started',
    ],
    ['App', `${record.codeVersion}, ${formatDate(record.createdAt)}`],
  ];
}

/** The card of the report. */
export function ParityCard({ record }: { record: EvalRecord }) {
  return (
    <Panel title="Parity card" aside="what a repetition needs">
      <dl className={styles.parity} data-testid="parity-card" data-hashed={record.parity !== undefined}>
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
