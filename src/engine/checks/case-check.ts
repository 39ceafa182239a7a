/** Runs known cases on a device and compares their results: tuner and self-test share it. */
import type { Gpu } from '../gpu/device.ts';
import type { DeviceTraits, KernelCall } from '../gpu/kernel.ts';
import { preparePlan, ScratchPool, type Plan } from '../gpu/plan.ts';
import { PlanRecorder, type Command, type PlanSpec } from '../gpu/recorder.ts';
import { byteLength, isScratch, type BufferSpec, type Tensor } from '../gpu/tensor.ts';
import { denseValues, withGuard, type KernelCase, type Read } from '../kernels/kernel-case.ts';
import { relativeL2 } from './relative-l2.ts';

/** Relative L2 distance from the reference: float32 sums of these lengths stay far below it. */
const tolerance = 1e-5;

/** Whether a distance is that of right results; NaN and null are not. */
export function isRight(error: number | null, computation: KernelCase): boolean {
  return error !== null && error <= (computation.tolerance ?? tolerance);
}

function recordPlan(traits: DeviceTraits, record: (r: PlanRecorder) => void): PlanSpec {
  const recorder = new PlanRecorder('case', traits);
  record(recorder);
  return recorder.finish();
}

/** The dispatches of a plan, recorded without a device. */
export function callsOf(traits: DeviceTraits, record: (r: PlanRecorder) => void): KernelCall[] {
  return recordPlan(traits, record).commands.flatMap((command) =>
    command.kind === 'dispatch' ? [command.call] : [],
  );
}

/** A plan with the scratch it needs, ready to be replayed. */
export interface ReadyPlan {
  readonly plan: Plan;
  readonly release: () => void;
}

/** Records a plan and makes it runnable. */
export function readyPlan(gpu: Gpu, record: (r: PlanRecorder) => void): Promise<ReadyPlan> {
  return makeReady(gpu, recordPlan(gpu.traits, record));
}

async function makeReady(gpu: Gpu, spec: PlanSpec): Promise<ReadyPlan> {
  const pool = new ScratchPool([spec]);
  const specs: readonly BufferSpec[] = pool.specs;
  await gpu.allocate(specs);
  try {
    const plan = await preparePlan(gpu, spec, pool);
    const release = (): void => {
      plan.release();
      gpu.release(specs);
    };
    return { plan, release };
  } catch (error) {
    gpu.release(specs);
    throw error;
  }
}

async function runReady(gpu: Gpu, { plan, release }: ReadyPlan): Promise<void> {
  try {
    plan.submit();
    await gpu.finished();
  } finally {
    release();
  }
}

/** Gives a case its buffers and values for the duration of `work`. */
export async function onDevice<T>(
  gpu: Gpu,
  { tensors, prepare }: KernelCase,
  work: () => Promise<T>,
): Promise<T> {
  await gpu.allocate(tensors.specs);
  try {
    tensors.fill(gpu);
    if (prepare) await runReady(gpu, await readyPlan(gpu, prepare));
    return await work();
  } finally {
    gpu.release(tensors.specs);
  }
}

/** The results that a case must give; it is on the device. */
export function expectedOf(
  gpu: Gpu,
  { tensors, expected }: KernelCase,
): Promise<readonly Float64Array[]> {
  const read: Read = async (tensor) =>
    tensors.known(tensor) ?? Float64Array.from(await gpu.readFloat32(tensor));
  return expected(read);
}

/**
 * Runs a variant of a case that is on the device. Every tensor is bound with the guard behind it, and kernels
 * that have to bear workgroups past their end get some: what reads there gets NaN, what writes there shows.
 * @returns the largest relative L2 distance of its results; null where runs disagree or a word changed that
 * belongs to no result
 */
export async function caseError(
  gpu: Gpu,
  computation: KernelCase,
  variant: string,
  { expected, runs }: { readonly expected: readonly Float64Array[]; readonly runs: number },
): Promise<number | null> {
  const { tensors, results, codes } = computation;
  const spec = pastTheEnd(
    recordPlan(gpu.traits, (r) => computation.record(r, variant)),
    gpu.traits.maxWorkgroupsPerDimension,
    new Set(tensors.specs),
  );
  const found: Float64Array[][] = [];
  for (let run = 0; run < runs; run += 1) {
    tensors.renew(gpu);
    await runReady(gpu, await makeReady(gpu, spec));
    const read = await Promise.all(results.map(async ({ tensor }) => gpu.read(withGuard(tensor))));
    const kept = read.every((bytes, place) => {
      const tensor = results[place]?.tensor;
      return tensor && tensors.keptOthers(tensor, results, new Uint32Array(bytes));
    });
    if (!kept) return null;
    found.push(
      results.map((matrix, place) => {
        const decode = codes?.get(matrix.tensor);
        if (decode) return decode(new Uint32Array(read[place] ?? new ArrayBuffer(0)));
        return denseValues(matrix, numbersOf(matrix.tensor, read[place]));
      }),
    );
  }
  const [first = [], ...others] = found;
  const same = others.every((other) => first.every((values, i) => sameValues(values, other[i])));
  if (!same) return null;
  return Math.max(
    ...results.map(({ tensor }, i) => {
      const [values = new Float64Array(), wanted = new Float64Array()] = [first[i], expected[i]];
      // Integers have no rounding, but codes of numbers have.
      const isInteger = tensor.type !== 'f32' && !codes?.has(tensor);
      if (isInteger) return sameValues(values, wanted) ? 0 : 1;
      return relativeL2(values, wanted);
    }),
  );
}

function numbersOf({ type }: Tensor, bytes = new ArrayBuffer(0)): ArrayLike<number> {
  if (type === 'f32') return new Float32Array(bytes);
  return type === 'u32' ? new Uint32Array(bytes) : new Int32Array(bytes);
}

/** The same plan with guards bound behind the tensors of a case, and with workgroups past the end. */
function pastTheEnd(spec: PlanSpec, limit: number, guarded: ReadonlySet<BufferSpec>): PlanSpec {
  const widened = (tensor: Tensor): Tensor => {
    const { storage, offset } = tensor;
    if (isScratch(storage) || !guarded.has(storage)) return tensor;
    const wide = withGuard(tensor);
    return offset + byteLength(wide) === storage.bytes ? wide : tensor;
  };
  const commands = spec.commands.map((command): Command => {
    if (command.kind !== 'dispatch') return command;
    const { call } = command;
    const bindings = call.bindings.map(({ tensor, access }) => {
      return { tensor: widened(tensor), access };
    });
    const [x, y, z] = call.grid;
    const grid = bearsMore(call) && x < limit ? ([x + 1, y, z] as const) : call.grid;
    return { ...command, call: { ...call, bindings, grid } };
  });
  return { ...spec, commands };
}

/**
 * Whether workgroups past the end must do nothing: a folded grid may have some, and so may a product that
 * shares a dispatch with a wider one.
 */
function bearsMore({ kernel, request }: KernelCall): boolean {
  return request !== undefined || kernel.source.includes('num_workgroups');
}

function sameValues(a: Float64Array, b: Float64Array | undefined): boolean {
  return a.length === b?.length && a.every((value, i) => Object.is(value, b[i]));
}
