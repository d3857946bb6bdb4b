// The paper's headline protocol: train on four domains, test on the fifth.
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { Panel } from '../../../components/Page.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import { formatCount } from '../../../components/format.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../health/Health.module.css';
import { formLinks, heldOutSplits, viewsOf, type HeldOutSplit } from './splits.ts';

/** One row per domain to hold out. */
export function HeldOutPanel({ dataset }: { dataset: DatasetRecord }) {
  const store = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const plans = heldOutSplits(dataset.counts);
  const save = async (chosen: readonly HeldOutSplit[]) => {
    try {
      const views = chosen.flatMap(viewsOf);
      await store.getState().saveViews(views);
      notices.getState().tell(`${views.length} views are saved on the Browse tab.`);
    } catch (error) {
      notices.getState().raise(error);
    }
  };
  return (
    <Panel title="Leave one domain out" aside="train on the others, test on the one that was never seen">
      {plans.length === 0 ? (
        <p className={styles.quiet}>This needs at least two domains; the dataset has one.</p>
      ) : (
        <>
          <div className={styles.scroll}>
            <table className={styles.table}>
              <TableHead columns={['held out', 'train on', 'images', 'test on', 'images', 'go on']} />
              <tbody>
                {plans.map((plan) => (
                  <PlanRow key={plan.heldOut} plan={plan} datasetId={dataset.id} onSave={() => void save([plan])} />
                ))}
              </tbody>
            </table>
          </div>
          <p className={styles.links}>
            <Button variant="default" onClick={() => void save(plans)} data-testid="lodo-save-all">
              Save the views of all domains
            </Button>
          </p>
        </>
      )}
    </Panel>
  );
}

function PlanRow({ plan, datasetId, onSave }: { plan: HeldOutSplit; datasetId: string; onSave: () => void }) {
  const { heldOut, domains, trainCount, testCount, testSplit, warning } = plan;
  const links = formLinks(datasetId, plan);
  return (
    <tr data-testid="lodo-row" data-domain={heldOut} data-train={trainCount} data-test={testCount}>
      <th scope="row">{heldOut}</th>
      <td>{domains.join(', ')} / train</td>
      <td>{formatCount(trainCount)}</td>
      <td>
        {heldOut} / {testSplit === 'all' ? 'all images' : testSplit}
        {warning ? <span className={styles.mark}> ▲ {warning}</span> : null}
      </td>
      <td>{formatCount(testCount)}</td>
      <td>
        <span className={styles.links}>
          <Link to={links.train} data-testid="lodo-train">
            Train
          </Link>
          <Link to={links.test} data-testid="lodo-test">
            Test
          </Link>
          <Button variant="subtle" size="compact-xs" onClick={onSave} aria-label={`Save as views: without ${heldOut}`}>
            Save as views
          </Button>
        </span>
      </td>
    </tr>
  );
}
