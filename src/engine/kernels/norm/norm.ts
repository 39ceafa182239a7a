/** RMSNorm forward and backward. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels, shadersOf } from '../shaders.ts';
import { foldGrid, type Kernel, type KernelRequest } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { chooseVariant, twoVariants, type KernelClass } from '../kernel-class.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';
import { CaseTensors } from '../kernel-case.ts';
import * as reference from './norm.reference.ts';

const forwardKernels = {
  rows: shaderKernels('norm', 'norm/rms-rows'),
  groups: shaderKernels('norm', 'norm/rms-groups'),
};
const backwardKernels = {
  rows: shaderKernels('norm', 'norm/rms-backward-rows'),
  groups: shaderKernels('norm', 'norm/rms-backward-groups'),
};

const rowsPerWorkgroup = 16;

/** `rows`: a thread per row; `groups`: a workgroup per row. */
type NormVariant = 'rows' | 'groups';

interface NormSizes<Kind extends string> {
  readonly kind: Kind;
  readonly rows: number;
  readonly columns: number;
}

/** What both passes have in common. */
function normClass<Kind extends string>(
  kind: Kind,
  shaders: readonly string[],
  knownCase: KernelClass<NormSizes<Kind>, NormVariant>['knownCase'],
): KernelClass<NormSizes<Kind>, NormVariant> {
  return {
    kind,
    shaders,
    name: [[{ measure: 'rows', of: ({ rows }) => rows, bounds: [8, 64, 512] }]],
    work: ({ rows, columns }) => 2 * rows * columns,
    variants: (traits) => twoVariants(traits, { variant: 'rows', exists: true }, 'groups'),
    shape: ({ rows, columns }) => ({ rows, columns }),
    largestOperand: ({ rows, columns }) => rows * columns,
    checkSizes: (sizes) => ({ ...sizes, rows: Math.min(sizes.rows, 37) }),
    halved: (sizes) => (sizes.rows > 64 ? [{ ...sizes, rows: Math.ceil(sizes.rows / 2) }] : []),
    knownCase,
  };
}

const caseEpsilon = 2 ** -20;

export const normForwardClass = normClass(
  'norm-forward',
  shadersOf(forwardKernels),
  ({ rows, columns }) => {
    const tensors = new CaseTensors();
    const x = tensors.values('x', [rows, columns]);
    const weight = tensors.values('weight', [columns]);
    const y = tensors.result('y', [rows, columns]);
    return {
      tensors,
      prepare: null,
      record: (r, variant) => rmsNormForward(r, { x, weight, epsilon: caseEpsilon, y, variant }),
      results: [asMatrix(y)],
      expected: async (read) => [
        reference.rmsNormForward(await read(x), await read(weight), caseEpsilon),
      ],
    };
  },
);

export const normBackwardClass = normClass(
  'norm-backward',
  shadersOf(backwardKernels),
  ({ rows, columns }) => {
    const tensors = new CaseTensors();
    const x = tensors.values('x', [rows, columns]);
    const weight = tensors.values('weight', [columns]);
    const dy = tensors.values('dy', [rows, columns]);
    const dx = tensors.result('dx', [rows, columns]);
    return {
      tensors,
      prepare: null,
      record: (r, variant) => {
        rmsNormBackward(r, { x, weight, epsilon: caseEpsilon, dy, dx, variant });
      },
      results: [asMatrix(dx)],
      expected: async (read) => [
        reference.rmsNormBackward(await read(x), await read(weight), caseEpsilon, await read(dy)),
      ],
    };
  },
);

interface Choice {
  readonly kernel: Kernel;
  readonly grid: [number, number, number];
  readonly request: KernelRequest;
}

function arrange(
  recorder: PlanRecorder,
  rows: number,
  { variant, request }: { readonly variant: NormVariant; readonly request: KernelRequest },
  kernel: Kernel,
): Choice {
  const limit = recorder.traits.maxWorkgroupsPerDimension;
  const workgroups = variant === 'rows' ? Math.ceil(rows / rowsPerWorkgroup) : rows;
  return { kernel, grid: foldGrid(workgroups, limit), request };
}

/**
 * RMSNorm of every row: y[n,d] = weight[d] · x[n,d] / √(mean_d x[n,d]² + epsilon), added to `residual`
 * if given.
 *
 * @param args x, residual, y [N, D] (y in a separate buffer), weight [D]
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
    readonly variant?: NormVariant | undefined;
  },
): void {
  const { x, weight, epsilon, residual, y, variant } = args;
  const { rows, columns } = matrixSizes(x, 'rmsNormForward');
  expectTensor(weight, 'rmsNormForward weight', [columns]);
  expectTensor(y, 'rmsNormForward y', x.shape);
  if (residual) expectTensor(residual, 'rmsNormForward residual', x.shape);
  const sizes = { kind: 'norm-forward', rows, columns } as const;
  const chosen = chooseVariant(normForwardClass, recorder.traits, sizes, variant);
  const kernel = forwardKernels[chosen.variant]({ PUT: residual ? 'residual' : 'plain' });
  recorder.dispatch({
    ...arrange(recorder, rows, chosen, kernel),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: weight, access: 'read' },
      { tensor: y, access: 'write' },
      ...(residual ? [{ tensor: residual, access: 'read' as const }] : []),
    ],
    uniforms: uniformWords('norm/rms-rows', { rows, size: columns, epsilon }),
  });
}

/**
 * Gradient of RMSNorm for its input; the weight is frozen. With r = 1/√(mean x² + epsilon):
 * dx = r·weight∘dy − x·r³/D·Σ(weight∘dy∘x), added to the value of dx when `accumulate` is set (the
 * gradient from the residual path).
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
    readonly variant?: NormVariant | undefined;
  },
): void {
  const { x, weight, epsilon, dy, dx, accumulate = false, variant } = args;
  const { rows, columns } = matrixSizes(x, 'rmsNormBackward');
  expectTensor(weight, 'rmsNormBackward weight', [columns]);
  expectTensor(dy, 'rmsNormBackward dy', x.shape);
  expectTensor(dx, 'rmsNormBackward dx', x.shape);
  const sizes = { kind: 'norm-backward', rows, columns } as const;
  const chosen = chooseVariant(normBackwardClass, recorder.traits, sizes, variant);
  recorder.dispatch({
    ...arrange(recorder, rows, chosen, backwardKernels[chosen.variant]()),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: weight, access: 'read' },
      { tensor: dy, access: 'read' },
      { tensor: dx, access: accumulate ? 'readwrite' : 'write' },
    ],
    uniforms: uniformWords('norm/rms-backward-rows', {
      rows,
      size: columns,
      epsilon,
      accumulate: accumulate ? 1 : 0,
    }),
  });
}
