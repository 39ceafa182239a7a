import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomSource, randomValues } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { argmax, drawToken, samplingDistribution } from './sampling.reference.ts';
import {
  advance,
  argmaxRows,
  endedRow,
  sampleToken,
  samplingWords,
  stopWords,
  type SamplingSettings,
} from './sampling.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const workgroups = [8, 128];

describe.each(workgroups)('argmax with %i invocations per row', (workgroup) => {
  test.each([
    [1, 1],
    [3, 63],
    [65, 65],
    [4, 2048],
  ])('%i rows of %i', async (rows, vocabulary) => {
    // Few distinct values, so that every longer row has ties.
    const data = randomValues(rows * vocabulary, 91 + vocabulary).map((v) => Math.round(v * 2) - 9);
    const bench = new KernelBench(gpu);
    const logits = bench.input('logits', [rows, vocabulary], data);
    const tokens = bench.output('tokens', [rows], 'u32');
    await bench.run((r) => argmaxRows(r, { logits, tokens, workgroup }));
    const actual = await bench.readUint32(tokens);
    const expected = Array.from({ length: rows }, (_, row) =>
      argmax(data.subarray(row * vocabulary, (row + 1) * vocabulary)),
    );
    expect([...actual]).toEqual(expected);
    bench.close();
  });
});

interface SampleRow {
  readonly logits: Float64Array;
  readonly history: readonly number[];
  readonly settings: SamplingSettings;
}

/** Runs the kernel over rows of one vocabulary, twice, and returns the tokens. */
async function sample(rows: readonly SampleRow[], workgroup: number): Promise<number[]> {
  const vocabulary = rows[0]?.logits.length ?? 0;
  const capacity = Math.max(1, ...rows.map(({ history }) => history.length)) + 2;
  const bench = new KernelBench(gpu);
  const logits = bench.input(
    'logits',
    [rows.length, vocabulary],
    rows.flatMap((row) => [...row.logits]),
  );
  // Logits beyond a row's length must not count: fill them with a likely token.
  const histories = rows.flatMap(({ history, logits: z }) =>
    Array.from({ length: capacity }, (_, i) => history[i] ?? argmax(z)),
  );
  const history = bench.input('history', [rows.length, capacity], histories, 'u32');
  const counts = rows.map((row) => row.history.length);
  const lengths = bench.input('lengths', [rows.length], counts, 'u32');
  const words = samplingWords(rows.map((row) => row.settings));
  const settings = bench.input('settings', [rows.length, 8], words, 'u32');
  const tokens = bench.output('tokens', [rows.length], 'u32');
  const run = async () => {
    await bench.run((r) =>
      sampleToken(r, { logits, history, lengths, settings, tokens, workgroup }),
    );
    return [...(await bench.readUint32(tokens))];
  };
  const actual = await run();
  expect(await run()).toEqual(actual);
  bench.close();
  return actual;
}

const settingsCases: Omit<SamplingSettings, 'seed'>[] = [
  { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 },
  { temperature: 0.7, topP: 1, topK: 0, repetitionPenalty: 1.3 },
  { temperature: 1.5, topP: 1, topK: 5, repetitionPenalty: 1 },
  { temperature: 1, topP: 0.8, topK: 0, repetitionPenalty: 1 },
  { temperature: 0.9, topP: 0.9, topK: 20, repetitionPenalty: 1.1 },
  { temperature: 1, topP: 0.05, topK: 0, repetitionPenalty: 0.8 },
  { temperature: 0, topP: 0.9, topK: 7, repetitionPenalty: 1.5 },
];

