/** Cases with known results for the losses: cross-entropy, sums, and the orthogonal loss. */
import { asMatrix } from '../../gpu/tensor.ts';
import { CaseTensors, noise } from '../kernel-case.ts';
import { floatBits, type CheckedCall, type KernelCheck } from '../kernel-check.ts';
import type { KernelCase } from '../kernel-case.ts';
import { stepStateLength, stepStateWord } from '../random.ts';
import { crossEntropy } from './cross-entropy.ts';
import { crossEntropy as crossEntropyReference } from './cross-entropy.reference.ts';
import { orthogonalBackward, orthogonalForward } from './orthogonal.ts';
import * as orthogonal from './orthogonal.reference.ts';
import { lossSum } from './reduce.ts';
import { sum } from './reduce.reference.ts';

const inverseTargets = 2 ** -3;

function crossEntropyCase({ form, constants }: CheckedCall): KernelCase {
  const rows = 5;
  const vocabulary = form['WIDTH'] === 'vec4' ? 1028 : 1030;
  const targetOf = (row: number): number => [3, -100, vocabulary - 1, 700, 0][row] ?? 0;
  const gradient = constants['GRADIENT'] === 1;
  const counts = constants['CORRECT'] === 1;
  const tensors = new CaseTensors();
  // The target of the first row is its most likely token.
  const logit = (index: number): number => (index === 3 ? 9 : 8 * noise(index));
  const logits = tensors.changing('logits', [rows, vocabulary], logit);
  const targets = tensors.words('targets', [rows], targetOf, 'i32');
  const losses = tensors.result('losses', [rows]);
  const topCorrect = tensors.result('hits', [rows], 'u32');
  const stepState = tensors.words('step state', [stepStateLength], (index) =>
    index === stepStateWord.inverseTargets ? floatBits(inverseTargets) : 0,
  );
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const args = { logits, targets, losses, stepState, gradient };
      crossEntropy(r, {
        ...args,
        ...(counts ? { topCorrect } : {}),
        workgroup: constants['WORKGROUP'] ?? 8,
      });
    },
    results: [
      asMatrix(losses),
      ...(gradient ? [asMatrix(logits)] : []),
      ...(counts ? [asMatrix(topCorrect)] : []),
    ],
    expected: async (read) => {
      const found = crossEntropyReference({
        ...{ logits: await read(logits), rows, vocabulary, scale: inverseTargets },
        targets: Array.from({ length: rows }, (_, row) => targetOf(row)),
      });
      return [
        found.losses,
        ...(gradient ? [found.gradient] : []),
        ...(counts ? [Float64Array.from(found.topCorrect)] : []),
      ];
    },
  };
}

const ranks = [
  { rankK: 9, rankD: 5 },
  { rankK: 3, rankD: 17 },
] as const;
const inputs = 65;
const maxRank = 17;
const weight = 0.75;

/** Two pairs in one arena, their places, and the same for the reference. */
function pairsCase() {
  const tensors = new CaseTensors();
  const places: { k: number; d: number }[] = [];
  let end = 3;
  for (const { rankK, rankD } of ranks) {
    const d = end + rankK * inputs + 5;
    places.push({ k: end, d });
    end = d + rankD * inputs + 7;
  }
  const rows = ranks.flatMap(({ rankK, rankD }, p) => {
    const { k = 0, d = 0 } = places[p] ?? {};
    return [k, d, rankK, rankD, inputs];
  });
  const parameters = tensors.values('parameters', [end]);
  const table = tensors.words('table', [ranks.length, 5], (index) => rows[index] ?? 0);
  const pairsOf = (arena: Float64Array): orthogonal.OrthogonalPair[] =>
    ranks.map(({ rankK, rankD }, p) => {
      const { k = 0, d = 0 } = places[p] ?? {};
      const knowledge = arena.subarray(k, k + rankK * inputs);
      return { rankK, rankD, inputs, knowledge, alignment: arena.subarray(d, d + rankD * inputs) };
    });
  return { tensors, places, end, parameters, table, pairsOf };
}

