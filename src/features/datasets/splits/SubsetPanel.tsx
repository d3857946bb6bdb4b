// The seeded subset of the official evaluation script, id for id: as a question file, as a tag, as a saved view.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { Panel } from '../../../components/Page.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import { fileNameOf, saveFile } from '../../../components/save-file.ts';
import type { DatasetRecord, Split } from '../../../shared/domain/sample.ts';
import { OFFICIAL_SEED, OFFICIAL_SIZE, type OfficialSubset } from '../../../shared/official-subset.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../health/Health.module.css';
import { useSampleEdits } from '../use-sample-edits.ts';

const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

interface Drawn {
  subset: OfficialSubset;
  /** Name of the tag: what it was drawn from, how many, seed. */
  tag: string;
}

/** A whole number from `least` on, or null. */
function wholeNumber(text: string, least: number): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= least ? value : null;
}

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

/** Size, seed and source; then what was drawn. */
export function SubsetPanel({ dataset }: { dataset: DatasetRecord }) {
  const store = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const [domain, setDomain] = useState('');
  const [split, setSplit] = useState<Split | ''>('');
  const [size, setSize] = useState(String(OFFICIAL_SIZE));
  const [seed, setSeed] = useState(String(OFFICIAL_SEED));
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [count, seedValue] = [wholeNumber(size, 1), wholeNumber(seed, 0)];
  const domains = [...new Set(dataset.counts.map((row) => row.domain))].sort();
  const draw = async () => {
    if (count === null || seedValue === null) return;
    setBusy(true);
    try {
      const params = { domains: domain ? [domain] : [], splits: split ? [split] : [], size: count, seed: seedValue };
      const tag = ['subset', domain, split, count, `seed${seedValue}`].filter(Boolean).join('-').toLowerCase();
      setDrawn({ subset: await store.getState().drawSubset(params), tag });
    } catch (error) {
      notices.getState().raise(error);
    }
    setBusy(false);
  };
  return (
    <Panel title="Seeded subset" aside="as the official script draws its questions">
      <div className={styles.fields}>
        <NativeSelect
          size="xs"
          label="Domain"
          value={domain}
          onChange={(event) => setDomain(event.currentTarget.value)}
          data={[{ value: '', label: 'all domains' }, ...domains]}
        />
        <NativeSelect
          size="xs"
          label="Split"
          value={split}
          onChange={(event) => setSplit(SPLITS.find((one) => one === event.currentTarget.value) ?? '')}
          data={[{ value: '', label: 'all splits' }, ...SPLITS.filter((one) => dataset.counts.some((row) => row.split === one))]}
        />
        <WholeNumberField label="Images" testId="subset-size" least={1} text={size} onChange={setSize} />
        <WholeNumberField label="Seed" testId="subset-seed" least={0} text={seed} onChange={setSeed} />
        <Button onClick={() => void draw()} loading={isBusy} disabled={count === null || seedValue === null} data-testid="subset-draw">
          Draw
        </Button>
      </div>
      <p className={styles.quiet}>
        Rows are taken in the order of their annotation file and drawn with Python’s random.sample (MT19937), so that the ids are those of
        the official script on the same file. The script knows no exclusions: excluded images are drawn too.
      </p>
      {drawn ? <DrawnSubset dataset={dataset} drawn={drawn} /> : null}
    </Panel>
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
