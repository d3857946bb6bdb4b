/** Rows that PageUp and PageDown jump. */
const PAGE_ROWS = 5;

/**
 * Where a key leads in a grid that is filled row by row.
 * @param key `KeyboardEvent.key`
 * @returns the new index, or null for keys that do not move
 */
export function moveInGrid(key: string, index: number, columns: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    j: 1,
    k: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: columns * PAGE_ROWS,
    PageUp: -columns * PAGE_ROWS,
    Home: -index,
    End: count - 1 - index,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return null;
  const next = index + step;
  const leavesGrid = next < 0 || next >= count;
  if (leavesGrid && (key === 'ArrowDown' || key === 'ArrowUp')) return index;
  return Math.min(count - 1, Math.max(0, next));
}
