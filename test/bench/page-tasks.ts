// Processor time of the page's own tasks, from Chromium's trace. On a busy machine a task's wall time says how long others were let in.
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Processor time of the thread, microseconds. */
  tdur?: number;
  args?: { name?: string };
}

export interface TaskFigures {
  /** Tasks that took more than 50 ms of processor time. */
  long: number;
  worstMs: number;
  /** Of all tasks together. */
  sumMs: number;
}

const LONG_MS = 50;

/** Traces the page's threads while `work` runs. Not for hours: the trace is held in memory. */
export async function traceTasks(browser: Browser, page: Page, work: () => Promise<void>): Promise<TaskFigures> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await work();
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  return tasksOf(traceEvents);
}

/** Tasks of the busiest renderer's main thread. */
export function tasksOf(events: readonly TraceEvent[]): TaskFigures {
  const mains = new Set(
    events.flatMap(({ name, pid, tid, args }) => (name === 'thread_name' && args?.name === 'CrRendererMain' ? [`${pid}/${tid}`] : [])),
  );
  const byThread = new Map<string, number[]>();
  for (const { name, ph, pid, tid, tdur } of events) {
    const thread = `${pid}/${tid}`;
    if (ph !== 'X' || !name.endsWith('RunTask') || tdur === undefined || !mains.has(thread)) continue;
    const times = byThread.get(thread) ?? [];
    byThread.set(thread, times);
    times.push(tdur / 1000);
  }
  const figures = [...byThread.values()].map((times) => ({
    long: times.filter((ms) => ms > LONG_MS).length,
    worstMs: times.reduce((most, ms) => Math.max(most, ms), 0),
    sumMs: times.reduce((sum, ms) => sum + ms, 0),
  }));
  return figures.toSorted((a, b) => b.sumMs - a.sumMs)[0] ?? { long: 0, worstMs: 0, sumMs: 0 };
}