describe.each(workgroups)('sampling with %i invocations per row', (workgroup) => {
  test.each([1, 63, 65, 509, 2048])('vocabulary of %i: the reference’s token', async (size) => {
    const next = randomSource(size);
    const rows: SampleRow[] = [];
    for (let i = 0; i < (workgroup > 8 ? 4 : 12); i += 1) {
      for (const settings of settingsCases) {
        const seed = Math.floor(next() * 2 ** 32);
        const logits = randomValues(size, seed & 0xffff, 3);
        const history = Array.from({ length: i * 5 }, () => Math.floor(next() * size));
        // Repeats of likely tokens, and an id beyond the vocabulary that must be skipped.
        if (i > 1) history.push(argmax(logits), argmax(logits), size + 3);
        rows.push({ logits, history, settings: { ...settings, seed } });
      }
    }
    const tokens = await sample(rows, workgroup);
    let compared = 0;
    rows.forEach((row, i) => {
      const distribution = samplingDistribution(row.logits, row.history, row.settings);
      const drawn = drawToken(distribution, row.settings.seed, row.history.length);
      if (drawn.margin < 1e-5 && row.settings.temperature > 0) return;
      expect(tokens[i]).toBe(drawn.token);
      compared += 1;
    });
    expect(compared).toBeGreaterThan(rows.length * 0.95);
  });

  test('the tokens of many seeds follow the distribution', async () => {
    const logits = randomValues(33, 99, 1.2);
    const settings = { temperature: 0.8, topP: 0.9, topK: 12, repetitionPenalty: 1.2 };
    const history = [3, 4, 4];
    // Wide workgroups are slow on CPU adapters; the test has the power it needs with fewer draws.
    const draws = workgroup > 8 ? 500 : 2500;
    const rows = Array.from({ length: draws }, (_, seed) => ({
      logits,
      history,
      settings: { ...settings, seed },
    }));
    const counts = new Array<number>(33).fill(0);
    for (const token of await sample(rows, workgroup)) counts[token] = (counts[token] ?? 0) + 1;
    const distribution = samplingDistribution(logits, history, settings);
    let chi = 0;
    let degrees = -1;
    distribution.forEach((probability, token) => {
      const count = counts[token] ?? 0;
      if (probability === 0) expect(count).toBe(0);
      else {
        chi += (count - draws * probability) ** 2 / (draws * probability);
        degrees += 1;
      }
    });
    expect(degrees).toBeGreaterThan(4);
    expect(Math.abs(chi - degrees)).toBeLessThan(4 * Math.sqrt(2 * degrees));
  });

  test('ties at the border of top-k and top-p all stay', async () => {
    const logits = Float64Array.of(1, 2, 1, 3, 1, 1);
    const base = { temperature: 1, repetitionPenalty: 1 };
    for (const settings of [
      { ...base, topK: 3, topP: 1 },
      { ...base, topK: 0, topP: 0.85 },
    ]) {
      const rows = Array.from({ length: workgroup > 8 ? 60 : 300 }, (_, seed) => ({
        logits,
        history: [],
        settings: { ...settings, seed },
      }));
      const found = new Set(await sample(rows, workgroup));
      expect([...found].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });
});

test('advance appends, counts, stops at a stop token, a limit or the capacity, and then rests', async () => {
  const bench = new KernelBench(gpu);
  // Row 0 goes on, 1 meets a stop token, 2 its limit, 3 has ended, 4 the capacity, 5 is full.
  const capacity = 4;
  const given = {
    tokens: [11, 7, 12, 13, 14, 15],
    limits: [9, 9, 2, 9, 9, 9],
    lengths: [1, 1, 1, 2, 3, 4],
    positions: [5, 6, 7, endedRow, 8, 9],
    ids: [1, 2, 3, 4, 5, 6],
  };
  const vector = (name: keyof typeof given) => bench.input(name, [6], given[name], 'u32');
  const tensors = {
    tokens: vector('tokens'),
    limits: vector('limits'),
    lengths: vector('lengths'),
    positions: vector('positions'),
    ids: vector('ids'),
    stop: bench.input('stop', [16], stopWords([99, 7]), 'u32'),
    history: bench.input('history', [6, capacity], new Array<number>(24).fill(50), 'u32'),
  };
  await bench.run((r) => advance(r, tensors));
  const read = async (name: keyof typeof tensors) => [...(await bench.readUint32(tensors[name]))];
  expect(await read('lengths')).toEqual([2, 2, 2, 2, 4, 4]);
  expect(await read('positions')).toEqual([6, endedRow, endedRow, endedRow, endedRow, endedRow]);
  expect(await read('ids')).toEqual([11, 7, 12, 4, 14, 6]);
  const written = new Array<number>(24).fill(50);
  [11, 7, 12].forEach((token, row) => (written[row * capacity + 1] = token));
  written[4 * capacity + 3] = 14;
  expect(await read('history')).toEqual(written);
  bench.close();
  expect(() => stopWords(new Array<number>(17).fill(1))).toThrow(RangeError);
});
