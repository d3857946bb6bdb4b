// The seeded subset of the official evaluation script, id for id: as a question file, as a tag, as a saved view.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { Panel } from '../../../components/Page.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import { fileNameOf, saveFile } from '../../../components/save-file.ts';
import { useParameters } from '../../../components/use-parameters.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import type { OfficialSubset } from '../../../shared/official-subset.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../health/Health.module.css';
import { useSampleEdits } from '../use-sample-edits.ts';
import {
  domainsOf,
  OFFICIAL_CHOICE,
  readSubset,
  splitsOf,
  subsetRules,
  subsetTag,
  wholeNumber,
  withSubset,
  type SubsetChoice,
} from './subset-address.ts';

interface WholeNumberFieldProps {
  label: string;
  testId: string;
  least: number;
  text: string;
  onChange: (text: string) => void;
}

function WholeNumberField({ label, testId, least, text, onChange }: WholeNumberFieldProps) {
  return (
    <TextInput
      className={styles.field}
      label={label}
      inputMode="numeric"
      data-testid={testId}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={wholeNumber(text, least) === null ? `A whole number from ${least}` : null}
    />
  );
}

/** Size, seed and source; then what was drawn, which the address holds. */
export function SubsetPanel({ dataset }: { dataset: DatasetRecord }) {
  const [params, change] = useParameters();
  const choice = readSubset(params, dataset.counts);
  const { drawn, isBusy, again } = useDrawing(dataset, choice);
  const draw = (next: SubsetChoice) => {
    change((now) => withSubset(now, next));
    again();
  };
  return (
    <Panel title="Seeded subset" aside="as the official script draws its questions">
      <LinkNotes rules={subsetRules(dataset.counts)} />
      <SubsetForm dataset={dataset} initial={choice ?? OFFICIAL_CHOICE} isBusy={isBusy} onDraw={draw} />
      <p className={styles.quiet}>
        Rows are taken in the order of their annotation file and drawn with Python’s random.sample (MT19937), so that the ids are those of
        the official script on the same file. The script knows no exclusions: excluded images are drawn too.
      </p>
      {drawn ? <DrawnSubset dataset={dataset} drawn={drawn} /> : null}
    </Panel>
  );
}

interface Drawn {
  subset: OfficialSubset;
  tag: string;
}

/** Draws what the address asks for, and anew when asked to or when the images have changed. */
function useDrawing({ contentHash }: DatasetRecord, choice: SubsetChoice | null) {
  const store = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const [attempt, setAttempt] = useState(0);
  /** `drawn` is null where it failed, which a notice has told. */
  const [last, setLast] = useState<{ order: string; drawn: Drawn | null } | null>(null);
  const order = choice ? JSON.stringify({ choice, attempt, contentHash }) : null;
  useEffect(() => {
    if (order === null) return;
    const { choice: asked }: { choice: SubsetChoice } = JSON.parse(order);
    const { domain, split, size, seed } = asked;
    let isCurrent = true;
    const settle = (drawn: Drawn | null) => isCurrent && setLast({ order, drawn });
    store
      .getState()
      .drawSubset({ domains: domain ? [domain] : [], splits: split ? [split] : [], size, seed })
      .then((subset) => settle({ subset, tag: subsetTag(asked) }))
      .catch((error: unknown) => {
        notices.getState().raise(error);
        settle(null);
      });
    return () => {
      isCurrent = false;
    };
  }, [store, notices, order]);
  const isDone = last?.order === order;
  return {
    drawn: order !== null && isDone ? last.drawn : null,
    isBusy: order !== null && !isDone,
    again: () => setAttempt((count) => count + 1),
  };
}

interface SubsetFormProps {
  dataset: DatasetRecord;
  initial: SubsetChoice;
  isBusy: boolean;
  onDraw: (choice: SubsetChoice) => void;
}

