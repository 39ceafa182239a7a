import { expect, test } from 'vitest';
import { collapsedRouters } from './collapsed-routers.ts';

/** Counts of a linear with four experts, two of them active, from the choices of each expert. */
function counts(layer: number, tokens: number, choices: readonly number[]) {
  const pairs = Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? (choices[at / 5] ?? 0) : 0));
  const weights = [0, 0, 0, 0];
  return { layer, projection: 'gate', task: 'a', tokens, pairs, weights } as const;
}

function found(...linears: readonly ReturnType<typeof counts>[]) {
  const report = { runId: 'r', experts: 4, active: 2, steps: null, hasParts: false };
  return collapsedRouters({ ...report, counts: linears });
}

test('a router that always chooses the same two of four experts has collapsed', () => {
  const routers = found(
    counts(0, 300, [300, 0, 300, 0]),
    counts(1, 300, [150, 150, 150, 150]),
    // One expert that everybody uses beside others that take turns is no collapse.
    counts(2, 300, [300, 100, 100, 100]),
    counts(3, 300, [2, 296, 3, 299]),
  );
  expect(routers).toMatchObject([
    { layer: 0, projection: 'gate', experts: [0, 2], share: 1 },
    { layer: 3, experts: [1, 3] },
  ]);
  expect(routers[1]?.share).toBeCloseTo(296 / 300, 10);
});

test('tasks of one linear count together; few tokens say nothing', () => {
  const half = counts(0, 150, [150, 150, 0, 0]);
  expect(found(half, half)).toHaveLength(1);
  expect(found(half)).toEqual([]);
  // Other tasks that choose otherwise undo it.
  expect(found(half, half, counts(0, 150, [0, 0, 150, 150]))).toEqual([]);
});
