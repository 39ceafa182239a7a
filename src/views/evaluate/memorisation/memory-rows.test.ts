import { expect, test } from 'vitest';
import type { RunMemory } from '../../../contract/memorisation.ts';
import { memoryPanels, memoryRows } from './memory-rows.ts';

const figure = (value: number) => ({ value, interval: { low: value - 0.5, high: value + 0.5 } });
const state = (snapshot: string, bits: number): RunMemory['states'][number] => ({
  snapshot,
  exposures: [0, 4].map((times) => ({
    ...{ kind: 'knowledge', times, canaries: 2, bits: figure(times === 0 ? 1 : bits) },
  })),
  planted: figure(bits),
  membership: snapshot === 'base' ? null : { auc: figure(0.75), truePositives: figure(0.25) },
  extraction: {
    ...{ records: 8, matched: figure(bits) },
    shares: [{ tokens: 10, records: 1, greedy: 0, of: 8 }],
  },
});
const memory = {
  ...{ references: 31, heldOut: 4, continued: 8 },
  states: [state('base', 1), state('merged', 11)],
} as unknown as RunMemory;

test('every measure with figures is a panel over the states, with its chance and whole ticks', () => {
  const [exposure, membership, extraction, ...none] = memoryPanels(memory);
  expect(none).toEqual([]);
  expect(exposure).toMatchObject({ what: 'knowledge', ticks: [0, 1, 2, 3, 4, 5] });
  expect(exposure?.lines.map(({ times }) => times)).toEqual([0, 4]);
  expect(exposure?.lines[1]?.points.map((point) => point?.value)).toEqual([1, 11]);
  expect(membership).toMatchObject({ what: 'membership', chance: 0.5 });
  expect(membership?.lines[0]?.points[0]).toBeNull();
  expect(membership?.ticks.at(0)).toBeCloseTo(0.2, 12);
  expect(membership?.ticks.at(-1)).toBeCloseTo(1, 12);
  // Without training, the base writes as much.
  expect(extraction).toMatchObject({ what: 'extraction', chance: 1 });
  expect(extraction?.ticks).toEqual([0, 3, 6, 9, 12, 15]);
});

test('without canaries, held-out or continued records there is no panel of them', () => {
  const states = memory.states.map((one) => ({ ...one, exposures: [], planted: null }));
  const bare = { ...memory, states, references: null };
  expect(memoryPanels(bare).map(({ what }) => what)).toEqual(['membership', 'extraction']);
  expect(memoryPanels({ ...bare, heldOut: 0, continued: 0 })).toEqual([]);
  expect(memoryRows(bare)[0]).toMatchObject({ planted: null, controls: null, auc: null });
});

test('controls are a mean over all kinds of data', () => {
  expect(memoryRows(memory).map(({ controls }) => controls?.value)).toEqual([1, 1]);
  expect(memoryRows(memory)[1]?.share).toEqual({ tokens: 10, records: 1, greedy: 0, of: 8 });
});