/** The fields begin with the address's choice, and follow it when a link or the way back changes it. */
function SubsetForm({ dataset, initial, isBusy, onDraw }: SubsetFormProps) {
  const [known, setKnown] = useState(initial);
  const [domain, setDomain] = useState(initial.domain);
  const [split, setSplit] = useState(initial.split);
  const [sizeText, setSize] = useState(String(initial.size));
  const [seedText, setSeed] = useState(String(initial.seed));
  if (JSON.stringify(known) !== JSON.stringify(initial)) {
    setKnown(initial);
    setDomain(initial.domain);
    setSplit(initial.split);
    setSize(String(initial.size));
    setSeed(String(initial.seed));
  }
  const [size, seed] = [wholeNumber(sizeText, 1), wholeNumber(seedText, 0)];
  const splits = splitsOf(dataset.counts);
  return (
    <div className={styles.fields}>
      <NativeSelect
        size="xs"
        label="Domain"
        value={domain}
        onChange={(event) => setDomain(event.currentTarget.value)}
        data={[{ value: '', label: 'all domains' }, ...domainsOf(dataset.counts)]}
      />
      <NativeSelect
        size="xs"
        label="Split"
        value={split}
        onChange={(event) => setSplit(splits.find((one) => one === event.currentTarget.value) ?? '')}
        data={[{ value: '', label: 'all splits' }, ...splits]}
      />
      <WholeNumberField label="Images" testId="subset-size" least={1} text={sizeText} onChange={setSize} />
      <WholeNumberField label="Seed" testId="subset-seed" least={0} text={seedText} onChange={setSeed} />
      <Button
        onClick={() => size !== null && seed !== null && onDraw({ domain, split, size, seed })}
        loading={isBusy}
        disabled={size === null || seed === null}
        data-testid="subset-draw"
      >
        Draw
      </Button>
    </div>
  );
}

const SHOWN_IDS = 5;

function DrawnSubset({ dataset, drawn }: { dataset: DatasetRecord; drawn: Drawn }) {
  const { subset, tag } = drawn;
  const { questions, sampleIds, skipped, available } = subset;
  const edits = useSampleEdits();
  const store = SamplesStore.useApi();
  const isTagged = SamplesStore.use((state) => state.rows.some(({ tags }) => tags.includes(tag)));
  const [first] = sampleIds;
  if (!first)
    return <p className={styles.warning}>No annotated image is there to draw from: the script needs the rows of a training JSON.</p>;
  const save = () =>
    saveFile(
      `${fileNameOf(dataset.name, 'dataset')}-${tag}.jsonl`,
      questions.map((row) => `${JSON.stringify(row)}\n`).join(''),
      'application/jsonl',
    );
  const keep = async () => {
    await edits.setTag(sampleIds, tag, true);
    await store.getState().saveViews([{ name: tag, query: new URLSearchParams({ tag }).toString() }]);
  };
  const query = new URLSearchParams({ tag });
  return (
    <div data-testid="subset" data-count={questions.length} data-skipped={skipped} data-first={questions[0]?.image}>
      <p>
        <b>{formatPlural(questions.length, 'question')}</b> of {formatPlural(available, 'annotated image')}.
        {skipped > 0
          ? ` ${formatCount(skipped)} drawn rows are left out, as the script does: their answer is not exactly real or fake.`
          : ''}
      </p>
      <ol className={styles.quiet} start={0}>
        {questions.slice(0, SHOWN_IDS).map(({ question_id: id, image, label }) => (
          <li key={id}>
            <code>{image}</code> {label}
          </li>
        ))}
      </ol>
      <div className={styles.links}>
        <Button variant="default" onClick={() => void save()}>
          Save questions.jsonl
        </Button>
        {isTagged ? (
          <>
            <Link to={`/data/${encodeURIComponent(dataset.id)}?${query}`}>Browse them</Link>
            <Link to={`/eval/new?dataset=${encodeURIComponent(dataset.id)}&split=all&${query}`}>Evaluate on them</Link>
          </>
        ) : (
          <Button variant="default" onClick={() => void keep()} data-testid="subset-tag">
            Tag them {tag}
          </Button>
        )}
      </div>
    </div>
  );
}
