// Lists of single answers: contradictions, worst cases, disagreements, failures, and the cells of the confusion matrix.
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { formatFigure, formatPlural } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { SOURCE_NAMES } from '../../../components/threshold-words.ts';
import { SelectionStore } from '../../../state/selection.ts';
import { AnswerDialog } from './AnswerDialog.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import { scoreOf } from '../../../shared/metrics/answer-scores.ts';
import type { ReportAnswer } from './report.ts';
import { sampleList, type SampleList, type ScoreCut } from './sample-lists.ts';
import styles from '../Evaluation.module.css';

const LISTS: { list: SampleList; label: string; lead: string }[] = [
  {
    list: 'contradictions',
    label: 'Contradictions',
    lead: "The conclusion, as PRPO's parser reads it, differs from the majority of the paragraphs before it: exactly what PCR punishes.",
  },
  { list: 'worst', label: 'Worst cases', lead: 'Wrong answers first, then the surest wrong scores.' },
  { list: 'disagreements', label: 'Head against text', lead: 'The binary head says one thing at 0.5, the written answer the other.' },
  { list: 'parsers', label: 'Parsers differ', lead: 'One of the parsers reads the text otherwise than it was counted here.' },
  { list: 'failed', label: 'Failed', lead: 'These images have no answer; each with its reason.' },
];

/** Rows before "show more". */
const PAGE = 25;

function votesText({ votes }: ReportAnswer): string {
  return votes ? `${votes.fake} fake : ${votes.real} real` : '–';
}

function AnswerRow({ answer, source, onOpen }: { answer: ReportAnswer; source: ScoreSource; onOpen: () => void }) {
  const { path, label, predict, failure } = answer;
  return (
    <tr>
      <td>
        <button type="button" className={styles.textButton} onClick={onOpen}>
          {path}
        </button>
      </td>
      <td>
        <LabelMark label={label} />
      </td>
      {failure ? (
        <td colSpan={4}>
          <code>{failure.code}</code> {failure.message}
        </td>
      ) : (
        <>
          <td>
            <LabelMark label={predict ?? 'unparsed'} />
          </td>
          <td className={styles.figure}>{formatFigure(scoreOf(answer, source), 2)}</td>
          <td className={styles.figure}>{votesText(answer)}</td>
          <td className={styles.figure}>{formatFigure(answer.reward)}</td>
        </>
      )}
    </tr>
  );
}

export interface SampleListsProps {
  /** The inspector shows this evaluation's answer. */
  evalId: string;
  datasetId: string;
  modelId: string;
  answers: readonly ReportAnswer[];
  cut: ScoreCut;
  list: SampleList;
  onList: (list: SampleList) => void;
  /** Path of the answer that is read beside the list; null: none. */
  reading: string | null;
  onRead: (path: string | null) => void;
}

function describeCell(list: SampleList, { source, threshold }: ScoreCut): string {
  const [kind, label, predict] = list.split('-');
  if (kind === 'cut') {
    const side = predict === 'fake' ? `${formatFigure(threshold)} or more` : `less than ${formatFigure(threshold)}`;
    return `Images that are ${label} and score ${side} by the ${SOURCE_NAMES[source]}, nearest to the threshold first.`;
  }
  return `Images that are ${label} and were ${predict === 'unparsed' ? 'not parsed' : `called ${predict}`}.`;
}

/** The panel; opening a row makes the list the one that next and previous walk through. */
export function SampleLists({ evalId, datasetId, modelId, answers, cut, list, onList, reading, onRead }: SampleListsProps) {
  const navigate = useNavigate();
  const setSamples = SelectionStore.use((state) => state.setSamples);
  const [shownList, setShownList] = useState({ list, count: PAGE });
  const count = shownList.list === list ? shownList.count : PAGE;
  const { source, threshold } = cut;
  const cutAt = list.startsWith('cut') ? threshold : 0.5;
  const rows = useMemo(() => sampleList(answers, list, { source, threshold: cutAt }), [answers, list, source, cutAt]);
  const counts = useMemo(
    () => LISTS.map((item) => sampleList(answers, item.list, { source, threshold: 0.5 }).length),
    [answers, source], // none of these lists is cut at the threshold, which moves with the slider
  );
  const open = (sampleId: string) => {
    setSamples(
      datasetId,
      rows.map((answer) => answer.sampleId),
    );
    const path = sampleId.startsWith(`${datasetId}/`) ? sampleId.slice(datasetId.length + 1) : sampleId;
    void navigate(
      `/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(path)}?model=${encodeURIComponent(modelId)}&from=${encodeURIComponent(evalId)}`,
    );
  };
  const isImported = modelId === 'imported';
  const imageOf = ({ sampleId }: ReportAnswer) => (sampleId.startsWith('imported/') ? null : () => open(sampleId));
  const read = useMemo(() => (reading === null ? undefined : answers.find(({ path }) => path === reading)), [answers, reading]);
  const known = LISTS.find((item) => item.list === list);
  const options = LISTS.map((item, i) => ({ value: item.list, label: item.label, count: counts[i] ?? 0 }));
  if (!known) options.push({ value: list, label: list.startsWith('cut') ? 'At the threshold' : 'Cell of the matrix', count: rows.length });
  return (
    <Panel
      title="Single answers"
      aside={
        <span data-testid="answer-list" data-list={list} data-value={rows.length}>
          {formatPlural(rows.length, 'answer')}
        </span>
      }
    >
      <Pills label="Which answers" value={list} onChange={onList} options={options} />
      <p className={styles.muted}>{known ? known.lead : describeCell(list, cut)}</p>
      {rows.length === 0 ? (
        <p className={styles.muted}>None.</p>
      ) : (
        <div className={styles.scroll} role="region" aria-label="Answers" tabIndex={0}>
          <table className={styles.table}>
            <TableHead
              columns={['image', 'truth', 'answer', ...numberHeads(`P(fake), ${source}`), 'paragraph votes', ...numberHeads('mean reward')]}
            />
            <tbody>
              {rows.slice(0, count).map((answer) => (
                <AnswerRow
                  key={answer.sampleId}
                  answer={answer}
                  source={source}
                  onOpen={() => (isImported || answer.sampled ? onRead(answer.path) : open(answer.sampleId))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {read ? <AnswerDialog answer={read} onImage={imageOf(read)} onClose={() => onRead(null)} /> : null}
      {rows.length > count ? (
        <button type="button" className={styles.textButton} onClick={() => setShownList({ list, count: count + 100 })}>
          Show more of {rows.length}
        </button>
      ) : null}
    </Panel>
  );
}
