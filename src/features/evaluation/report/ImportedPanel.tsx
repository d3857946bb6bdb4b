// Where imported answers came from, what was wrong with them, and what a report without a model cannot say.
import { Link } from 'react-router';
import { formatCount, formatPlural } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import type { EvalRecord, ImportedAnswers } from '../../../shared/domain/run.ts';
import type { Report } from './report.ts';
import { UNNAMED_DOMAIN } from '../../../shared/domain/sample.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import styles from '../Evaluation.module.css';

/** What the question file would add. */
function MissingQuestions({ report: { domains, unlabelled } }: { report: Report }) {
  const lacks = [
    ...(domains.some(({ domain }) => domain === UNNAMED_DOMAIN) ? ['some rows do not name their image, so they have no domain'] : []),
    ...(unlabelled > 0 ? [`${formatPlural(unlabelled, 'answer')} cannot be scored without a label`] : []),
  ];
  if (lacks.length === 0) return null;
  return (
    <p data-testid="questions-wanted">
      Without the question file {lacks.join(', and ')}. Drop it on Home or Evaluate now: the answers are then scored again with it.
    </p>
  );
}

/** Reports of the other models in the same file, newest first. */
function OtherModels({ record, imported }: { record: EvalRecord; imported: ImportedAnswers }) {
  const evals = EvaluationStore.use((state) => state.evals) ?? [];
  if (!imported.problems.some(({ code }) => code === 'models-mixed')) return null;
  const others = evals.filter(
    ({ id, modelName, imported: own }) =>
      id !== record.id && modelName !== record.modelName && own?.sha256?.answers === imported.sha256?.answers && own !== undefined,
  );
  return (
    <p data-testid="other-models" data-value={others.length}>
      The file holds answers of several models to the same questions; this report is of {record.modelName}.{' '}
      {others.length > 0 ? 'Of the others: ' : ''}
      {others.map(({ id, modelName }, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          <Link to={`/eval/${id}?with=${record.id}`}>{modelName}</Link>
        </span>
      ))}
    </p>
  );
}

/** Shown above the figures of an answers.jsonl made elsewhere. */
export function ImportedPanel({ record, imported, report }: { record: EvalRecord; imported: ImportedAnswers; report: Report }) {
  const { fileName, questionFile, rows, problems } = imported;
  const leftOut = problems.filter(({ action }) => action === 'left-out').length;
  return (
    <Panel title="Answers from a file" aside={`${formatPlural(rows, 'row')}, ${formatCount(leftOut)} left out`}>
      <p className={styles.muted} data-testid="imported-answers" data-rows={rows} data-left-out={leftOut}>
        Read from {fileName}
        {questionFile ? ` with the questions of ${questionFile}` : ''}. No model was run: the predictions are those of the file, and
        paragraphs were scored without the image, so a paragraph&apos;s reward is its PCR alone.
      </p>
      <OtherModels record={record} imported={imported} />
      {questionFile ? null : <MissingQuestions report={report} />}
      {problems.length > 0 ? (
        <details>
          <summary>{formatPlural(problems.length, 'problem')} with line numbers</summary>
          <ul>
            {problems.map(({ code, path, reason, action }, index) => (
              <li key={`${path}-${index}`} data-testid="import-problem" data-code={code} data-path={path}>
                <code>{path}</code> {reason} {action === 'left-out' ? 'Left out.' : ''}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Panel>
  );
}