const orthogonalForwardCase = (variant: 'direct' | 'tiled') => (): KernelCase => {
  const { tensors, parameters, table, pairsOf } = pairsCase();
  const pairs = ranks.length;
  const signs = tensors.result('signs', [pairs, maxRank, maxRank]);
  const partial = tensors.result('partial', [pairs]);
  const result = tensors.result('result', [1]);
  return {
    tensors,
    prepare: null,
    record: (r) => {
      orthogonalForward(r, { parameters, table, pairs, maxRank, signs, partial, result, variant });
    },
    results: [asMatrix(partial), asMatrix(result), asMatrix(signs)],
    expected: async (read) => {
      const found = pairsOf(await read(parameters));
      const losses = Float64Array.from(found, (pair) => orthogonal.orthogonalForward(pair));
      return [losses, Float64Array.of(sum(losses)), Float64Array.from(found.flatMap(signsOf))];
    },
  };
};

/** The signs of a pair as the kernel lays them out, zeros past its ranks. */
function signsOf(pair: orthogonal.OrthogonalPair): number[] {
  const product = orthogonal.orthogonalProduct(pair);
  return Array.from({ length: maxRank * maxRank }, (_, index) => {
    const [i, j] = [Math.floor(index / maxRank), index % maxRank];
    const inside = i < pair.rankK && j < pair.rankD;
    return inside ? Math.sign(product[i * pair.rankD + j] ?? Number.NaN) : 0;
  });
}

function orthogonalBackwardCase(): KernelCase {
  const { tensors, places, end, parameters, table, pairsOf } = pairsCase();
  const pairs = ranks.length;
  const sign = (index: number): number => Math.sign(noise(index));
  const signs = tensors.numbers('signs', [pairs, maxRank, maxRank], sign);
  const targets = places.flatMap(({ k, d }) => [k + 2, d + 2]);
  const gradientTable = tensors.words('targets', [pairs, 2], (index) => targets[index] ?? 0);
  const gradients = tensors.changing('gradients', [end]);
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const tables = { table, gradientTable, pairs, maxRank, maxInput: inputs };
      orthogonalBackward(r, { parameters, signs, gradients, weight, ...tables });
    },
    results: [asMatrix(gradients)],
    expected: async (read) => {
      const after = Float64Array.from(await read(gradients));
      const allSigns = await read(signs);
      pairsOf(await read(parameters)).forEach((pair, p) => {
        const own = Array.from({ length: pair.rankK * pair.rankD }, (_, index) => {
          const [i, j] = [Math.floor(index / pair.rankD), index % pair.rankD];
          return allSigns[(p * maxRank + i) * maxRank + j] ?? Number.NaN;
        });
        const { dknowledge, dalignment } = orthogonal.orthogonalBackward(pair, own);
        const add = (start: number, more: Float64Array): void =>
          more.forEach((value, i) => {
            after[start + i] = (after[start + i] ?? Number.NaN) + weight * value;
          });
        add(targets[2 * p] ?? 0, dknowledge);
        add(targets[2 * p + 1] ?? 0, dalignment);
      });
      return [after];
    },
  };
}

export const lossChecks: readonly KernelCheck[] = [
  { shader: 'loss/cross-entropy', caseOf: crossEntropyCase },
  { shader: 'loss/orthogonal-forward', caseOf: orthogonalForwardCase('tiled') },
  { shader: 'loss/orthogonal-forward-direct', caseOf: orthogonalForwardCase('direct') },
  { shader: 'loss/orthogonal-backward', caseOf: orthogonalBackwardCase },
  {
    shader: 'loss/loss-sum',
    caseOf: () => {
      const tensors = new CaseTensors();
      const losses = tensors.values('losses', [333]);
      const result = tensors.changing('result', [1]);
      return {
        tensors,
        prepare: null,
        record: (r) => lossSum(r, { losses, result, accumulate: true }),
        results: [asMatrix(result)],
        expected: async (read) => {
          const [before = Number.NaN] = await read(result);
          return [Float64Array.of(before + sum(await read(losses)))];
        },
      };
    },
  },
];
