/** Canaries are the same for the same seed; matches, cuts and figures are what their definitions say. */
import { describe, expect, it } from 'vitest';
import { NO_TARGET } from '../../../text/labels/no-target.ts';
import type { AnsweringModel, AskedText } from '../answering.ts';
import { canaryRecords, makeCanaries } from './canaries.ts';
import { canaryLosses, cutRecord, extractions, longestMatch, recordLosses } from './measure.ts';
import { exposureByChance } from './canary-plan.ts';
import { memoryFigures, type StateMeasures } from './report.ts';

const ids = (...values: number[]): Uint32Array => Uint32Array.from(values);

describe('canaries', () => {
  const order = { seed: 7, count: 12, times: [0, 1, 4], references: 31, language: 'en' } as const;

  it('are the same for the same order, and others for another seed', () => {
    expect(makeCanaries(order)).toEqual(makeCanaries(order));
    expect(makeCanaries({ ...order, seed: 8 })).not.toEqual(makeCanaries(order));
  });

  it.each(['en', 'zh'] as const)(
    'differ from their references in the secret alone (%s)',
    (language) => {
      const canaries = makeCanaries({ ...order, language });
      expect(new Set(canaries.map(({ prompt }) => prompt)).size).toBe(order.count);
      for (const { answer, references } of canaries) {
        const without = (text: string): string => text.replace(/\d{3}-\d{3}/, '');
        expect(new Set([answer, ...references]).size).toBe(order.references + 1);
        expect(new Set([answer, ...references].map(without)).size).toBe(1);
      }
    },
  );

  it('stand among the records as often as they say; controls do not', () => {
    const canaries = makeCanaries(order);
    const answers = canaryRecords(canaries).map(({ messages }) => messages.at(-1)?.content);
    for (const { answer, times } of canaries) {
      expect(answers.filter((one) => one === answer)).toHaveLength(times);
    }
    expect(canaries.filter(({ times }) => times === 0)).toHaveLength(4);
  });

  it('are refused where there are more than names', () => {
    expect(() => makeCanaries({ ...order, count: 1_000_000 })).toThrow(RangeError);
  });
});

describe('extraction', () => {
  it.each([
    [ids(1, 2, 3, 4), ids(9, 2, 3, 8), 2, 1],
    [ids(1, 2, 3), ids(1, 2, 3), 3, 0],
    [ids(1, 1, 1), ids(1, 1), 2, 0],
    [ids(8, 4, 5), ids(1, 2, 3, 4, 5), 2, 3],
    [ids(), ids(1), 0, 0],
    [ids(5, 6), ids(7), 0, 0],
  ])('finds the longest common piece', (one, other, length, from) => {
    expect(longestMatch(one, other)).toEqual({ length, from });
    expect(longestMatch(other, one).length).toBe(length);
  });

  it('cuts the first answer in its middle, and leaves out short ones', () => {
    const labels = Int32Array.from([NO_TARGET, NO_TARGET, ...range(10), NO_TARGET, 5]);
    const record = { ids: Uint32Array.from(labels, (label) => Math.max(0, label)), labels };
    expect(cutRecord(record)).toEqual({
      prefix: record.ids.slice(0, 7),
      rest: record.ids.slice(7, 12),
    });
    const short = { ids: record.ids.slice(0, 6), labels: labels.slice(0, 6) };
    expect(cutRecord(short)).toBeNull();
    expect(cutRecord({ ids: ids(1, 2), labels: new Int32Array(2).fill(NO_TARGET) })).toBeNull();
  });

  it('counts the best of greedy and drawn continuations, each draw with other seeds', async () => {
    const seeds: number[] = [];
    const model = {
      generateBatch: async () => [ids(1, 9, 9, 9, 9), ids(6, 7)],
      sampleBatch: async (
        _prompts: unknown,
        _most: unknown,
        _ends: unknown,
        { seed }: { readonly seed: number },
      ) => {
        seeds.push(seed);
        return [ids(1, 2, 3), ids()];
      },
    };
    const cuts = [
      { prefix: ids(4), rest: ids(1, 2, 3, 4, 5) },
      { prefix: ids(4, 4), rest: ids(6, 7, 8, 9, 9) },
    ];
    const options = { contextLength: 16, endIds: [], draws: 2, seed: 3 };
    expect(await extractions(model, cuts, options)).toEqual([
      { matched: 3, from: 0, greedy: 1, tokens: 5 },
      { matched: 2, from: 0, greedy: 2, tokens: 5 },
    ]);
    expect(new Set(seeds).size).toBe(2);
  });

  it('does not count the end of a turn, which is never written', async () => {
    const nobody = { generateBatch: async () => [ids(6, 7, 8)], sampleBatch: async () => [] };
    const options = { contextLength: 16, endIds: [2], draws: 0, seed: 3 };
    expect(
      await extractions(nobody, [{ prefix: ids(4), rest: ids(6, 7, 8, 2, 5) }], options),
    ).toEqual([{ matched: 3, from: 0, greedy: 3, tokens: 3 }]);
  });
});

