/** RMSNorm forward and backward. */
import putPlainSource from '../../../../shaders/norm/put-plain.wgsl?raw';
import putResidualSource from '../../../../shaders/norm/put-residual.wgsl?raw';
import rmsBackwardGroupsSource from '../../../../shaders/norm/rms-backward-groups.wgsl?raw';
import rmsBackwardRowsSource from '../../../../shaders/norm/rms-backward-rows.wgsl?raw';
import rmsGroupsSource from '../../../../shaders/norm/rms-groups.wgsl?raw';
import rmsRowsSource from '../../../../shaders/norm/rms-rows.wgsl?raw';
import {
  defineKernel,
  f32,
  foldGrid,
  u32,
  type Kernel,
  type KernelRequest,
} from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { chooseVariant, type NormSizes, type NormVariant } from '../choices.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';

const forwardKernels = (suffix: string, put: string): Readonly<Record<NormVariant, Kernel>> => ({
  rows: defineKernel({
    name: `rms-rows${suffix}`,
    family: 'norm',
    sources: [rmsRowsSource, put],
  }),
  groups: defineKernel({
    name: `rms-groups${suffix}`,
    family: 'norm',
    sources: [rmsGroupsSource, put],
  }),
});
const plain = forwardKernels('', putPlainSource);
const onto = forwardKernels('-residual', putResidualSource);
const rmsBackwardRows = defineKernel({
  name: 'rms-backward-rows',
  family: 'norm',
  sources: [rmsBackwardRowsSource],
});
const rmsBackwardGroups = defineKernel({
  name: 'rms-backward-groups',
  family: 'norm',
  sources: [rmsBackwardGroupsSource],
});

const rowsPerWorkgroup = 16;

interface Choice {
  readonly kernel: Kernel;
  readonly grid: [number, number, number];
  readonly request: KernelRequest;
}

function choose(
  recorder: PlanRecorder,
  wanted: NormVariant | undefined,
  sizes: NormSizes,
  kernels: Readonly<Record<NormVariant, Kernel>>,
): Choice {
  const limit = recorder.traits.maxWorkgroupsPerDimension;
  const { variant, request } = chooseVariant(recorder.traits, sizes, wanted);
  const workgroups = variant === 'rows' ? Math.ceil(sizes.rows / rowsPerWorkgroup) : sizes.rows;
  return { kernel: kernels[variant], grid: foldGrid(workgroups, limit), request };
}

/**
 * RMSNorm of every row: y[n,d] = weight[d] · x[n,d] / √(mean_d x[n,d]² + epsilon), added to `residual`
 * where that is given.
 *
 * @param args x, residual, y [N, D] (y in a buffer of its own), weight [D]
 * @throws RangeError when the shapes disagree
 */
export function rmsNormForward(
  recorder: PlanRecorder,
  args: {
    readonly x: Tensor;
    readonly weight: Tensor;
    readonly epsilon: number;
    readonly residual?: Tensor;
    readonly y: Tensor;
    readonly variant?: NormVariant;
  },
): void {
  const { x, weight, epsilon, residual, y, variant } = args;
  const { rows, columns } = matrixSizes(x, 'rmsNormForward');
  expectTensor(weight, 'rmsNormForward weight', [columns]);
  expectTensor(y, 'rmsNormForward y', x.shape);
  if (residual) expectTensor(residual, 'rmsNormForward residual', x.shape);
  recorder.dispatch({
    ...choose(recorder, variant, { kind: 'norm-forward', rows, columns }, residual ? onto : plain),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: weight, access: 'read' },
      { tensor: y, access: 'write' },
      ...(residual ? [{ tensor: residual, access: 'read' as const }] : []),
    ],
    uniforms: [u32(rows), u32(columns), f32(epsilon)],
  });
}

/**
 * Gradient of RMSNorm for its input; the weight is frozen. With r = 1/√(mean x² + epsilon):
 * dx = r·weight∘dy − x·r³/D·Σ(weight∘dy∘x), added to what dx holds when `accumulate` is set (the
 * gradient that comes along the residual path).
 *
 * @param args x, dy, dx [N, D], weight [D]; dx in another buffer than x and dy
 * @throws RangeError when the shapes disagree
 */
export function rmsNormBackward(
  recorder: PlanRecorder,
  args: {
    readonly x: Tensor;
    readonly weight: Tensor;
    readonly epsilon: number;
    readonly dy: Tensor;
    readonly dx: Tensor;
    readonly accumulate?: boolean;
    readonly variant?: NormVariant;
  },
): void {
  const { x, weight, epsilon, dy, dx, accumulate = false, variant } = args;
  const { rows, columns } = matrixSizes(x, 'rmsNormBackward');
  expectTensor(weight, 'rmsNormBackward weight', [columns]);
  expectTensor(dy, 'rmsNormBackward dy', x.shape);
  expectTensor(dx, 'rmsNormBackward dx', x.shape);
  recorder.dispatch({
    ...choose(
      recorder,
      variant,
      { kind: 'norm-backward', rows, columns },
      { rows: rmsBackwardRows, groups: rmsBackwardGroups },
    ),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: weight, access: 'read' },
      { tensor: dy, access: 'read' },
      { tensor: dx, access: accumulate ? 'readwrite' : 'write' },
    ],
    uniforms: [u32(rows), u32(columns), f32(epsilon), u32(accumulate ? 1 : 0)],
  });
}
