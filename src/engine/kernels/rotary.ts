import rotaryNormBackwardSource from '../../../shaders/attention/rotary-norm-backward.wgsl?raw';
import rotaryNormSource from '../../../shaders/attention/rotary-norm.wgsl?raw';
import rotarySource from '../../../shaders/attention/rotary.wgsl?raw';
import { defineKernel, f32, foldGrid, u32 } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { expectTensor, sizesOf } from './tensor-check.ts';

export { rotaryTables } from './rotary-tables.ts';

const rotary = defineKernel({ name: 'rotary', family: 'rotary', sources: [rotarySource] });
const rotaryNorm = defineKernel({
  name: 'rotary-norm',
  family: 'rotary',
  sources: [rotaryNormSource],
});
const rotaryNormBackward = defineKernel({
  name: 'rotary-norm-backward',
  family: 'rotary',
  sources: [rotaryNormBackwardSource],
});

/** RMSNorm of each head before the rotation: weight [headSize]. */
export interface HeadNorm {
  readonly weight: Tensor;
  readonly epsilon: number;
}

/** Positions u32 [N]; cosine, sine [P, headSize / 2]. Rows with a position ≥ P come out as zeros. */
export interface RotaryAngles {
  readonly positions: Tensor;
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

interface RotarySizes {
  readonly vectors: number;
  readonly heads: number;
  readonly half: number;
  readonly count: number;
}

function rotarySizes(name: string, x: Tensor, y: Tensor, angles: RotaryAngles): RotarySizes {
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(x, name, 3);
  if (headSize % 2 !== 0) throw new RangeError(`${name}: head size ${headSize} is not even`);
  const half = headSize / 2;
  const [count = 0] = sizesOf(angles.cosine, name, 2);
  expectTensor(y, `${name} output`, x.shape);
  expectTensor(x, `${name} input`, x.shape);
  expectTensor(angles.positions, `${name} positions`, [rows], 'u32');
  expectTensor(angles.cosine, `${name} cosine`, [count, half]);
  expectTensor(angles.sine, `${name} sine`, [count, half]);
  return { vectors: rows * heads, heads, half, count };
}

function rotate(
  recorder: PlanRecorder,
  { vectors, heads, half, count }: RotarySizes,
  from: Tensor,
  to: Tensor,
  angles: RotaryAngles,
  direction: 1 | -1,
): void {
  const pairs = vectors * half;
  recorder.dispatch({
    kernel: rotary,
    bindings: [
      { tensor: from, access: 'read' },
      { tensor: angles.positions, access: 'read' },
      { tensor: angles.cosine, access: 'read' },
      { tensor: angles.sine, access: 'read' },
      { tensor: to, access: 'write' },
    ],
    uniforms: [u32(pairs), u32(heads), u32(half), u32(count), f32(direction)],
    grid: foldGrid(Math.ceil(pairs / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * Rotary positions, half-split as in transformers, after an optional RMSNorm of each head:
 * y[d] = u[d]·cos − u[d+half]·sin, y[d+half] = u[d+half]·cos + u[d]·sin.
 *
 * @param args x, y [N, H, headSize] in different buffers
 * @throws RangeError when the shapes disagree
 */
export function rotaryForward(
  recorder: PlanRecorder,
  args: RotaryAngles & { readonly x: Tensor; readonly y: Tensor; readonly norm?: HeadNorm },
): void {
  const { x, y, norm } = args;
  const sizes = rotarySizes('rotaryForward', x, y, args);
  if (!norm) {
    rotate(recorder, sizes, x, y, args, 1);
    return;
  }
  const { vectors, heads, half, count } = sizes;
  expectTensor(norm.weight, 'rotaryForward norm', [2 * half]);
  recorder.dispatch({
    kernel: rotaryNorm,
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: norm.weight, access: 'read' },
      { tensor: args.positions, access: 'read' },
      { tensor: args.cosine, access: 'read' },
      { tensor: args.sine, access: 'read' },
      { tensor: y, access: 'write' },
    ],
    uniforms: [u32(vectors), u32(heads), u32(half), u32(count), f32(norm.epsilon)],
    grid: foldGrid(Math.ceil(vectors / 32), recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * Gradient of `rotaryForward` for x: the rotation back, then the norm's gradient. `x`, the input
 * before the norm, is read only with a norm.
 *
 * @param args x, dy, dx [N, H, headSize], dx in another buffer than the others
 * @throws RangeError when the shapes disagree
 */
export function rotaryBackward(
  recorder: PlanRecorder,
  args: RotaryAngles & {
    readonly x: Tensor;
    readonly dy: Tensor;
    readonly dx: Tensor;
    readonly norm?: HeadNorm;
  },
): void {
  const { x, dy, dx, norm } = args;
  const sizes = rotarySizes('rotaryBackward', dy, dx, args);
  if (!norm) {
    rotate(recorder, sizes, dy, dx, args, -1);
    return;
  }
  const { vectors, heads, half, count } = sizes;
  expectTensor(x, 'rotaryBackward x', dy.shape);
  expectTensor(norm.weight, 'rotaryBackward norm', [2 * half]);
  recorder.dispatch({
    kernel: rotaryNormBackward,
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: norm.weight, access: 'read' },
      { tensor: args.positions, access: 'read' },
      { tensor: args.cosine, access: 'read' },
      { tensor: args.sine, access: 'read' },
      { tensor: dy, access: 'read' },
      { tensor: dx, access: 'write' },
    ],
    uniforms: [u32(vectors), u32(heads), u32(half), u32(count), f32(norm.epsilon)],
    grid: foldGrid(Math.ceil(vectors / 32), recorder.traits.maxWorkgroupsPerDimension),
  });
}
