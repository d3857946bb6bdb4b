// Kind `text-overlap`: ROUGE-L and token F1.
import * as v from 'valibot';
import { textOverlap } from '../../../src/shared/metrics/text-overlap.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Fixture = v.object({
  limits: v.object({ abs: v.number() }),
  cases: v.array(
    v.object({
      name: v.string(),
      generated: v.string(),
      reference: v.string(),
      expected: v.object({ rougeL_f: v.number(), rougeL_p: v.number(), rougeL_r: v.number(), token_f1: v.number() }),
    }),
  ),
});

/** Compares the four numbers of every case. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { limits, cases } = v.parse(Fixture, context.fixture);
  const list = new CheckList();
  for (const { name, generated, reference, expected } of cases) {
    const got = textOverlap(generated, reference);
    list.close(`${name}: rougeL_f`, got.rougeL_f, expected.rougeL_f, limits.abs);
    list.close(`${name}: rougeL_p`, got.rougeL_p, expected.rougeL_p, limits.abs);
    list.close(`${name}: rougeL_r`, got.rougeL_r, expected.rougeL_r, limits.abs);
    list.close(`${name}: token_f1`, got.token_f1, expected.token_f1, limits.abs);
  }
  return list;
}
