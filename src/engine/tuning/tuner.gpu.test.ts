import { afterAll, describe, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { defineKernel } from '../gpu/kernel.ts';
import { candidateVariants, type KernelSizes } from '../kernels/choices.ts';
import { tuningCase, type TuningCase } from './cases.ts';
import type { KernelNeed } from './needs.ts';
import { choicesOf, parseTuning, tuningDevice } from './record.ts';
import { tune } from './tuner.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const product: KernelSizes = {
  kind: 'forward',
  reader: 'f32',
  rows: 12,
  columns: 20,
  inner: 40,
  aligned: true,
};
const needs: KernelNeed[] = [
  { sizes: { kind: 'norm-forward', rows: 9, columns: 16 }, work: 2 },
  {
    sizes: {
      kind: 'cached-attention',
      rows: 2,
      heads: 2,
      groups: 1,
      headSize: 8,
      capacity: 12,
      half: true,
    },
    work: 1,
  },
];

/** Text that no driver takes. */
const refused = defineKernel({
  name: 'tuner-test-refused',
  family: 'norm',
  sources: ['@compute @workgroup_size(1) fn main() { nothing(); }'],
});

/** A clock that only moves when it is told to, or by one tick whenever it is read. */
function clock(tick: number): { now: () => number; readonly read: number } {
  let reads = 0;
  return {
    now: () => tick * reads++,
    get read() {
      return reads;
    },
  };
}

describe('tuning', () => {
  test('times every candidate that is right, and what it finds survives storage', async () => {
    const found = await tune(gpu, needs, { budget: Number.POSITIVE_INFINITY, together: true });
    expect(found.unfinished).toBe(false);
    expect(found.classes.map(({ candidates }) => candidates.map(({ variant }) => variant))).toEqual(
      needs.map(({ sizes }) => candidateVariants(gpu.traits, sizes)),
    );
    for (const { candidates, chosen, standard } of found.classes) {
      expect(candidates.map(({ state }) => state)).toEqual(candidates.map(() => 'timed'));
      for (const { error, milliseconds } of candidates) {
        expect(error).toBeLessThan(1e-5);
        expect(milliseconds).toBeGreaterThan(0);
      }
      expect(candidates.map(({ variant }) => variant)).toContain(chosen);
      expect(candidates[0]?.variant).toBe(standard);
    }
    const stored: unknown = JSON.parse(JSON.stringify(found));
    expect(parseTuning(stored, tuningDevice(gpu.adapter))).toEqual(found);
    expect(parseTuning(stored, 'another device')).toBeNull();
    expect(gpu.ledger.total).toBe(0);
  });

  test('a candidate that gives wrong results is not chosen, and is recorded as such', async () => {
    const sizes = product;
    const [standard = '', ...others] = candidateVariants(gpu.traits, sizes);
    const wrong = (variant: string): boolean => variant === standard;
    const makeCase = (asked: KernelSizes): TuningCase => {
      const right = tuningCase(asked);
      return {
        ...right,
        // Zeros are far from every reference.
        record: (r, variant) => {
          if (!wrong(variant)) right.record(r, variant);
          else for (const { tensor } of right.results) r.clear(tensor);
        },
      };
    };
    const found = await tune(gpu, [{ sizes, work: 1 }], {
      budget: Number.POSITIVE_INFINITY,
      makeCase,
    });
    const [tuned] = found.classes;
    expect(tuned?.candidates[0]).toEqual({
      variant: standard,
      state: 'wrong',
      milliseconds: null,
      error: 1,
    });
    expect(others).toContain(tuned?.chosen);
    expect(choicesOf(found)).toEqual({ [tuned?.kernelClass ?? '']: tuned?.chosen });
    expect(gpu.ledger.total).toBe(0);
  });

  test('a candidate that a device refuses is left out, and the device goes on', async () => {
    const makeCase = (asked: KernelSizes): TuningCase => {
      const right = tuningCase(asked);
      return {
        ...right,
        record: (r, variant) => {
          if (variant !== 'groups') right.record(r, variant);
          else r.dispatch({ kernel: refused, bindings: [], grid: [1, 1, 1] });
        },
      };
    };
    const sizes: KernelSizes = { kind: 'norm-forward', rows: 9, columns: 16 };
    const { classes } = await tune(gpu, [{ sizes, work: 1 }], { makeCase, together: true });
    const state = new Map(classes[0]?.candidates.map((each) => [each.variant, each.state]));
    expect(state.get('groups')).toBe('failed');
    expect(gpu.fault).toBeNull();
    expect(classes[0]?.chosen).toBe('rows');
  });

  test('stops when its time is over, and decides nothing from half a comparison', async () => {
    // Ten milliseconds from reading to reading: every timing is long enough at once.
    const ticks = clock(10);
    const whole = await tune(gpu, needs, { budget: Number.POSITIVE_INFINITY, now: ticks.now });
    expect(whole.unfinished).toBe(false);
    const needed = ticks.read;
    for (const reads of [1, 2, 4, Math.floor(needed / 4), Math.floor(needed / 2)]) {
      const short = clock(10);
      const found = await tune(gpu, needs, { budget: 10 * reads, now: short.now });
      // After the budget the clock is read to see that it is over, for what has begun, and at the end.
      expect(short.read).toBeLessThan(reads + 12);
      expect(found.unfinished).toBe(true);
      for (const { candidates, chosen, standard } of found.classes) {
        const timed = candidates.filter(({ state }) => state === 'timed');
        if (timed.length < 2) expect(chosen).toBe(standard);
      }
    }
    expect(gpu.ledger.total).toBe(0);
  });
});
