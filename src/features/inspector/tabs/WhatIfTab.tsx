// Change the picture and ask again: what the model's answer hangs on. It shows what this model reacts to, nothing about the picture.
import { Button, Switch } from '@mantine/core';
import { useEffect } from 'react';
import { formatPercent } from '../../../components/format.ts';
import { Pills } from '../../../components/Pills.tsx';
import { useSettled } from '../../../components/use-settled.ts';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { clampRegion, describeEdit, MASK_FILLS, type ImageEdit } from '../../../shared/image/edit.ts';
import type { Region } from '../../../shared/image/rgb-image.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import { PRIVATE_CASE_ID } from '../../../state/private-case.ts';
import { AskAgain } from './AskAgain.tsx';
import { NumberField } from './NumberField.tsx';
import { FILL_NAMES, patchGrid, readEdit, snapToPatches, withKind, writeEdit, type PatchGrid } from './edit-text.ts';
import type { SecondImage } from '../image/ImageStage.tsx';
import { seenShare } from '../image/picture-frame.ts';
import { PictureWorkBar } from '../image/PictureWorkBar.tsx';
import { usePictureWork } from '../image/use-picture-work.ts';
import type { Reading } from '../reading.ts';
import { RegionFields, RegionPicker } from '../image/RegionPicker.tsx';
import type { InspectAddress } from '../use-address.ts';
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
  /** Side of the model's grid of patches; null where no answer asked here says it. */
  gridSize: number | null;
  onAskFirst: () => void;
  onSecond: (second: SecondImage | null) => void;
}

/** Settings of a change, the changed copy, and what the model says of it. */
export function WhatIfTab({ sample, url, address, before, gridSize, onAskFirst, onSecond }: WhatIfTabProps) {
  const { shown, move } = useSettled(address.read('edit'), (chosen) => address.patch({ edit: chosen }));
  const edit = readEdit(shown, sample);
  const put = (next: ImageEdit) => move(writeEdit(next));
  const isSnapped = address.read('snap') === '1';
  const grid = isSnapped && gridSize !== null ? patchGrid(sample, gridSize) : null;
  const onPatches = (region: Region, patches: PatchGrid, slack?: number) => clampRegion(snapToPatches(region, patches, slack), sample);
  const snap = (isOn: boolean) => {
    address.patch({ snap: isOn ? '1' : null });
    if (isOn && gridSize !== null) put({ ...edit, region: onPatches(edit.region, patchGrid(sample, gridSize)) });
  };
  const inspection = InspectionStore.useApi();
  const text = writeEdit(edit);
  const changed = usePictureWork(`${sample.id}|${text}`, async (watch) => ({
    image: await inspection.getState().editPicture(sample.id, edit, watch),
  }));
  useSecond(changed.value?.url ?? null, describeEdit(edit), onSecond);
  return (
    <div className={shared.tab} data-testid="what-if">
      <p className={styles.caution}>
        Shows what <b>the model says</b> when the picture is changed: what this model reacts to, not what is true of the picture. The
        changed copy has the full size of the picture, is not compressed, and is stored nowhere; the answer about it is{' '}
        {sample.datasetId === PRIVATE_CASE_ID ? 'in memory only.' : 'kept, with the change.'}
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
          <RegionFields
            {...sample}
            region={edit.region}
            onChange={(region) => put({ ...edit, region: grid ? onPatches(region, grid, grid.side / 2) : region })}
          />
          <PatchSwitch gridSize={gridSize} isAnswered={before !== null} isSnapped={isSnapped} onSnap={snap} />
          {before && gridSize !== null ? null : (
            <Button variant="default" onClick={onAskFirst} disabled={address.modelId === null} data-testid="what-if-ask-first">
              {before ? 'Ask the model anew' : 'Ask about the unchanged picture first'}
            </Button>
          )}
        </div>
      </div>
      <PictureWorkBar work={changed} doing="Making the changed copy" />
      {address.modelId ? (
        <AskAgain
          modelId={address.modelId}
          sampleId={sample.id}
          precision={address.precision}
          edit={edit}
          image={changed.value?.image ?? null}
          before={before}
          onShow={put}
        />
      ) : null}
    </div>
  );
}

interface PatchSwitchProps {
  gridSize: number | null;
  /** There is an answer on show; one of an evaluation or of an earlier version does not tell the grid. */
  isAnswered: boolean;
  isSnapped: boolean;
  onSnap: (isOn: boolean) => void;
}

function PatchSwitch({ gridSize, isAnswered, isSnapped, onSnap }: PatchSwitchProps) {
  const unknown = isAnswered
    ? 'The answer on show was stored without the model’s grid of patches. Ask the model anew to have it.'
    : 'Once the model has been run on this image.';
  return (
    <Switch
      label="Whole patches of the model"
      data-testid="what-if-patches"
      description={gridSize === null ? unknown : `${gridSize} × ${gridSize} over the middle square.`}
      disabled={gridSize === null}
      checked={isSnapped && gridSize !== null}
      onChange={(event) => onSnap(event.currentTarget.checked)}
    />
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
    <NumberField
      label="JPEG quality"
      min={1}
      max={100}
      value={edit.quality}
      onChange={(quality) => onChange({ ...edit, quality: Math.min(100, Math.max(1, Math.round(quality))) })}
    />
  );
}
