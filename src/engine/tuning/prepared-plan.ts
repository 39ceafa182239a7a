/** Plans of a kernel's variants with the buffers that they need, ready to be replayed. */
import type { Gpu } from '../gpu/device.ts';
import type { KernelCall } from '../gpu/kernel.ts';
import { preparePlan, ScratchPool, type Plan } from '../gpu/plan.ts';
import { PlanRecorder, type PlanSpec } from '../gpu/recorder.ts';
import type { TuningCase } from '../kernels/tuning-case.ts';

function recordPlan(gpu: Gpu, record: (r: PlanRecorder) => void): PlanSpec {
  const recorder = new PlanRecorder('tuning', gpu.traits);
  record(recorder);
  return recorder.finish();
}

/** The dispatches of a plan, recorded without a device. */
export function callsOf(gpu: Gpu, record: (r: PlanRecorder) => void): KernelCall[] {
  return recordPlan(gpu, record).commands.flatMap((command) =>
    command.kind === 'dispatch' ? [command.call] : [],
  );
}

/** A plan with the scratch it needs. */
export interface PreparedPlan {
  readonly variant: string;
  readonly plan: Plan;
  readonly release: () => void;
  readonly times: number[];
  replays: number;
}

/** Prepares what a variant records. @throws StudioError where the device has no room for its scratch */
export async function prepareVariant(
  gpu: Gpu,
  variant: string,
  record: (r: PlanRecorder) => void,
): Promise<PreparedPlan> {
  const spec = recordPlan(gpu, record);
  const pool = new ScratchPool([spec]);
  await gpu.allocate(pool.specs);
  try {
    const plan = await preparePlan(gpu, spec, pool);
    const release = (): void => {
      plan.release();
      gpu.release(pool.specs);
    };
    return { variant, plan, release, times: [], replays: 1 };
  } catch (error) {
    gpu.release(pool.specs);
    throw error;
  }
}

/** Runs what is prepared once, and releases it. */
export async function runOnce(gpu: Gpu, { plan, release }: PreparedPlan): Promise<void> {
  try {
    plan.submit();
    await gpu.finished();
  } finally {
    release();
  }
}

/** Gives a computation its buffers and values for the duration of `work`. */
export async function withCase<T>(
  gpu: Gpu,
  { tensors, prepare }: TuningCase,
  work: () => Promise<T>,
): Promise<T> {
  await gpu.allocate(tensors.specs);
  try {
    tensors.fill(gpu);
    if (prepare) await runOnce(gpu, await prepareVariant(gpu, '', prepare));
    return await work();
  } finally {
    gpu.release(tensors.specs);
  }
}
