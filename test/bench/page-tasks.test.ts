import { expect, it } from 'vitest';
import { tasksOf } from './page-tasks.ts';

it('counts tasks of the busiest page by processor time, not by how long they took among others', () => {
  const thread = (pid: number, tid: number, name: string) => ({ name: 'thread_name', ph: 'M', pid, tid, args: { name } });
  const task = (pid: number, tid: number, ms: number) => ({
    name: 'ThreadControllerImpl::RunTask',
    ph: 'X',
    pid,
    tid,
    dur: 900_000,
    tdur: 1000 * ms,
  });
  const events = [
    thread(1, 1, 'CrRendererMain'),
    thread(1, 2, 'DedicatedWorker thread'),
    thread(2, 1, 'CrRendererMain'),
    ...[10, 51, 3].map((ms) => task(1, 1, ms)),
    task(1, 2, 500),
    task(2, 1, 60),
    { ...task(1, 1, 400), name: 'v8.callFunction' },
  ];
  expect(tasksOf(events)).toEqual({ long: 1, worstMs: 51, sumMs: 64 });
});
