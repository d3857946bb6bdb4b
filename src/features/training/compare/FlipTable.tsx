// The flips of a pair of evaluations, with the test of their difference and a way into each image.
import { useState } from 'react';
import { Link } from 'react-router';
import { formatP } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { Flips, SampleFlip } from '../../../shared/metrics/flips.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { FLIP_WORDS } from './report-flips.ts';
import styles from './Compare.module.css';

const SHOWN = 60;

/** Counts and McNemar's exact test. */
export function FlipFigures({ flips: { flips, mcNemar } }: { flips: Flips }) {
  const count = (kind: SampleFlip['kind']): number => flips.filter((flip) => flip.kind === kind).length;
  const facts = [
    { name: 'Fixed: wrong before, right after', value: count('fixed'), testId: 'flips-fixed' },
    { name: 'Broken: right before, wrong after', value: count('broken'), testId: 'flips-broken' },
    { name: 'Changed, still wrong', value: count('other'), testId: 'flips-other' },
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value, testId }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid={testId} data-value={value}>
            {value}
          </dd>
        </div>
      ))}
      <div>
        <dt>McNemar, exact, two-sided</dt>
        <dd data-testid="flips-p" data-value={mcNemar.p}>
          {formatP(mcNemar.p)}
          {mcNemar.p < 0.05 ? '' : ': no more than chance would give'}
        </dd>
      </div>
    </dl>
  );
}

/** The inspector with both models, where the dataset is here. */
function inspectLink(flip: SampleFlip, a: EvalRecord, b: EvalRecord): string {
  const { datasetId } = a;
  const path = flip.a.sampleId.startsWith(`${datasetId}/`) ? flip.a.sampleId.slice(datasetId.length + 1) : flip.a.sampleId;
  const query = new URLSearchParams({ tab: 'compare', model: a.modelId, compare: b.modelId });
  return `/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(path)}?${query.toString()}`;
}

/** One row per flip; the kind is a word, not only a colour. */
export function FlipTable({ flips, a, b }: { flips: readonly SampleFlip[]; a: EvalRecord; b: EvalRecord }) {
  const [kind, setKind] = useState<SampleFlip['kind'] | 'all'>('all');
  const hasImages = DatasetsStore.use((state) => state.datasets.some(({ id }) => id === a.datasetId));
  if (flips.length === 0) return <p className={styles.muted}>Both gave the same answer to every image.</p>;
  const shown = flips.filter((flip) => kind === 'all' || flip.kind === kind);
  const options = (['all', 'fixed', 'broken', 'other'] as const).map((value) => ({
    value,
    label: value === 'all' ? 'all' : FLIP_WORDS[value],
    count: flips.filter((flip) => value === 'all' || flip.kind === value).length,
  }));
  return (
    <>
      <Pills label="Kind of change" value={kind} onChange={setKind} options={options} />
      <div className={styles.scroll} role="region" aria-label="Changed answers" tabIndex={0}>
        <table className={styles.table}>
          <TableHead columns={['image', 'domain', 'truth', 'before', 'after', 'change']} />
          <tbody>
            {shown.slice(0, SHOWN).map((flip) => (
              <tr key={flip.a.sampleId} data-testid="flip-row" data-kind={flip.kind} data-path={flip.a.path}>
                <th scope="row">{hasImages ? <Link to={inspectLink(flip, a, b)}>{flip.a.path}</Link> : flip.a.path}</th>
                <td>{flip.a.domain}</td>
                <td>
                  <LabelMark label={flip.a.label} />
                </td>
                <td>
                  <LabelMark label={flip.a.predict ?? 'unparsed'} />
                </td>
                <td>
                  <LabelMark label={flip.b.predict ?? 'unparsed'} />
                </td>
                <td>{FLIP_WORDS[flip.kind]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length > SHOWN ? (
        <p className={styles.muted}>
          The first {SHOWN} of {shown.length}.
        </p>
      ) : null}
    </>
  );
}
