// Moves an engine's progress on an evaluation into the store and the job chip at a calm pace.
import type { AnswerRecord } from '../shared/domain/answer.ts';
import type { EvalRecord } from '../shared/domain/run.ts';
import type { EvalProgress } from '../shared/engine-api.ts';
import type { EvaluationParts } from './evaluation-state.ts';
import { createPublisher } from './publisher.ts';

function replaceAnswer(answers: readonly AnswerRecord[], fresh: readonly AnswerRecord[]): AnswerRecord[] {
  const byIndex = new Map(answers.map((answer) => [answer.index, answer]));
  for (const answer of fresh) byIndex.set(answer.index, answer);
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

/** Call `progress` with every event and `finish` at the end. */
export function followProgress(record: EvalRecord, { get, set, jobs }: Pick<EvaluationParts, 'get' | 'set' | 'jobs'>) {
  const evalId = record.id;
  const fresh: AnswerRecord[] = [];
  let latest: EvalProgress = { state: 'queued', done: get().answers[evalId]?.length ?? 0, total: record.sampleIds.length, etaMs: null };
  const flush = () => {
    const { done, total, etaMs } = latest;
    const { answers, live, evals } = get();
    const known = answers[evalId];
    const arrived = fresh.splice(0);
    set({
      live: { evalId, done, total, etaMs, stopping: live?.evalId === evalId && live.stopping },
      // Answers of an evaluation that no page has opened are in the database alone.
      answers: known && arrived.length > 0 ? { ...answers, [evalId]: replaceAnswer(known, arrived) } : answers,
      evals: evals?.map((old) => (old.id === evalId && old.state !== latest.state ? { ...old, state: latest.state } : old)) ?? null,
    });
    const state = latest.state === 'queued' ? 'queued' : 'running';
    jobs.getState().report({ id: evalId, kind: 'evaluation', title: record.name, state, done, total, etaMs, to: `/eval/${evalId}` });
  };
  const publisher = createPublisher(flush);
  publisher.request();
  return {
    progress: (progress: EvalProgress) => {
      latest = progress;
      if (progress.last) fresh.push(progress.last);
      publisher.request();
    },
    finish: () => {
      publisher.finish();
      jobs.getState().remove(evalId);
    },
  };
}
