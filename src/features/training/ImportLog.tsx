import { IconUpload } from '@tabler/icons-react';
import { FilePicker } from '../../components/DropZone.tsx';
import { ExchangeStore } from '../../state/exchange.ts';

/** Brings the curves of a run made elsewhere: trainer_state.json, TensorBoard events, CSV or JSON lines. */
export function ImportLog() {
  const exchange = ExchangeStore.useApi();
  const isBusy = ExchangeStore.use((state) => state.busy !== null);
  return (
    <FilePicker
      label="Import a log"
      icon={<IconUpload size={15} aria-hidden />}
      testId="log-import"
      disabled={isBusy}
      onFiles={(walk) => void walk(() => undefined).then(([entry]) => entry && exchange.getState().importLog(entry))}
    />
  );
}
