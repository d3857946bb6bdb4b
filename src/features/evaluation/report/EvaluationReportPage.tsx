// The page of one evaluation, or what is missing where this browser does not hold it.
import { useEffect, useEffectEvent, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Page } from '../../../components/Page.tsx';
import { useParameters } from '../../../components/use-parameters.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { evaluationFacts, missingEvaluation } from './missing-evaluation.ts';
import { ReportView } from './ReportView.tsx';

/** Keeps model and dataset in the address, so that a copied link can say what it needs. */
function useFactsInAddress(record: EvalRecord | undefined): void {
  const [params, change] = useParameters();
  const put = useEffectEvent((facts: Record<string, string>) =>
    change((now) => {
      for (const [name, value] of Object.entries(facts)) now.set(name, value);
      return now;
    }),
  );
  useEffect(() => {
    if (!record) return;
    const facts = evaluationFacts(record);
    if (Object.entries(facts).some(([name, value]) => params.get(name) !== value)) put(facts);
  }, [record, params]);
}

function Missing({ id }: { id: string }) {
  const [params] = useSearchParams();
  const datasets = DatasetsStore.use((state) => state.datasets);
  return (
    <Page title="Evaluation" above={<Link to="/eval">Evaluations</Link>}>
      <ErrorNotice error={missingEvaluation(id, { model: params.get('model'), needs: params.get('needs') }, datasets)} />
    </Page>
  );
}

/** The page `#/eval/:id`. */
export function EvaluationReportPage() {
  const { id = '' } = useParams();
  const open = EvaluationStore.use((state) => state.open);
  const record = EvaluationStore.use((state) => state.evals?.find((item) => item.id === id));
  const [missing, setMissing] = useState<string | null>(null);
  useEffect(() => {
    void open(id).then((found) => setMissing(found ? null : id));
  }, [open, id]);
  useFactsInAddress(record);
  if (record) return <ReportView key={id} record={record} />;
  if (missing !== id) return <Page title="Evaluation">Reading the evaluation…</Page>;
  return <Missing id={id} />;
}
