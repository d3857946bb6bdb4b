// The page of one evaluation, or what is missing where this browser does not hold it.
import { useEffect, useState } from 'react';
import { useParams } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page } from '../../components/Page.tsx';
import { EvaluationStore } from '../../state/evaluation.ts';
import { ReportView } from './ReportView.tsx';

/** The page `#/eval/:id`. */
export function EvaluationReportPage() {
  const { id = '' } = useParams();
  const open = EvaluationStore.use((state) => state.open);
  const record = EvaluationStore.use((state) => state.evals?.find((item) => item.id === id));
  const [missing, setMissing] = useState<string | null>(null);
  useEffect(() => {
    void open(id).then((found) => setMissing(found ? null : id));
  }, [open, id]);
  if (record) return <ReportView key={id} record={record} />;
  if (missing !== id) return <Page title="Evaluation">Reading the evaluation…</Page>;
  return (
    <Page title="Evaluation">
      <ErrorNotice
        error={{
          code: 'E-MISSING',
          message: `This browser holds no evaluation "${id}".`,
          safe: 'Your other evaluations are unharmed.',
          remedy: 'Open it in the browser where it ran, or choose another one from Evaluate.',
        }}
      />
    </Page>
  );
}
