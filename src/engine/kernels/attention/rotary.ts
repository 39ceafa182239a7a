/** Rotary positions, with a norm of each head before them where the model has one. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid, type Binding, type KernelCall } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bytesPerElement, spanOf, type Tensor } from '../../gpu/tensor.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

export { rotaryTables } from './rotary-tables.ts';

const rotaryKernel = shaderKernels('rotary', 'attention/rotary');
const rotaryNormKernel = shaderKernels('rotary', 'attention/rotary-norm');
const rotaryNormBackwardKernel = shaderKernels('rotary', 'attention/rotary-norm-backward');

/** RMSNorm of each head before the rotation: weight [headSize]. */
export interface HeadNorm {
  readonly weight: Tensor;
  readonly epsilon: number;
}

/** Positions u32 [N]; cosine, sine [P, headSize / 2]. Rows with a position ≥ P become zeros. */
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

function rotarySizes(name: string, x: Tensor, angles: RotaryAngles): RotarySizes {
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(x, name, 3);
  if (headSize % 2 !== 0) throw new RangeError(`${name}: head size ${headSize} is not even`);
  const half = headSize / 2;
  const [count = 0] = sizesOf(angles.cosine, name, 2);
  expectTensor(x, `${name} input`, x.shape);
  expectTensor(angles.positions, `${name} positions`, [rows], 'u32');
  expectTensor(angles.cosine, `${name} cosine`, [count, half]);
  expectTensor(angles.sine, `${name} sine`, [count, half]);
  return { vectors: rows * heads, heads, half, count };
}

/** The most tensors that one dispatch rotates. */
const mostParts = 2;

/**
 * Rotates queries and keys to their positions in place, half-split as in transformers:
 * x[d] ← x[d]·cos − x[d+half]·sin, x[d+half] ← x[d+half]·cos + x[d]·sin. With `direction` −1 it rotates
 * back, which is also the gradient. One dispatch where both lie in one buffer.
 *
 * @param tensors each [N, H, headSize]
 * @throws RangeError when the shapes disagree
 */
export function rotate(
  recorder: PlanRecorder,
  tensors: readonly Tensor[],
  angles: RotaryAngles,
  direction: 1 | -1,
): void {
  const parts = tensors.map((tensor) => ({ tensor, ...rotarySizes('rotate', tensor, angles) }));
  const [first] = parts;
  if (!first) return;
  const span = parts.length <= mostParts ? spanOf(tensors, recorder.traits.maxBindingBytes) : null;
  if (!span) {
    for (const { tensor } of parts) rotate(recorder, [tensor], angles, direction);
    return;
  }
  const { half, count } = first;
  const most = Math.max(...parts.map(({ vectors }) => vectors * half));
  const [x, y] = foldGrid(Math.ceil(most / 64), recorder.traits.maxWorkgroupsPerDimension);
  recorder.dispatch({
    kernel: rotaryKernel(),
    bindings: [
      { tensor: angles.positions, access: 'read' },
      { tensor: angles.cosine, access: 'read' },
      { tensor: angles.sine, access: 'read' },
      { tensor: span, access: 'readwrite' },
    ],
    uniforms: uniformWords('attention/rotary', {
      parts: Array.from({ length: mostParts }, (_, index) => {
        const part = parts[index];
        if (!part) return { pairs: 0, heads: 1, offset: 0 };
        const offset = (part.tensor.offset - span.offset) / bytesPerElement;
        return { pairs: part.vectors * half, heads: part.heads, offset };
      }),
      half,
      count,
      direction,
    }),
    grid: [x, y, parts.length],
  });
}

/**
 * RMSNorm of each head, then its rotary position (qwen3's queries and keys); see `rotate`.
 *
 * @param args x, y [N, H, headSize] in different buffers
 * @throws RangeError when the shapes disagree
 */
export function rotaryNormForward(
  recorder: PlanRecorder,
  args: RotaryAngles & { readonly x: Tensor; readonly y: Tensor; readonly norm: HeadNorm },
): void {
  const { x, y, norm } = args;
  const sizes = rotarySizes('rotaryNormForward', x, args);
  expectTensor(y, 'rotaryNormForward output', x.shape);
  expectTensor(norm.weight, 'rotaryNormForward norm', [2 * sizes.half]);
  recorder.dispatch({
    kernel: rotaryNormKernel(),
    bindings: [...normedInputs(args), { tensor: y, access: 'write' }],
    ...normedVectors(recorder, sizes, norm),
  });
}

/** The bindings with which both passes of a rotated norm begin. */
function normedInputs({
  x,
  norm,
  positions,
  cosine,
  sine,
}: RotaryAngles & { readonly x: Tensor; readonly norm: HeadNorm }): readonly Binding[] {
  return [x, norm.weight, positions, cosine, sine].map((tensor) => ({ tensor, access: 'read' }));
}

/** Uniforms and grid of both passes: a thread for each head of each row. */
function normedVectors(
  { traits }: PlanRecorder,
  { vectors, heads, half, count }: RotarySizes,
  { epsilon }: HeadNorm,
): Pick<KernelCall, 'uniforms' | 'grid'> {
  return {
    uniforms: uniformWords('attention/rotary-norm', { vectors, heads, half, count, epsilon }),
    grid: foldGrid(Math.ceil(vectors / 32), traits.maxWorkgroupsPerDimension),
  };
}

/**
 * Gradient of `rotaryNormForward` for x, the input before the norm: the rotation back, then the norm's
 * gradient.
 *
 * @param args x, dy, dx [N, H, headSize], dx in another buffer than the others
 * @throws RangeError when the shapes disagree
 */
export function rotaryNormBackward(
  recorder: PlanRecorder,
  args: RotaryAngles & {
    readonly x: Tensor;
    readonly dy: Tensor;
    readonly dx: Tensor;
    readonly norm: HeadNorm;
  },
): void {
  const { x, dy, dx, norm } = args;
  const sizes = rotarySizes('rotaryNormBackward', dy, args);
  expectTensor(x, 'rotaryNormBackward x', dy.shape);
  expectTensor(dx, 'rotaryNormBackward dx', dy.shape);
  expectTensor(norm.weight, 'rotaryNormBackward norm', [2 * sizes.half]);
  recorder.dispatch({
    kernel: rotaryNormBackwardKernel(),
    bindings: [
      ...normedInputs(args),
      { tensor: dy, access: 'read' },
      { tensor: dx, access: 'write' },
    ],
    ...normedVectors(recorder, sizes, norm),
  });
}
