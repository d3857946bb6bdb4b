// Pictures with an alpha channel: browsers show them over the page, models see the colours stored under the transparency.
import { useMemo } from 'react';
import { useAsync, useShown } from '../../../components/use-async.ts';
import type { SampleRecord } from '../../../shared/domain/sample.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import type { SecondImage } from './ImageStage.tsx';

/** false while it is read, and where the file cannot be. */
export function useHasAlpha(sample: SampleRecord | null): boolean {
  const inspection = InspectionStore.useApi();
  const canHave = sample?.format === 'png' || sample?.format === 'webp';
  const { value } = useAsync(canHave ? sample.id : null, async () => (await inspection.getState().readMetadata(sample?.id ?? '')).hasAlpha);
  return value ?? false;
}

/** The picture without its transparency; null where it has none. */
export function useOpaqueCopy(sample: SampleRecord | null): SecondImage | null {
  const inspection = InspectionStore.useApi();
  const hasAlpha = useHasAlpha(sample);
  const { value } = useShown(hasAlpha && sample ? sample.id : null, async () => {
    const { id = '', width = 1, height = 1 } = sample ?? {};
    return { image: await inspection.getState().editPicture(id, { kind: 'crop', region: { left: 0, top: 0, width, height } }) };
  });
  const url = value?.url;
  return useMemo(() => (url === undefined ? null : { url, name: 'without its transparency, as models see it' }), [url]);
}
