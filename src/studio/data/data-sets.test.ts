import { describe, expect, it } from 'vitest';
import type { CanaryMark, DataSetSummary } from '../../contract/data.ts';
import { plantingOf, readTimes } from './canaries.ts';
import { offeredSets, selectedSet, trainingSets } from './data-sets.ts';
import { ownFirst, ticked, type Ticks } from './ticks.ts';

function summary(id: string, change: Partial<DataSetSummary> = {}): DataSetSummary {
  return {
    id,
    name: id,
    kind: 'knowledge',
    shape: 'alpaca',
    records: 10,
    bytes: 100,
    problems: 0,
    tasks: [],
    createdAt: 0,
    fingerprint: id,
    ...change,
  };
}

describe('which sets train', () => {
  const sets = [
    summary('a'),
    summary('b'),
    summary('empty', { records: 0 }),
    summary('test', { shape: 'evaluation' }),
  ];

  it('leaves out what was unticked, what is empty and what measures', () => {
    const used = trainingSets({ sets, ticks: { taken: [], left: ['b'] } });
    expect(used.map(({ id }) => id)).toEqual(['a']);
  });

  it('looks at the chosen set, or at the first when it is gone', () => {
    expect(selectedSet({ sets, selectedId: 'b' })?.id).toBe('b');
    expect(selectedSet({ sets, selectedId: 'removed' })?.id).toBe('a');
    expect(selectedSet({ sets: [], selectedId: 'b' })).toBeNull();
  });
});

describe('canaries', () => {
  const canaries: CanaryMark = {
    ...{ seed: 1, times: [0, 1], references: 63, first: 0, count: 4 },
    language: 'en',
  };
  const planted = summary('planted', { kind: 'knowledge', canaries });
  const sample = summary('sample', { kind: 'knowledge', sample: true });
  const used = (sets: readonly DataSetSummary[], taken: readonly string[]) =>
    trainingSets({ sets, ticks: { taken, left: [] } }).map(({ id }) => id);

  it('train only where they were planted, beside records of their kind', () => {
    expect(used([sample, planted], [])).toEqual(['sample']);
    expect(used([sample, planted], ['planted'])).toEqual(['sample', 'planted']);
    expect(used([summary('other', { kind: 'alignment' }), planted], ['planted'])).toEqual([
      'other',
    ]);
    expect(offeredSets({ sets: [sample, planted], ticks: { taken: [], left: [] } })).toEqual([]);
  });

  it.each([
    ['0, 1, 4', [0, 1, 4]],
    ['16、0，1 1', [0, 1, 16]],
    ['0', null],
    ['1, 101', null],
    ['1, x', null],
    ['', null],
  ])('are planted as often as “%s” says', (text, times) => {
    expect(readTimes(text)).toEqual(times);
  });

  it('keep how they were planted', () => {
    expect(plantingOf(canaries)).toEqual({ seed: 1, times: [0, 1], each: 2 });
  });
});

describe('samples beside own sets', () => {
  const samples = [summary('sample', { sample: true }), summary('other', { sample: true })];
  const own = [...samples, summary('own')];
  const untouched: Ticks = { taken: [], left: [] };
  const used = (sets: readonly DataSetSummary[], ticks: Ticks) =>
    trainingSets({ sets, ticks }).map(({ id }) => id);

  it('train by themselves, and are only offered once a set of a person’s own can train', () => {
    expect(used(samples, untouched)).toEqual(['sample', 'other']);
    expect(used(own, untouched)).toEqual(['own']);
    expect(ownFirst(own).map(({ id }) => id)).toEqual(['own', 'sample', 'other']);
    const measures = [...samples, summary('test', { shape: 'evaluation' })];
    expect(used(measures, untouched)).toEqual(['sample', 'other']);
    expect(used([...samples, summary('empty', { records: 0 })], untouched)).toHaveLength(2);
  });

  it('stay as a person ticked them, whatever is brought in or ticked later', () => {
    const ticks = ticked({ sets: samples, ticks: untouched }, 'other', false);
    expect(used(own, ticks)).toEqual(['sample', 'own']);
    const more = ticked({ sets: own, ticks }, 'sample', false);
    expect(used(own, more)).toEqual(['own']);
    expect(used(own, ticked({ sets: own, ticks: untouched }, 'other', true))).toEqual([
      'other',
      'own',
    ]);
    // A set that is gone for now keeps its tick.
    const gone = ticked({ sets: [summary('own')], ticks: more }, 'own', false);
    expect(used(own, gone)).toEqual([]);
  });
});
