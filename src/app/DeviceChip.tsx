import { Link } from 'react-router';
import { describeEngine } from '../components/engine-words.ts';
import type { EngineState } from '../state/engine.ts';
import { EngineStore } from '../state/engine.ts';
import styles from './TopBar.module.css';

/** Which engine computes, in plain words; leads to the Device page. */
export function DeviceChip() {
  const phase = EngineStore.use((state) => state.phase);
  const message = EngineStore.use((state) => state.message);
  const status = EngineStore.use((state) => state.status);
  return (
    <Link
      to="/device"
      className={styles.chip}
      title={status?.reason ?? message}
      data-testid="device-chip"
      data-backend={status?.backend ?? ''}
      data-adapter={status?.adapter ?? ''}
      data-fallback={String(status?.fallbackAdapter ?? false)}
    >
      <span className={styles.dot} data-level={LEVELS[phase]} aria-hidden />
      <span>{status ? describeEngine(status) : PHASE_WORDS[phase]}</span>
    </Link>
  );
}

const LEVELS: Record<EngineState['phase'], string> = { off: 'off', starting: 'off', ready: 'good', failed: 'bad' };
const PHASE_WORDS: Record<EngineState['phase'], string> = {
  off: 'Engine off',
  starting: 'Engine starting…',
  ready: 'Engine ready',
  failed: 'Engine could not start',
};
