// Change the picture and ask again: what the model's answer hangs on. It shows what this model reacts to, nothing about the picture.
import { Button, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import { DiffText } from '../../../components/DiffText.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatFigure, formatPercent } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Pills } from '../../../components/Pills.tsx';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { describeEdit, MASK_FILLS, type ImageEdit } from '../../../shared/image/edit.ts';
import type { WeightPrecision } from '../../../shared/config/config.ts';
import { explanationKey, InspectionStore } from '../../../state/inspection.ts';
import { ChangeTable } from './BeforeAfterTab.tsx';
import { FILL_NAMES, patchGrid, readEdit, withKind, writeEdit } from './edit-text.ts';
import type { SecondImage } from '../image/ImageStage.tsx';
import { seenShare } from '../image/picture-frame.ts';
import { changedParagraphs, readingOfExplanation, type Reading } from '../reading.ts';
import { StreamingView } from '../ReadingView.tsx';
import { RegionFields, RegionPicker } from '../image/RegionPicker.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { InspectAddress } from '../use-address.ts';
import { useNewestShown } from '../../../components/use-async.ts';
import { explainRequest } from '../use-explanation.ts';
import styles from './WhatIf.module.css';
import shared from '../Inspector.module.css';

const KINDS: { value: ImageEdit['kind']; label: string }[] = [
  { value: 'mask', label: 'Mask the region' },
  { value: 'jpeg', label: 'Recompress it' },
  { value: 'crop', label: 'Keep only it' },
];

export interface WhatIfTabProps {
  sample: SampleRecord;
  url: string | null;
  address: InspectAddress;
  /** The answer to the unchanged picture. */
  before: Reading | null;
  /** Side of the model's grid of patches; null until it answered once. */
  gridSize: number | null;
  onAskFirst: () => void;
  onSecond: (second: SecondImage | null) => void;
}

/** Settings of a change, the changed copy, and what the model says of it. */
export function WhatIfTab({ sample, url, address, before, gridSize, onAskFirst, onSecond }: WhatIfTabProps) {
  // The address follows a moment later than keys repeat, so the change lives here.
  const [edit, setEdit] = useState(() => readEdit(address.read('edit'), sample));
  const put = (next: ImageEdit) => {
    setEdit(next);
    address.patch({ edit: writeEdit(next) });
  };
  const [isSnapped, setIsSnapped] = useState(false);
  const grid = isSnapped && gridSize !== null ? patchGrid(sample, gridSize) : null;
  const inspection = InspectionStore.useApi();
  const text = writeEdit(edit);
  const changed = useNewestShown(`${sample.id}|${text}`, async (signal) => ({
    image: await inspection.getState().editPicture(sample.id, edit, signal),
  }));
  useSecond(changed.value?.url ?? null, describeEdit(edit), onSecond);
  return (
    <div className={shared.tab} data-testid="what-if">
      <p className={styles.caution}>
        Shows what <b>the model says</b> when the picture is changed: what this model reacts to, not what is true of the picture. The
        changed copy has the full size of the picture, is not compressed, and is stored nowhere.
      </p>
      <div className={styles.layout}>
        <RegionPicker
          url={url}
          {...sample}
          region={edit.region}
          grid={grid}
          isCrop={edit.kind === 'crop'}
          onChange={(region) => put({ ...edit, region })}
        />
        <div className={styles.settings}>
          <Pills label="Change" value={edit.kind} onChange={(kind) => put(withKind(edit, kind))} options={KINDS} />
          <EditSettings edit={edit} onChange={put} />
          {edit.kind === 'crop' ? null : <UnseenNote share={seenShare(edit.region, sample)} />}
          <RegionFields {...sample} region={edit.region} onChange={(region) => put({ ...edit, region })} />
          <Switch
            label="Whole patches of the model"
            description={
              gridSize === null ? 'Once the model has been run on this visit.' : `${gridSize} × ${gridSize} over the middle square.`
            }
            disabled={gridSize === null}
            checked={isSnapped && gridSize !== null}
            onChange={(event) => setIsSnapped(event.currentTarget.checked)}
          />
          {before ? null : (
            <Button variant="default" onClick={onAskFirst} disabled={address.modelId === null}>
              Ask about the unchanged picture first
            </Button>
          )}
        </div>
      </div>
      {changed.error ? <ErrorNotice error={changed.error} /> : null}
      {changed.isLoading ? <p className={shared.facts}>Making the changed copy…</p> : null}
      {address.modelId ? (
        <AskAgain
          modelId={address.modelId}
          sampleId={sample.id}
          precision={address.precision}
          name={describeEdit(edit)}
          image={changed.value?.image ?? null}
          before={before}
        />
      ) : null}
    </div>
  );
}

/** Warns where the model hardly sees what is changed. */
function UnseenNote({ share }: { share: number }) {
  if (share > 0.995) return null;
  return (
    <p className={shared.warning} role="status" data-testid="unseen-region" data-share={share}>
      {share === 0 ? (
        <>
          <b>The model does not see this region.</b> It lies outside the middle square, so the answer should not change.
        </>
      ) : (
        `The model sees ${formatPercent(share, 0)} of this region; the rest lies outside the middle square and changes nothing.`
      )}
    </p>
  );
}

/** Lets the stage flip to the changed copy. */
function useSecond(url: string | null, name: string, onSecond: WhatIfTabProps['onSecond']): void {
  useEffect(() => {
    onSecond(url ? { url, name } : null);
    return () => onSecond(null);
  }, [url, name, onSecond]);
}

function EditSettings({ edit, onChange }: { edit: ImageEdit; onChange: (edit: ImageEdit) => void }) {
  if (edit.kind === 'mask') {
    return (
      <label className={styles.inline}>
        Fill with
        <select
          value={edit.fill}
          onChange={(event) => onChange({ ...edit, fill: MASK_FILLS.find((fill) => fill === event.currentTarget.value) ?? 'grey' })}
        >
          {MASK_FILLS.map((fill) => (
            <option key={fill} value={fill}>
              {FILL_NAMES[fill]}
            </option>
          ))}
        </select>
      </label>
    );
  }
  if (edit.kind === 'crop') return <p className={shared.facts}>The model then sees the middle square of this part, enlarged.</p>;
  return (
    <label className={styles.inline}>
      JPEG quality
      <input
        type="number"
        min={1}
        max={100}
        value={edit.quality}
        onChange={(event) => onChange({ ...edit, quality: Math.min(100, Math.max(1, Math.round(Number(event.currentTarget.value)) || 1)) })}
      />
    </label>
  );
}

interface AskAgainProps {
  modelId: string;
  sampleId: string;
  precision: WeightPrecision;
  /** Describes the change; tells it from others. */
  name: string;
  image: Blob | null;
  before: Reading | null;
}

function AskAgain({ modelId, sampleId, precision, name, image, before }: AskAgainProps) {
  const { explain, explanations } = InspectionStore.use((state) => state);
  const variant = { name, image: image ?? new Blob() };
  const request = { ...explainRequest(modelId, sampleId, 1, precision), variant };
  const state = explanations[explanationKey(request)];
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  const after = state?.result ? readingOfExplanation(state.result, request) : null;
  return (
    <>
      <Button data-testid="what-if-ask" loading={isBusy} disabled={image === null} onClick={() => void explain(request)}>
        Ask again with this change
      </Button>
      {state?.error ? <ErrorNotice error={state.error} /> : null}
      {isBusy ? <StreamingView text={state.text} tokenCount={state.tokenCount} label="Writing about the changed picture" /> : null}
      {after && before ? <Comparison before={before} after={after} /> : null}
      <AskedSoFar modelId={modelId} sampleId={sampleId} precision={precision} before={before} />
    </>
  );
}

function Comparison({ before, after }: { before: Reading; after: Reading }) {
  const changed = changedParagraphs(before, after);
  return (
    <div
      className={shared.tab}
      data-testid="what-if-result"
      data-before-head={before.pFakeHead ?? ''}
      data-after-head={after.pFakeHead ?? ''}
    >
      <h2 className={shared.subhead}>What the model says changed</h2>
      <ChangeTable before={before} after={after} />
      <p className={shared.facts}>
        {changed.length === 0
          ? 'No paragraph changed.'
          : `Changed paragraphs: ${changed.map((index) => index + 1).join(', ')} of ${Math.max(before.completion.paragraphs.length, after.completion.paragraphs.length)}.`}
      </p>
      <DiffText before={before.text} after={after.text} names={{ before: 'the unchanged picture', after: 'the changed one' }} />
    </div>
  );
}

/** All changes asked about on this page, so that masks can be compared. */
function AskedSoFar({ modelId, sampleId, precision, before }: Omit<AskAgainProps, 'name' | 'image'>) {
  const explanations = InspectionStore.use((state) => state.explanations);
  const request = explainRequest(modelId, sampleId, 1, precision);
  const prefix = `${explanationKey(request)}|`;
  const rows = Object.entries(explanations).flatMap(([key, { result }]) => {
    const reading = key.startsWith(prefix) && result ? readingOfExplanation(result, request) : null;
    return reading ? [{ name: key.slice(prefix.length), reading }] : [];
  });
  if (rows.length < 2) return null;
  return (
    <table className={shared.smallTable}>
      <caption>Changes asked about since this page was opened</caption>
      <TableHead columns={['change', 'states', ...numberHeads('P(fake), head', 'P(fake), token')]} />
      <tbody>
        {[...(before ? [{ name: 'unchanged', reading: before }] : []), ...rows].map(({ name, reading }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <LabelMark label={reading.predict ?? 'unparsed'} />
            </td>
            <td>{formatFigure(reading.pFakeHead, 3)}</td>
            <td>{formatFigure(reading.pFakeToken, 3)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
