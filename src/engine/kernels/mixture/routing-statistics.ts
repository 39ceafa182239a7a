/** Counts how often experts and pairs of experts are chosen, by task (figure 4 a). */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { maxActiveExperts, maxExperts } from './router.ts';
import { expectInteger, expectTensor, sizesOf } from '../tensor-check.ts';

const kernels = shaderKernels('router', 'mixture/routing-statistics');

/** The task of a row that is not counted (padding). */
export const uncountedRow = 0xffffffff;

/**
 * Adds one batch's choices to the routing statistics (figure 4 a).
 *
 * `indices` (u32) and `weights`: [N, L, K]; `taskOf`: u32 [N], a task or `uncountedRow`.
 * `pairCounts`: u32 [tasks, L, E, E]: [e1][e2] with e1 < e2 counts how often the two were chosen together,
 * the diagonal how often the expert was chosen. `weightSums`: [tasks, L, E].
 */
export function routingStatistics(
  recorder: PlanRecorder,
  args: {
    readonly indices: Tensor;
    readonly weights: Tensor;
    readonly taskOf: Tensor;
    readonly tasks: number;
    readonly experts: number;
    readonly pairCounts: Tensor;
    readonly weightSums: Tensor;
    /** Invocations per task, linear and expert, a power of two up to 256. */
    readonly workgroup?: number;
  },
): void {
  const { indices, weights, taskOf, tasks, experts, pairCounts, weightSums } = args;
  const [rows = 0, linears = 0, active = 0] = sizesOf(indices, 'routingStatistics', 3);
  expectInteger(tasks, 'routingStatistics tasks', 1, 65535);
  expectInteger(experts, 'routingStatistics experts', 1, maxExperts);
  expectInteger(active, 'routingStatistics active experts', 1, maxActiveExperts);
  expectTensor(indices, 'routingStatistics indices', [rows, linears, active], 'u32');
  expectTensor(weights, 'routingStatistics weights', indices.shape);
  expectTensor(taskOf, 'routingStatistics taskOf', [rows], 'u32');
  const pairs = [tasks, linears, experts, experts];
  expectTensor(pairCounts, 'routingStatistics pairCounts', pairs, 'u32');
  expectTensor(weightSums, 'routingStatistics weightSums', [tasks, linears, experts]);
  recorder.dispatch({
    kernel: kernels(),
    bindings: [
      { tensor: indices, access: 'read' },
      { tensor: weights, access: 'read' },
      { tensor: taskOf, access: 'read' },
      { tensor: pairCounts, access: 'readwrite' },
      { tensor: weightSums, access: 'readwrite' },
    ],
    constants: {
      WORKGROUP: args.workgroup ?? (recorder.traits.software ? 8 : 64),
      ACTIVE: active,
    },
    uniforms: uniformWords('mixture/routing-statistics', { rows, linears, experts, tasks }),
    grid: foldGrid(tasks * linears * experts, recorder.traits.maxWorkgroupsPerDimension),
  });
}
