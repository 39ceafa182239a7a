/** One AdamW step with moments in 8 bits. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import { mostWindowBytes } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import {
  alignUp,
  bindingWindows,
  persistentTensor,
  viewTensor,
  type Tensor,
} from '../../gpu/tensor.ts';
import { settingValues, type AdamwArguments } from './adamw.ts';
import { gradientNormLength } from './gradient-norm.ts';
import { stepStateLength } from '../random.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const kernels = shaderKernels('optimizer', 'optimizer/adamw-eight-bit');
const workgroup = 64;
/** Neighbouring parameters that share a scale. */
const run = 32;
/** Parameters of a dispatch are whole multiples of this, so that codes and scales can be bound. */
const windowElements = 64 * run;

/** Words of a moment of `elements` parameters: codes, then scales. */
function momentPlanes(elements: number): { scales: number; words: number } {
  const padded = alignUp(elements, windowElements);
  return { scales: padded / 4, words: padded / 4 + padded / run };
}

/** A moment in 8 bits for an arena of `elements` parameters, a multiple of 32; zeros are zero moments. */
export function eightBitMoment(label: string, elements: number): Tensor {
  return persistentTensor(label, 'moments', [momentPlanes(elements).words], 'u32');
}

/**
 * One step of AdamW as `adamw`, with both moments in 8 bits (shaders/optimizer/adamw-eight-bit.wgsl).
 * Parameters and gradients [P], P a multiple of 32; moments from `eightBitMoment`.
 * @throws RangeError when shapes disagree
 */
export function adamwEightBit(recorder: PlanRecorder, args: AdamwArguments): void {
  const { parameters, gradients, firstMoment, secondMoment, norm, stepState } = args;
  const [count = 0] = sizesOf(parameters, 'adamwEightBit', 1);
  if (count % run !== 0) throw new RangeError(`adamwEightBit: ${count} is no multiple of ${run}`);
  const { scales, words } = momentPlanes(count);
  expectTensor(parameters, 'adamwEightBit parameters', [count]);
  expectTensor(gradients, 'adamwEightBit gradients', [count]);
  expectTensor(firstMoment, 'adamwEightBit firstMoment', [words], 'u32');
  expectTensor(secondMoment, 'adamwEightBit secondMoment', [words], 'u32');
  expectTensor(norm, 'adamwEightBit norm', [gradientNormLength]);
  expectTensor(stepState, 'adamwEightBit stepState', [stepStateLength], 'u32');
  // Codes and scales of both moments are less than a third array.
  const bytes = mostWindowBytes(recorder.traits, 3);
  for (const { first, count: length } of bindingWindows(count, bytes, windowElements)) {
    const codesOf = (moment: Tensor): Tensor => viewTensor(moment, first / 4, [length / 4]);
    const scalesOf = (moment: Tensor): Tensor =>
      viewTensor(moment, scales + first / run, [length / run]);
    recorder.dispatch({
      kernel: kernels(),
      bindings: [
        { tensor: viewTensor(parameters, first, [length]), access: 'readwrite' },
        { tensor: viewTensor(gradients, first, [length]), access: 'read' },
        { tensor: codesOf(firstMoment), access: 'readwrite' },
        { tensor: scalesOf(firstMoment), access: 'readwrite' },
        { tensor: codesOf(secondMoment), access: 'readwrite' },
        { tensor: scalesOf(secondMoment), access: 'readwrite' },
        { tensor: norm, access: 'read' },
        { tensor: stepState, access: 'read' },
      ],
      uniforms: uniformWords('optimizer/adamw-eight-bit', {
        count: length,
        first,
        ...settingValues(args),
      }),
      grid: foldGrid(
        Math.ceil(length / run / workgroup),
        recorder.traits.maxWorkgroupsPerDimension,
      ),
    });
  }
}
