/** Dropout: y = mask · x, with masks drawn from a counter-based generator. */
import { uniformWords } from './uniforms.ts';
import { shaderKernels } from './shaders.ts';
import { foldGrid } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import { bytesPerElement, spanOf, type Tensor } from '../gpu/tensor.ts';
import { dropoutMask, stepStateLength, type Dropout } from './random.ts';
import { expectTensor, matrixSizes } from './tensor-check.ts';

const forward = shaderKernels('branch', 'ffn/dropout-forward');
const workgroup = 64;

/** The most masks that one dispatch applies. */
const mostStreams = 3;

/**
 * y = mask · x, both [N, D], for each of several masks of one x: one dispatch where the results lie in one
 * buffer. The mask of element row·D + column comes from seed, step and micro-batch of the step state and from
 * `stream`; the backward products of the branches draw the same mask.
 * @throws RangeError when a probability is not in [0, 1)
 */
export function dropoutForward(
  recorder: PlanRecorder,
  x: Tensor,
  results: readonly ({ readonly y: Tensor } & Dropout)[],
): void {
  const [first] = results;
  if (!first) return;
  const { rows, columns } = matrixSizes(x, 'dropoutForward');
  const { stepState } = first;
  for (const { y, ...dropout } of results) {
    expectTensor(y, 'dropoutForward y', x.shape);
    expectTensor(dropout.stepState, 'dropoutForward stepState', [stepStateLength], 'u32');
  }
  const { maxBindingBytes, maxWorkgroupsPerDimension } = recorder.traits;
  const ys = results.map(({ y }) => y);
  const span = results.length <= mostStreams ? spanOf(ys, maxBindingBytes) : null;
  if (!span) {
    for (const result of results) dropoutForward(recorder, x, [result]);
    return;
  }
  const count = rows * columns;
  const [across, down] = foldGrid(Math.ceil(count / workgroup), maxWorkgroupsPerDimension);
  recorder.dispatch({
    kernel: forward(),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: span, access: 'write' },
      { tensor: stepState, access: 'read' },
    ],
    uniforms: uniformWords('ffn/dropout-forward', {
      streams: results.map(({ y, probability, stream }) => {
        const start = (y.offset - span.offset) / bytesPerElement;
        return { stream, ...dropoutMask(probability), start };
      }),
      count,
    }),
    grid: [across, down, results.length],
  });
}
