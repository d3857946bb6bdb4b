// A fold's cells, trained anew, and what their answers get wrong, in counts.
import type { DemoDomain } from '../../data/demo/domains.ts';
import type { Workbench } from '../pretrain/train-model.ts';
import { errorLines, flipLines, trainingLines } from './explain.ts';
import { explainCell, type LodoOptions } from './lodo.ts';
import { methodNamed } from './methods.ts';

/** @param print takes Markdown, cell by cell */
export async function explainFold(
  bench: Workbench,
  options: LodoOptions,
  domain: DemoDomain,
  print: (text: string) => void,
): Promise<void> {
  const start = await explainCell(bench, options, domain, methodNamed('SFT'), 1);
  print(`\n## ${domain}, benchmark ${options.benchmarkSeed}\n\nSupervised start, F1 ${(100 * start.cell.f1).toFixed(1)}:\n`);
  print(errorLines(start.answers).join('\n'));
  for (const method of options.methods(domain).filter(({ config }) => config)) {
    for (const seed of options.seeds) {
      const { cell, answers, training } = await explainCell(bench, options, domain, method, seed);
      print(`\n${method.name}, policy seed ${seed}, F1 ${(100 * cell.f1).toFixed(1)}:\n`);
      print(errorLines(answers).join('\n'));
      print(`\nAgainst the start:\n\n${flipLines(start.answers, answers).join('\n')}`);
      print(`\nAnswers of the training:\n\n${trainingLines(training).join('\n')}`);
    }
  }
}
