// The line of a run as it is drawn everywhere: its colour and its dashes.
import { seriesStyle } from '../../../components/charts/series.ts';

/** @param index of `runStyles` */
export function RunMark({ index }: { index: number }) {
  const { color, dash } = seriesStyle(index);
  return (
    <svg width="22" height="8" aria-hidden>
      <line x1="0" x2="22" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
    </svg>
  );
}
