/** Cases with known results for choosing the next token and moving rows on. */
import { asMatrix } from '../../gpu/tensor.ts';
import { CaseTensors, noise, type KernelCase } from '../kernel-case.ts';
import type { CheckedCall, KernelCheck } from '../kernel-check.ts';
import {
  advance,
  argmaxRows,
  endedRow,
  samplingSettingsWords,
  samplingWords,
  sampleToken,
  stopTokens,
  stopWords,
} from './sampling.ts';
import { argmax, drawToken, samplingDistribution } from './sampling.reference.ts';

const vocabulary = 1027;
const rows = 5;

/** Few distinct values, so that the most likely token is not the only one. */
const logit = (index: number): number => Math.round(24 * noise(index)) / 4;

function argmaxCase({ constants }: CheckedCall): KernelCase {
  const tensors = new CaseTensors();
  const logits = tensors.numbers('logits', [rows, vocabulary], logit);
  const tokens = tensors.result('tokens', [rows], 'u32');
  return {
    tensors,
    prepare: null,
    record: (r) => argmaxRows(r, { logits, tokens, workgroup: constants['WORKGROUP'] ?? 8 }),
    results: [asMatrix(tokens)],
    expected: async (read) => {
      const values = await read(logits);
      return [Float64Array.from({ length: rows }, (_, row) => argmax(rowOf(values, row)))];
    },
  };
}

const rowOf = (values: Float64Array, row: number): Float64Array =>
  values.subarray(row * vocabulary, (row + 1) * vocabulary);

/** A draw this near to another token's part of the interval may fall on either side of it in float32. */
const leastMargin = 1e-4;

const choices = [
  { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 },
  { temperature: 0.7, topP: 0.9, topK: 0, repetitionPenalty: 1.25 },
  { temperature: 1.5, topP: 1, topK: 12, repetitionPenalty: 1 },
  { temperature: 1, topP: 0.5, topK: 40, repetitionPenalty: 0.75 },
  { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 2 },
] as const;

function sampleCase({ constants }: CheckedCall): KernelCase {
  const capacity = 9;
  const lengthOf = (row: number): number => [0, 5, 7, 3, 6][row] ?? 0;
  // Distinct logits, so that no two tokens tie at a border.
  const values = Float64Array.from({ length: rows * vocabulary }, (_, index) => 4 * noise(index));
  const tokenAt = (index: number): number => Math.imul(index, 37) % vocabulary;
  const drawn = choices.map((choice, row) => {
    const history = Array.from({ length: lengthOf(row) }, (_, i) => tokenAt(row * capacity + i));
    const distribution = samplingDistribution(rowOf(values, row), history, choice);
    for (let seed = row; ; seed += 1) {
      const { token, margin } = drawToken(distribution, seed, history.length);
      if (margin > leastMargin) return { token, settings: { ...choice, seed } };
    }
  });
  const words = samplingWords(drawn.map(({ settings }) => settings));
  const tensors = new CaseTensors();
  const operands = {
    logits: tensors.numbers('logits', [rows, vocabulary], (index) => values[index] ?? 0),
    history: tensors.words('history', [rows, capacity], tokenAt),
    lengths: tensors.words('lengths', [rows], lengthOf),
    settings: tensors.words('settings', [rows, samplingSettingsWords], (i) => words[i] ?? 0),
  };
  const tokens = tensors.result('tokens', [rows], 'u32');
  return {
    tensors,
    prepare: null,
    record: (r) => sampleToken(r, { ...operands, tokens, workgroup: constants['WORKGROUP'] ?? 8 }),
    results: [asMatrix(tokens)],
    expected: async () => [Float64Array.from(drawn, ({ token }) => token)],
  };
}

/** Rows that go on, meet a stop token, reach their limit, are full, and have ended before. */
const moved = {
  tokens: [7, 3, 8, 9, 4],
  limits: [4, 4, 3, 9, 4],
  before: { lengths: [2, 1, 2, 4, 1], positions: [6, 5, 4, 3, endedRow], ids: [1, 1, 1, 1, 1] },
  after: {
    lengths: [3, 2, 3, 4, 1],
    positions: [7, endedRow, endedRow, endedRow, endedRow],
    ids: [7, 3, 8, 1, 1],
  },
} as const;

function advanceCase(): KernelCase {
  const capacity = 4;
  const tensors = new CaseTensors();
  const at = (values: readonly number[] | Uint32Array) => (index: number) => values[index] ?? 0;
  const changing = {
    history: tensors.changingWords('history', [rows, capacity], (index) => 100 + index),
    lengths: tensors.changingWords('lengths', [rows], at(moved.before.lengths)),
    positions: tensors.changingWords('positions', [rows], at(moved.before.positions)),
    ids: tensors.changingWords('ids', [rows], at(moved.before.ids)),
  };
  const operands = {
    tokens: tensors.words('tokens', [rows], at(moved.tokens)),
    stop: tensors.words('stop', [stopTokens], at(stopWords([11, 3]))),
    limits: tensors.words('limits', [rows], at(moved.limits)),
  };
  return {
    tensors,
    prepare: null,
    record: (r) => advance(r, { ...operands, ...changing }),
    results: Object.values(changing).map(asMatrix),
    expected: async (read) => {
      const history = await read(changing.history);
      moved.after.lengths.forEach((length, row) => {
        const isLonger = length > (moved.before.lengths[row] ?? 0);
        if (isLonger) history[row * capacity + length - 1] = moved.tokens[row] ?? Number.NaN;
      });
      const { lengths, positions, ids } = moved.after;
      return [history, ...[lengths, positions, ids].map((values) => Float64Array.from(values))];
    },
  };
}

export const samplingChecks: readonly KernelCheck[] = [
  { shader: 'sampling/argmax-rows', caseOf: argmaxCase },
  { shader: 'sampling/sample-token', caseOf: sampleCase },
  { shader: 'sampling/advance', caseOf: advanceCase },
];
