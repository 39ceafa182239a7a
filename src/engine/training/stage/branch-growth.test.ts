import { expect, test } from 'vitest';
import type { NamedParameters } from '../../branches/parameters.ts';
import { branchGrowth } from './branch-growth.ts';
import { growthDue } from './growth-event.ts';

const tensor = (shape: readonly number[], ...values: number[]) => ({
  shape,
  data: Float32Array.from(values),
});

test('norms by branch and expert, overlaps by hand', () => {
  const up = 'layers.1.mlp.up_proj';
  const named: NamedParameters = new Map([
    [`${up}.ka.A`, tensor([2, 3], 1, 2, 2, 0, 0, 0)],
    [`${up}.ka.B`, tensor([2, 2], 0, 3, 4, 0)],
    [`${up}.align.A`, tensor([1, 3], 0, -4, 3)],
    [`${up}.align.B`, tensor([2, 1], 0, 0)],
    [`${up}.na.experts.0.A`, tensor([1, 3], 3, 0, 4)],
    [`${up}.na.experts.0.B`, tensor([2, 1], 1, 0)],
    [`${up}.na.experts.1.A`, tensor([1, 3], 0, 12, 0)],
    [`${up}.na.experts.1.B`, tensor([2, 1], 0, 2)],
    [`${up}.na.router.weight`, tensor([2, 3], 9, 9, 9, 9, 9, 9)],
    ['layers.0.self_attn.q_proj.lora.A', tensor([1, 2], 6, 8)],
    ['layers.0.self_attn.q_proj.lora.B', tensor([1, 1], 0)],
  ]);
  const growth = branchGrowth(named);
  expect(growth.map(({ layer, projection }) => `${layer}.${projection}`)).toEqual(['1.up', '0.q']);
  expect(growth[0]?.norms).toEqual([
    { branch: 'ka', a: 3, b: 5, experts: [] },
    { branch: 'align', a: 5, b: 0, experts: [] },
    {
      branch: 'na',
      a: 13,
      b: Math.sqrt(5),
      experts: [
        { a: 5, b: 1 },
        { a: 12, b: 2 },
      ],
    },
  ]);
  // Of ka's two rows the second is zero: it counts in the mean and has no direction.
  const [kaAlign, kaNa] = growth[0]?.overlaps ?? [];
  expect(kaAlign).toEqual({ between: ['ka', 'align'], meanAbs: 1, cosine: 2 / 15 / 2 });
  expect(kaNa?.between).toEqual(['ka', 'na']);
  expect(kaNa?.meanAbs).toBe((11 + 24) / 4);
  expect(kaNa?.cosine).toBeCloseTo((11 / 15 + 24 / 36) / 4, 12);
  expect(growth[1]?.norms).toEqual([{ branch: 'lora', a: 10, b: 0, experts: [] }]);
  expect(growth[1]?.overlaps).toEqual([]);
});

test('a stage is measured about eight times within, never at its ends', () => {
  const due = (total: number) =>
    Array.from({ length: total + 1 }, (_, done) => done).filter((done) => growthDue(done, total));
  expect(due(1)).toEqual([]);
  expect(due(4)).toEqual([1, 2, 3]);
  expect(due(900)).toEqual([100, 200, 300, 400, 500, 600, 700, 800]);
  expect(due(100)).toHaveLength(8);
});
