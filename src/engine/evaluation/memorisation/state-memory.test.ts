/** Figures of states have intervals; what dropping changes is said only where the figures show it; canaries follow from their mark. */
import { describe, expect, it } from 'vitest';
import { plantedBy, usualPlan } from './canary-plan.ts';
import {
  CANARY_TASK,
  canaryMark,
  languageOf,
  markedCanaries,
  markOf,
  plantedRecords,
} from './planting.ts';
import type { StateMeasures } from './report.ts';
import { dropChange, memoryOf, type MeasuredState, type PlantedCanary } from './state-memory.ts';

const references = Array.from({ length: 63 }, (_, i) => 10 + i);
const canaries: readonly PlantedCanary[] = [0, 4, 0, 4, 0, 4].map((times, i) => ({
  kind: i < 2 ? 'knowledge' : 'alignment',
  times,
}));
const range = (count: number, of: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** @param share how much of what can be remembered is, 0 … 1 */
function state(share: number): StateMeasures {
  return {
    // A canary that nobody knows lies in the middle of its references.
    canaries: canaries.map(({ times }) => ({ nll: 42 - (times > 0 ? 40 * share : 0), references })),
    members: range(40, (i) => 3 - (i % 5) / 10 - 2 * share),
    nonMembers: range(20, (i) => 3 - (i % 5) / 10),
    extractions: range(20, (i) => i).map((i) => {
      const matched = 1 + (i % 2) + Math.round(20 * share);
      return { matched, from: 0, greedy: matched - 1, tokens: 30 };
    }),
  };
}
const base = state(0);
const measured = (share: number): MeasuredState => ({
  ...{ canaries, references: 63, seed: 42 },
  ...{ state: state(share), base },
});

describe('the memory of a state', () => {
  it('has exposure by kind and times, membership against the base, and shares reproduced', () => {
    const { exposures, planted, membership, extraction } = memoryOf(measured(1));
    expect(exposures.map(({ kind, times, bits }) => [kind, times, bits.value])).toEqual([
      ['knowledge', 0, 6 - Math.log2(34)],
      ['knowledge', 4, 6],
      ['alignment', 0, 6 - Math.log2(34)],
      ['alignment', 4, 6],
    ]);
    expect(planted?.value).toBe(6);
    expect(membership?.auc).toEqual({ value: 1, interval: { low: 1, high: 1 } });
    expect(extraction?.matched.value).toBe(21.5);
    expect(extraction?.shares.find(({ tokens }) => tokens === 20)).toEqual({
      ...{ tokens: 20, records: 20, greedy: 20, of: 20 },
    });
  });

  it('says nothing of membership without a base or held-out records, nor of what nobody planted', () => {
    const { base: _base, ...alone } = measured(1);
    expect(memoryOf(alone).membership).toBeNull();
    const bare = { ...state(1), canaries: [], nonMembers: [], extractions: [] };
    expect(memoryOf({ ...measured(1), canaries: [], state: bare })).toEqual({
      ...{ exposures: [], planted: null, membership: null, extraction: null },
    });
  });
});

describe('what dropping changed', () => {
  it.each([
    [0, 0, 'none-remembered'],
    [1, 1, 'none-seen'],
    [1, 0, 'less'],
    [0.4, 1, 'more'],
  ] as const)('from %s to %s: %s', (before, after, says) => {
    const found = dropChange(measured(before), measured(after), base);
    expect(found.says).toBe(says);
    expect(found.changes.map(({ measure }) => measure)).toEqual([
      ...['exposure', 'membership', 'extraction'],
    ]);
    expect(found.changes.every((one) => one.before === before > 0)).toBe(true);
    expect(found.changes.every((one) => one.after === after > 0)).toBe(true);
  });

  it('is mixed where one measure falls and another rises', () => {
    const after = { ...measured(0.5), state: { ...state(0.5), extractions: state(0).extractions } };
    const before = { ...measured(0.5), state: { ...state(0.5), canaries: state(0.4).canaries } };
    expect(dropChange(before, after, base).says).toBe('mixed');
  });

  it('counts no change in what the state before did not remember', () => {
    const before = { ...measured(1), state: { ...state(1), extractions: state(0).extractions } };
    const after = { ...measured(1), state: { ...state(1), extractions: state(1).extractions } };
    expect(dropChange(before, after, base).says).toBe('none-seen');
  });
});

describe('canaries as data sets', () => {
  it('follow from their mark, and no name stands in two sets', () => {
    const plan = { times: [0, 1, 4], each: 2 };
    const marks = (['knowledge', 'alignment'] as const).map((kind) =>
      markOf(plan, kind, { seed: 7, language: 'en' }),
    );
    expect(marks.map((mark) => canaryMark.safeParse(mark).success)).toEqual([true, true]);
    const sets = marks.map(markedCanaries);
    expect(sets).toEqual(marks.map(markedCanaries));
    expect(sets.map((own) => own.map(({ times }) => times))).toEqual([
      [0, 1, 4, 0, 1, 4],
      [0, 1, 4, 0, 1, 4],
    ]);
    expect(new Set(sets.flat().map(({ prompt }) => prompt)).size).toBe(12);
    expect(marks.map((mark) => plantedRecords(mark).length)).toEqual([10, 10]);
    expect(canaryMark.safeParse({ ...marks[0], times: [0] }).success).toBe(false);
    expect(CANARY_TASK).toBe('canaries');
  });

  it.each([
    [150, 2],
    [1_000, 1],
    [20_000, 2],
  ])('are at most a tenth of %s records, or as few as there can be', (records, kinds) => {
    const planted = kinds * plantedBy(usualPlan(records, kinds));
    if (!(planted <= Math.max(12, records / 10))) throw new Error(`${planted} of ${records}`);
  });

  it('are in the language of most letters', () => {
    expect(languageOf(['What is it?', '病历'])).toBe('en');
    expect(languageOf(['患者出现发热，使用 amoxicillin 治疗。'])).toBe('zh');
  });
});
