import { expect, test } from 'vitest';
import { relativeL2 } from '../../testing/numbers.ts';
import { defaultTraits } from '../../gpu/kernel.ts';
import type { Read } from '../kernel-case.ts';
import { optimizerChecks } from './optimizer.cases.ts';

test('no code of 8-bit moments in the self-test hangs by a hair: rounding of float32 changes none', async () => {
  const check = optimizerChecks.find(({ shader }) => shader === 'optimizer/adamw-eight-bit');
  const computation = check?.caseOf({ form: {}, constants: {}, traits: defaultTraits });
  if (!computation) throw new Error('no case of 8-bit moments');
  const { tensors, expected } = computation;
  /** Gradients that differ by a hundred units in the last place, up and down in turns. */
  const reading =
    (by: number): Read =>
    (tensor) => {
      const values = tensors.known(tensor) ?? new Float64Array();
      const isNoise = tensor.label.includes('gradients');
      const moved = values.map((value, i) => value * (1 + (i % 2 === 0 ? by : -by)));
      return Promise.resolve(isNoise ? moved : values);
    };
  const plain = await expected(reading(0));
  expect(plain).toHaveLength(3);
  for (const by of [1e-5, -1e-5]) {
    const moved = await expected(reading(by));
    for (const [i, values] of plain.slice(1).entries()) {
      expect(relativeL2(moved[i + 1] ?? [], values)).toBeLessThan(5e-6);
      expect(relativeL2(moved[i + 1] ?? [], values)).toBeGreaterThan(0);
    }
  }
});
