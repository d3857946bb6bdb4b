// A private case: images for one look, in memory only. Each opens in the inspector as any other.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { DropZone } from '../../components/DropZone.tsx';
import type { WalkFiles } from '../../components/drop-entries.ts';
import { formatBytes, formatHash, formatPlural } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import { InspectionStore } from '../../state/inspection.ts';
import { NoticesStore } from '../../state/notices.ts';
import { MOST_CASE_IMAGES, PRIVATE_CASE_ID, PrivateCaseStore } from '../../state/private-case.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { inspectAddress, reportAddress } from './address.ts';
import { useShown } from '../../components/use-async.ts';
import styles from './CasePage.module.css';

function CaseRow({ sample }: { sample: SampleRecord }) {
  const samples = SamplesStore.useApi();
  const { value } = useShown(sample.id, async () => ({ image: await samples.getState().readImage(sample.id) }));
  const { path, width, height, format, sizeBytes, sha256 } = sample;
  return (
    <li className={styles.row} data-testid="case-image" data-path={path}>
      <Link to={inspectAddress(PRIVATE_CASE_ID, sample.id, '?run=1')} className={styles.picture}>
        {value ? <img src={value.url} alt="" /> : null}
      </Link>
      <div>
        <Link to={inspectAddress(PRIVATE_CASE_ID, sample.id, '?run=1')}>{path.slice(path.indexOf('/') + 1)}</Link>
        <p>
          {width} × {height} {format}, {formatBytes(sizeBytes)} · SHA-256 {formatHash(sha256)}…
        </p>
        <Link to={reportAddress(PRIVATE_CASE_ID, sample.id, null)}>Report</Link>
      </div>
    </li>
  );
}

/** `#/case` */
export function CasePage() {
  const { samples, refused, add, clear } = PrivateCaseStore.use((state) => state);
  const gallery = SamplesStore.useApi();
  const inspection = InspectionStore.useApi();
  const selection = SelectionStore.useApi();
  const notices = NoticesStore.useApi();
  const [isReading, setIsReading] = useState(false);
  const take = async (walk: WalkFiles) => {
    setIsReading(true);
    try {
      await add((await walk(() => undefined)).map(({ file }) => file));
      await gallery.getState().open(PRIVATE_CASE_ID); // the walk from image to image follows the case
    } catch (error) {
      notices.getState().raise(error);
    } finally {
      setIsReading(false);
    }
  };
  const forget = () => {
    clear();
    inspection.getState().forgetDataset(PRIVATE_CASE_ID);
    selection.getState().forgetLooks(inspectAddress(PRIVATE_CASE_ID, ''));
    void gallery.getState().open(PRIVATE_CASE_ID);
  };
  return (
    <Page
      title="Private case"
      width="text"
      lead={`For a look at up to ${MOST_CASE_IMAGES} images that leaves nothing behind: they stay in this tab’s memory, with answers, notes and ratings, and are gone when it is closed or reloaded. Reports are saved only where you save them.`}
    >
      <DropZone onFiles={(walk) => void take(walk)} disabled={isReading}>
        <p>Drop image files here: PNG, JPEG, WebP or BMP.</p>
      </DropZone>
      {refused.length > 0 ? (
        <Panel title="Not taken">
          <ul>
            {refused.map(({ name, reason }) => (
              <li key={name}>
                <b>{name}</b>: {reason}
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      {samples.length > 0 ? (
        <Panel
          title={formatPlural(samples.length, 'image')}
          aside={
            <Button variant="default" onClick={forget}>
              Forget all
            </Button>
          }
        >
          <ul className={styles.rows}>
            {samples.map((sample) => (
              <CaseRow key={sample.id} sample={sample} />
            ))}
          </ul>
        </Panel>
      ) : null}
    </Page>
  );
}
