/** Cases with known results for the router of the mixture of LoRA, with the options of a plan's own router. */
import { asMatrix, columnBlock, type Matrix } from '../../gpu/tensor.ts';
import { CaseTensors, denseValues, noise, type KernelCase, type Read } from '../kernel-case.ts';
import type { CheckedCall, KernelCheck } from '../kernel-check.ts';
import { routerBackward, routerForward } from './router.ts';
import * as reference from './router.reference.ts';
import { routingStatistics, uncountedRow } from './routing-statistics.ts';
import { routingStatistics as statisticsReference } from './routing-statistics.reference.ts';

const rows = 13;
const linears = 2;
const plainColumns = 3;
const expertRank = 3;
const firstColumn = 5;

/** Activations with router logits, and the choice that a plan's router makes of them. */
function routed({ constants }: CheckedCall) {
  const activeExperts = constants['ACTIVE'] ?? 1;
  const experts = activeExperts + 3;
  const blockColumns = plainColumns + experts * (expertRank + 1);
  const layout = { linears, firstColumn, blockColumns, plainColumns, experts, expertRank };
  const columns = firstColumn + linears * blockColumns + 2;
  const tensors = new CaseTensors();
  const h = tensors.numbers('h', [rows, columns], (index) => 2 * noise(index));
  const bias = tensors.values('bias', [linears, experts]);
  const isForced = constants['FORCED'] === 1;
  const choice = {
    ...{ layout, activeExperts },
    renormalise: constants['RENORMALISE'] === 1,
    lanes: constants['LANES'] ?? 1,
    ...(isForced ? { forced: Array.from({ length: activeExperts }, (_, e) => e + 1) } : {}),
  };
  const hasBias = constants['HAS_BIAS'] === 1;
  const problemOf = async (read: Read): Promise<reference.RouterProblem> => ({
    ...choice,
    ...{ rows, columns, h: await read(h) },
    ...(hasBias ? { bias: await read(bias) } : {}),
  });
  return {
    ...{ tensors, columns, h, problemOf },
    choice: { ...choice, ...(hasBias ? { bias } : {}) },
    own: (matrix: Matrix) => columnBlock(matrix, firstColumn, linears * blockColumns),
  };
}

function forwardCase(call: CheckedCall): KernelCase {
  const { tensors, columns, h, choice, own, problemOf } = routed(call);
  const { activeExperts, layout } = choice;
  const gated = tensors.result('gated', [rows, columns]);
  const indices = tensors.result('indices', [rows, linears, activeExperts], 'u32');
  const weights = tensors.result('weights', [rows, linears, activeExperts]);
  const probabilities = tensors.result('probabilities', [rows, linears, layout.experts]);
  const all = call.constants['PROBABILITIES'] === 1;
  const block = own(asMatrix(gated));
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const outputs = { gated, indices, weights, ...(all ? { probabilities } : {}) };
      routerForward(r, { ...choice, h, ...outputs });
    },
    results: [
      ...[block, asMatrix(indices), asMatrix(weights)],
      ...(all ? [asMatrix(probabilities)] : []),
    ],
    expected: async (read) => {
      const found = reference.routerForward(await problemOf(read));
      return [
        denseValues(block, found.gated),
        Float64Array.from(found.indices),
        Float64Array.from(found.weights),
        ...(all ? [Float64Array.from(found.probabilities)] : []),
      ];
    },
  };
}

function backwardCase(call: CheckedCall): KernelCase {
  const { tensors, columns, h, choice, own, problemOf } = routed(call);
  const dgated = tensors.values('dgated', [rows, columns]);
  const columnScale = tensors.numbers('scale', [columns], (index) => 2 + noise(index) / 8);
  const dh = tensors.result('dh', [rows, columns]);
  const block = own(asMatrix(dh));
  return {
    tensors,
    prepare: null,
    record: (r) => routerBackward(r, { ...choice, h, dgated, dh, columnScale }),
    results: [block],
    expected: async (read) => {
      const operands = [await read(dgated), await read(columnScale)] as const;
      const found = reference.routerBackward(await problemOf(read), ...operands);
      return [denseValues(block, found)];
    },
  };
}

function statisticsCase({ constants }: CheckedCall): KernelCase {
  const activeExperts = constants['ACTIVE'] ?? 1;
  const experts = activeExperts + 3;
  const tasks = 3;
  const shape = [rows, linears, activeExperts];
  const tensors = new CaseTensors();
  // Different experts for each row and linear.
  const indexAt = (at: number): number =>
    (Math.floor(at / activeExperts) + (at % activeExperts)) % experts;
  const taskAt = (row: number): number => (row === 4 ? uncountedRow : row % tasks);
  const indices = tensors.words('indices', shape, indexAt);
  const weights = tensors.values('weights', shape);
  const taskOf = tensors.words('tasks', [rows], taskAt);
  const pairs = [tasks, linears, experts, experts];
  const pairCounts = tensors.changingWords('pairs', pairs, (index) => index);
  const weightSums = tensors.changing('sums', [tasks, linears, experts]);
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const counts = { pairCounts, weightSums, workgroup: constants['WORKGROUP'] ?? 8 };
      routingStatistics(r, { indices, weights, taskOf, tasks, experts, ...counts });
    },
    results: [asMatrix(pairCounts), asMatrix(weightSums)],
    expected: async (read) => {
      const found = statisticsReference({
        ...{ linears, activeExperts, experts, tasks, weights: await read(weights) },
        indices: await read(indices),
        taskOf: await read(taskOf),
      });
      const plus = (before: Float64Array, more: readonly number[]): Float64Array =>
        before.map((value, i) => value + (more[i] ?? Number.NaN));
      return [
        plus(await read(pairCounts), found.pairCounts),
        plus(await read(weightSums), found.weightSums),
      ];
    },
  };
}

export const routerChecks: readonly KernelCheck[] = [
  { shader: 'mixture/router-forward', caseOf: forwardCase },
  { shader: 'mixture/router-backward', caseOf: backwardCase },
  { shader: 'mixture/routing-statistics', caseOf: statisticsCase },
];
