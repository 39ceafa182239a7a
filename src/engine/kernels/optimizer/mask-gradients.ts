/** Masks the gradients of frozen branches in place, both arenas [P], so that they count in neither norm nor update. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import { mostWindowBytes } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bindingWindows, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { chooseElements } from '../element-kernel.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const kernels = shaderKernels('optimizer', 'optimizer/mask-gradients');
const workgroup = 64;

/** gradients ∘ mask, in place, both [P]: branches that do not train take no part in norm or update. */
export function maskGradients(
  recorder: PlanRecorder,
  args: { readonly gradients: Tensor; readonly mask: Tensor },
): void {
  const { gradients, mask } = args;
  const [count = 0] = sizesOf(gradients, 'maskGradients', 1);
  expectTensor(mask, 'maskGradients mask', [count]);
  for (const { first, count: length } of bindingWindows(
    count,
    mostWindowBytes(recorder.traits, 2),
  )) {
    const { kernel, elements } = chooseElements(kernels, length);
    recorder.dispatch({
      kernel,
      bindings: [
        { tensor: viewTensor(gradients, first, [length]), access: 'readwrite' },
        { tensor: viewTensor(mask, first, [length]), access: 'read' },
      ],
      uniforms: uniformWords('optimizer/mask-gradients', { count: elements }),
      grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
    });
  }
}