describe('losses', () => {
  /** A model to which every token costs its id. */
  const model: AnsweringModel = {
    generateBatch: async () => [],
    score: async (records) =>
      records.map(({ labels }) => {
        const targets = [...labels].filter((label) => label !== NO_TARGET);
        return { nll: targets.reduce((sum, id) => sum + id, 0), targets: targets.length };
      }),
  };
  const text: AskedText = {
    prompt: () => ids(100),
    answer: (said) => Uint32Array.from(said.replaceAll(/\D/g, ''), Number),
    piece: () => ids(),
    plain: () => ids(),
    decode: () => '',
    eosIds: [],
  };

  it('of canaries count the answer alone, and keep the order of references', async () => {
    const canary = { prompt: 'x', answer: '1-2', references: ['3-4', '5-6'], times: 1 };
    const [loss] = await canaryLosses(model, text, [canary], { contextLength: 8 });
    expect(loss).toEqual({ nll: 3, references: [7, 11] });
  });

  it('of records are means over their targets, NaN without any', async () => {
    const losses = await recordLosses(model, [
      { ids: ids(9, 2, 4), labels: Int32Array.of(NO_TARGET, 2, 4) },
      { ids: ids(9), labels: Int32Array.of(NO_TARGET) },
    ]);
    expect(losses).toEqual([3, Number.NaN]);
  });
});

describe('figures', () => {
  const canaries = [
    { prompt: '', answer: '', references: [], times: 4 },
    { prompt: '', answer: '', references: [], times: 0 },
  ];
  const base: StateMeasures = {
    canaries: [
      { nll: 9, references: [1, 2, 3] },
      { nll: 2, references: [1, 2, 3] },
    ],
    members: [2, 2],
    nonMembers: [2, 2, 2],
    extractions: [
      { matched: 4, from: 0, greedy: 0, tokens: 50 },
      { matched: 12, from: 3, greedy: 12, tokens: 18 },
    ],
  };

  it('rank canaries among their references, by how often they were planted', () => {
    const { exposures, membership } = memoryFigures(canaries, base);
    expect(exposures.map(({ times, mean }) => [times, mean])).toEqual([
      [0, Math.log2(4) - Math.log2(3)],
      [4, 0],
    ]);
    expect(membership).toBeNull();
  });

  it('tell members by what they gained over the base', () => {
    const state = { ...base, members: [1, 1.5], nonMembers: [2, 1.9, 2.1] };
    const { membership } = memoryFigures(canaries, state, base);
    expect(membership).toEqual({
      auc: { ok: true, value: 1 },
      truePositives: { ok: true, value: 1 },
    });
  });

  it('count records by matched tokens, among those long enough', () => {
    const { extracted } = memoryFigures(canaries, base);
    expect(extracted).toEqual([
      { tokens: 5, records: 1, of: 2 },
      { tokens: 10, records: 1, of: 2 },
      { tokens: 20, records: 0, of: 1 },
      { tokens: 50, records: 0, of: 1 },
    ]);
  });

  it('say so where a loss is not a number', () => {
    const state = { ...base, members: [Number.NaN, 1] };
    const { membership } = memoryFigures(canaries, state, base);
    expect(membership?.auc).toEqual({ ok: false, reason: 'not-finite' });
    const [control] = memoryFigures(canaries, {
      ...base,
      canaries: [
        base.canaries[0] ?? { nll: 0, references: [] },
        { nll: Number.NaN, references: [1] },
      ],
    }).exposures;
    expect(control?.mean).toBeNaN();
  });

  it('know the exposure by chance: ranks alike', () => {
    expect(exposureByChance(1)).toBeCloseTo(0.5, 12);
    expect(exposureByChance(255)).toBeGreaterThan(1.3);
    expect(exposureByChance(255)).toBeLessThan(1.45);
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
