import { describe, expect, test } from 'vitest';
import { Pace } from './pace.ts';
import type { Step } from './steps.ts';

/** A step of this cost; what it does is of no interest. */
const step = (cost: number): Step => ({
  ...{ kind: 'clear', label: '', section: 0, scope: '', offset: 0, bytes: 4, cost },
  buffer: {} as GPUBuffer,
});
const steps = (...costs: readonly number[]): Step[] => costs.map(step);
/** The costs of the steps of each part, whose sums and places are checked. */
function costsOf(parts: ReturnType<Pace['cut']>): number[][] {
  let before = 0;
  return parts.map(({ steps: own, first, cost }) => {
    expect(first).toBe(before);
    before += own.length;
    const costs = own.map((each) => each.cost);
    expect(cost).toBe(costs.reduce((sum, each) => sum + each, 0));
    return costs;
  });
}

/** A device with a clock of its own that does so much per millisecond, one submission after the other. */
class Device {
  now = 0;
  #busyUntil = 0;
  perMillisecond: number;
  readonly pace: Pace;

  constructor(perMillisecond: number, budget = 50) {
    this.perMillisecond = perMillisecond;
    this.pace = new Pace({ software: false, budget, now: () => this.now });
  }

  /** Submits work of this cost, waits until it has ended, and lets the pace notice. */
  async run(cost: number): Promise<void> {
    this.#busyUntil = Math.max(this.#busyUntil, this.now) + cost / this.perMillisecond;
    const ends = this.#busyUntil;
    let tell!: () => void;
    const ended = new Promise<void>((resolve) => {
      tell = resolve;
    });
    this.pace.submitted(cost, () => ended);
    this.now = ends;
    tell();
    await ended;
    await Promise.resolve();
  }
}

describe('where a list of steps is cut', () => {
  const pace = new Pace({ software: false, budget: 10 });
  pace.expect(10);

  test('parts stay within the budget and keep every step in its order', () => {
    expect(costsOf(pace.cut(steps(40, 40, 40, 10, 10, 100)))).toEqual([
      [40, 40],
      [40, 10, 10],
      [100],
    ]);
  });

  test('what fits stays one submission; nothing makes none', () => {
    const all = steps(50, 50);
    expect(costsOf(pace.cut(all))).toEqual([[50, 50]]);
    expect(pace.cut(all)[0]?.steps).toBe(all);
    expect(pace.cut([])).toEqual([]);
  });

  test('a step beyond the budget goes alone', () => {
    expect(costsOf(pace.cut(steps(1, 500, 1)))).toEqual([[1], [500], [1]]);
  });

  test('the smaller the budget, the more parts', () => {
    const all = steps(...Array.from({ length: 12 }, () => 10));
    const counts = [Infinity, 12, 6, 3, 1, 0].map((budget) => {
      const of = new Pace({ software: false, budget });
      of.expect(10);
      return of.cut(all).length;
    });
    expect(counts).toEqual([1, 1, 2, 4, 12, 12]);
  });
});

describe('the rate of a device', () => {
  test('on a slow device the same steps are cut into more submissions', async () => {
    const work = steps(...Array.from({ length: 100 }, () => 1e8));
    const counts = [1e9, 1e8, 1e7].map((rate) => ({ rate, device: new Device(rate) }));
    for (const { device } of counts) {
      for (let i = 0; i < 6; i += 1) await device.run(1e11);
    }
    expect(counts.map(({ device }) => Math.round(device.pace.rate))).toEqual([1e9, 1e8, 1e7]);
    expect(counts.map(({ device }) => device.pace.cut(work).length)).toEqual([1, 2, 20]);
  });

  test('a device that becomes slower is noticed after a few submissions', async () => {
    const device = new Device(1e9);
    for (let i = 0; i < 6; i += 1) await device.run(1e11);
    device.perMillisecond = 1e7;
    await device.run(1e11);
    // One slow measurement may be a disturbance.
    expect(device.pace.rate).toBeCloseTo(1e9, -3);
    for (let i = 0; i < 5; i += 1) await device.run(1e11);
    expect(device.pace.rate).toBeCloseTo(1e7, -3);
  });

  test('a pause before work does not count as work', async () => {
    const device = new Device(1e8);
    await device.run(1e11);
    device.now += 60_000;
    await device.run(1e11);
    expect(device.pace.rate).toBeCloseTo(1e8, -3);
  });

  test('work too short to be measured leaves the rate, whatever the clock says', async () => {
    const device = new Device(1e12);
    for (let i = 0; i < 6; i += 1) await device.run(1e6);
    expect(device.pace.rate).toBe(1e8);
  });

  test('a rate from tuning counts until work is measured', async () => {
    const device = new Device(1e8);
    device.pace.expect(5e8);
    expect(device.pace.rate).toBe(5e8);
    await device.run(1e11);
    device.pace.expect(5e8);
    expect(device.pace.rate).toBeCloseTo(1e8, -3);
  });
});
