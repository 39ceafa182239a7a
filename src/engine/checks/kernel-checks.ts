/** The list of the checks of all kernels without variants, looked up by the calls of plans. */
import type { Kernel } from '../gpu/kernel.ts';
import { cacheChecks } from '../kernels/attention/key-value-cache.cases.ts';
import { rotaryChecks } from '../kernels/attention/rotary.cases.ts';
import { dropoutCheck } from '../kernels/dropout.cases.ts';
import { rowChecks } from '../kernels/embedding/embedding.cases.ts';
import { gateChecks } from '../kernels/ffn/gate.cases.ts';
import type { KernelCheck } from '../kernels/kernel-check.ts';
import { columnSumCheck } from '../kernels/linear/column-sum.cases.ts';
import { lossChecks } from '../kernels/loss/loss.cases.ts';
import { routerChecks } from '../kernels/mixture/router.cases.ts';
import { optimizerChecks } from '../kernels/optimizer/optimizer.cases.ts';
import { samplingChecks } from '../kernels/sampling/sampling.cases.ts';
import type { FormValues } from '../kernels/shader-template.ts';
import { formName, shaderForms } from '../kernels/shaders.ts';
import { lookupCheck } from './lookup-check.ts';

export const kernelChecks: readonly KernelCheck[] = [
  lookupCheck,
  ...rowChecks,
  ...rotaryChecks,
  ...cacheChecks,
  ...gateChecks,
  dropoutCheck,
  ...routerChecks,
  columnSumCheck,
  ...lossChecks,
  ...optimizerChecks,
  ...samplingChecks,
];

let byName: ReadonlyMap<string, { readonly check: KernelCheck; readonly form: FormValues }> | null =
  null;

/** The check of a kernel, and the form of the shader that it is; null for variants of a class. */
export function checkOf({ name }: Kernel) {
  byName ??= new Map(
    kernelChecks.flatMap((check) =>
      shaderForms(check.shader).map((form) => [formName(check.shader, form), { check, form }]),
    ),
  );
  return byName.get(name) ?? null;
}
