import { afterAll, describe, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { Gpu } from '../gpu/device.ts';
import type { Kernel } from '../gpu/kernel.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { candidateVariants } from '../kernels/kernel-class.ts';
import { classOf, kernelClass, type KernelSizes } from '../kernels/kernel-classes.ts';
import type { KernelCase } from '../kernels/kernel-case.ts';
import { callsOf } from '../checks/case-check.ts';
import type { KernelNeed } from './needs.ts';
import { choicesOf, isDecided, parseTuning, tuningDevice, type TunedClass } from './record.ts';
import { cheapestFirst, tune } from './tuner.ts';

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

const candidatesFor = (sizes: KernelSizes): readonly string[] =>
  candidateVariants(classOf(sizes), gpu.traits, sizes);

/** Text that no driver takes; not among the engine's kernels, all of which are checked to compile. */
const refused: Kernel = {
  name: 'tuner-test-refused',
  family: 'norm',
  source: '@compute @workgroup_size(1) fn main() { nothing(); }',
  requires: [],
};

/** A clock that advances by one tick at each reading, and on request. */
function clock(tick: number): { readonly now: () => number; readonly pass: (ms: number) => void } {
  let time = 0;
  return {
    now: () => {
      time += tick;
      return time;
    },
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** Ten milliseconds between readings: every timing is long enough at once. */
const TICK = 10;
const whole = { budget: Number.POSITIVE_INFINITY, bound: Number.POSITIVE_INFINITY };
const states = ({ candidates }: TunedClass): string[] => candidates.map(({ state }) => state);

describe('tuning', () => {
  test('times every candidate that is right, and what it finds survives storage', async () => {
    const found = await tune(gpu, needs, { ...whole, now: clock(TICK).now, together: true });
    expect(found.unfinished).toBe(false);
    expect(found.classes.map(({ candidates }) => candidates.map(({ variant }) => variant))).toEqual(
      needs.map(({ sizes }) => candidatesFor(sizes)),
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

  test('attention is checked over windows too: what ignores them is wrong', async () => {
    const sizes = { heads: 4, groups: 2, headSize: 8, rows: 75 };
    const kinds: readonly KernelSizes[] = [
      { kind: 'attention-forward', ...sizes },
      { kind: 'attention-backward', ...sizes },
      { kind: 'cached-attention', ...sizes, rows: 3, capacity: 40, half: false },
    ];
    const asked = kinds.map((each) => ({ sizes: each, work: 1 }));
    const found = await tune(gpu, asked, { ...whole, now: clock(TICK).now });
    expect(found.classes.map(states)).toEqual(kinds.map(() => ['timed', 'timed']));
    // The same kernels, with every row's first key moved to the beginning of its record.
    const makeCase = (of: KernelSizes): KernelCase => {
      const right = classOf(of).knownCase(of);
      const [call] = callsOf(gpu.traits, (r) => right.record(r, 'tiled'));
      const first = call?.bindings.find(({ tensor }) => tensor.label.includes('first rows'));
      if (!first) throw new Error('no first rows');
      return { ...right, prepare: (r) => r.clear(first.tensor) };
    };
    const ignoring = await tune(gpu, asked.slice(0, 1), { ...whole, makeCase });
    expect(ignoring.classes.map(states)).toEqual([['wrong', 'wrong']]);
    expect(gpu.ledger.total).toBe(0);
  });

  test('a candidate that gives wrong results is not chosen, and is recorded as such', async () => {
    const sizes = product;
    const [standard = '', ...others] = candidatesFor(sizes);
    const wrong = (variant: string): boolean => variant === standard;
    const makeCase = (asked: KernelSizes): KernelCase => {
      const right = classOf(asked).knownCase(asked);
      return {
        ...right,
        // Zeros are far from every reference.
        record: (r, variant) => {
          if (!wrong(variant)) right.record(r, variant);
          else for (const { tensor } of right.results) r.clear(tensor);
        },
      };
    };
    const found = await tune(gpu, [{ sizes, work: 1 }], { ...whole, makeCase });
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
    const makeCase = (asked: KernelSizes): KernelCase => {
      const right = classOf(asked).knownCase(asked);
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

  test('compiling and checking take nothing from the time for timing', async () => {
    const slow = clock(TICK);
    const makeCase = (sizes: KernelSizes): KernelCase => {
      // Stands in for a device that compiles for a minute.
      slow.pass(60_000);
      return classOf(sizes).knownCase(sizes);
    };
    // Each of the first class's candidates is timed a few times: two ticks are enough for one of them.
    const { classes, ...times } = await tune(gpu, needs, {
      ...{ budget: 2 * TICK, bound: Number.POSITIVE_INFINITY, now: slow.now, makeCase },
    });
    const [first, second] = classes;
    expect(first && states(first)).toEqual(first?.candidates.map(() => 'timed'));
    expect(second && states(second)).toEqual(second?.candidates.map(() => 'skipped'));
    expect(second?.chosen).toBe(second?.standard);
    expect(times.unfinished).toBe(true);
    expect(times.milliseconds).toBeGreaterThanOrEqual(2 * TICK);
    expect(times.milliseconds).toBeLessThan(60_000);
    expect(times.checking).toBeGreaterThanOrEqual(60_000);
  });

  test('whoever asks again for what is left comes to an end, however slow the device', async () => {
    const done: string[] = [];
    let left: readonly KernelNeed[] = needs;
    while (left.length > 0) {
      const before = left.length;
      const slow = clock(TICK);
      const found = await tune(gpu, left, { budget: 0, bound: 0, now: slow.now });
      const decided = found.classes.filter(isDecided);
      expect(decided).toHaveLength(1);
      done.push(...decided.map(({ kernelClass: name }) => name));
      left = left.filter(({ sizes }) => !done.includes(kernelClass(sizes)));
      expect(left).toHaveLength(before - 1);
      expect(found.unfinished).toBe(left.length > 0);
    }
    expect(done).toEqual(needs.map(({ sizes }) => kernelClass(sizes)));
  });

  test('a class on a slow device times two candidates, and leaves the rest unused', async () => {
    const slow = clock(TICK);
    const { classes } = await tune(gpu, [{ sizes: product, work: 1 }], {
      ...{ budget: TICK, now: slow.now },
    });
    const [tuned] = classes;
    const variants = candidatesFor(product);
    expect(variants.length).toBeGreaterThan(2);
    expect(tuned && states(tuned)).toEqual(variants.map((_, i) => (i < 2 ? 'timed' : 'checked')));
    expect(variants.slice(0, 2)).toContain(tuned?.chosen);
  });

  test('what is cheap to compile comes first, and what was compiled is cheapest', async () => {
    const forward: KernelNeed = {
      sizes: { kind: 'norm-forward', rows: 9, columns: 16 },
      work: 1,
    };
    const backward: KernelNeed = {
      sizes: { kind: 'norm-backward', rows: 9, columns: 16 },
      work: 2,
    };
    // A separate cache of pipelines, in which nothing is compiled yet.
    const pipelines = new PipelineCache(gpu.device);
    const fresh = new Gpu(gpu.device, gpu.adapter, gpu.traits, { pipelines });
    expect(cheapestFirst(fresh, [backward, forward])).toEqual([forward, backward]);
    await tune(fresh, [backward], { budget: 0 });
    expect(cheapestFirst(fresh, [forward, backward])).toEqual([backward, forward]);
    expect(fresh.ledger.total).toBe(0);
  });

  test('ends at once when it is asked to, and keeps the classes that are done', async () => {
    const ended = new AbortController();
    const found = await tune(gpu, needs, {
      ...{ ...whole, signal: ended.signal },
      onClass: () => ended.abort(),
    });
    expect(found.classes.map(isDecided)).toEqual([true, false]);
    const none = await tune(gpu, needs, { ...whole, signal: AbortSignal.abort() });
    expect(none.classes.map(isDecided)).toEqual([false, false]);
    expect(gpu.ledger.total).toBe(0);
  });
});
