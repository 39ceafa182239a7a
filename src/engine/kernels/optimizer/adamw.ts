/** One AdamW step over whole arenas. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import { mostWindowBytes } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bindingWindows, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { chooseElements } from '../element-kernel.ts';
import { gradientNormLength } from './gradient-norm.ts';
import { stepStateLength } from '../random.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const kernels = shaderKernels('optimizer', 'optimizer/adamw');
const workgroup = 64;

export interface AdamwSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export interface AdamwArguments extends AdamwSettings {
  readonly parameters: Tensor;
  readonly gradients: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly norm: Tensor;
  readonly stepState: Tensor;
}

/** The settings in the form that both shaders take. */
export function settingValues({ beta1, beta2, epsilon, weightDecay: decay }: AdamwSettings) {
  // 1 − β is computed here: in float32 the difference would lose four of its digits.
  return { one_minus_beta1: 1 - beta1, beta2, one_minus_beta2: 1 - beta2, epsilon, decay };
}

/**
 * One step of torch.optim.AdamW over whole arenas [P], in as many dispatches as bindings and short submissions require. Gradients
 * are first multiplied by the clip factor of `norm` (see `gradientNorm`). Learning rate and bias corrections
 * come from the step state. Where `norm` reports a gradient that is not finite, nothing changes.
 */
export function adamw(recorder: PlanRecorder, args: AdamwArguments): void {
  const { parameters, gradients, firstMoment, secondMoment, norm, stepState } = args;
  const [count = 0] = sizesOf(parameters, 'adamw', 1);
  expectTensor(parameters, 'adamw parameters', [count]);
  expectTensor(gradients, 'adamw gradients', [count]);
  expectTensor(firstMoment, 'adamw firstMoment', [count]);
  expectTensor(secondMoment, 'adamw secondMoment', [count]);
  expectTensor(norm, 'adamw norm', [gradientNormLength]);
  expectTensor(stepState, 'adamw stepState', [stepStateLength], 'u32');
  for (const { first, count: length } of bindingWindows(
    count,
    mostWindowBytes(recorder.traits, 4),
  )) {
    const part = (tensor: Tensor): Tensor => viewTensor(tensor, first, [length]);
    const { kernel, elements } = chooseElements(kernels, length);
    recorder.dispatch({
      kernel,
      bindings: [
        { tensor: part(parameters), access: 'readwrite' },
        { tensor: part(gradients), access: 'read' },
        { tensor: part(firstMoment), access: 'readwrite' },
        { tensor: part(secondMoment), access: 'readwrite' },
        { tensor: norm, access: 'read' },
        { tensor: stepState, access: 'read' },
      ],
      uniforms: uniformWords('optimizer/adamw', { count: elements, ...settingValues(args) }),
      grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
    });
  }
}
