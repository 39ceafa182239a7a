/** Computes a case in one dispatch and in several, and compares the bits. */
import { expect } from 'vitest';
import type { Gpu } from '../../gpu/device.ts';
import { runOnce } from '../../gpu/plan.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import { byteCost } from '../../gpu/pace.ts';
import { PlanRecorder, type PlanSpec } from '../../gpu/recorder.ts';
import { callBytes } from '../../gpu/steps.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { readDense, type KernelCase } from '../kernel-case.ts';

function recorded<V extends string>(
  traits: DeviceTraits,
  computation: KernelCase<V>,
  variant: V,
): PlanSpec {
  const recorder = new PlanRecorder('cut', traits);
  computation.record(recorder, variant);
  return recorder.finish();
}

/** What the dearest dispatch of a plan costs. */
const mostCost = ({ commands }: PlanSpec): number =>
  Math.max(
    ...commands.map((command) => {
      if (command.kind !== 'dispatch') return 0;
      const { call } = command;
      return Math.max(call.mostWork ?? call.request?.work ?? 0, byteCost * callBytes(call));
    }),
  );

/** What a case gives where one dispatch may cost so much, and how many dispatches that took. */
async function resultOf<V extends string>(
  gpu: Gpu,
  computation: KernelCase<V>,
  variant: V,
  dispatchWork: number,
): Promise<{ readonly dispatches: number; readonly values: Float64Array[] }> {
  computation.tensors.renew(gpu);
  const spec = recorded({ ...gpu.traits, dispatchWork }, computation, variant);
  await runOnce(gpu, spec);
  const read = async (tensor: Tensor) => Float64Array.from(await gpu.readFloat32(tensor));
  const values = await Promise.all(computation.results.map((result) => readDense(result, read)));
  return { dispatches: spec.commands.length, values };
}

/** Fails unless a case gives the same bits in two or three parts, and in as many parts as there can be. */
export async function expectSameInParts<V extends string>(
  gpu: Gpu,
  computation: KernelCase<V>,
  variant: V,
): Promise<void> {
  const { specs } = computation.tensors;
  await gpu.allocate(specs);
  computation.tensors.fill(gpu);
  if (computation.prepare) {
    const recorder = new PlanRecorder('prepare', gpu.traits);
    computation.prepare(recorder);
    await runOnce(gpu, recorder.finish());
  }
  const dearest = mostCost(
    recorded({ ...gpu.traits, dispatchWork: Number.POSITIVE_INFINITY }, computation, variant),
  );
  const whole = await resultOf(gpu, computation, variant, Number.POSITIVE_INFINITY);
  const halves = await resultOf(gpu, computation, variant, dearest / 2);
  const each = await resultOf(gpu, computation, variant, 1);
  gpu.release(specs);
  expect(whole.values.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
  expect(halves.values).toEqual(whole.values);
  expect(each.values).toEqual(whole.values);
  expect(halves.dispatches).toBeGreaterThan(whole.dispatches);
  expect(each.dispatches).toBeGreaterThan(halves.dispatches);
}
