/** Times recorded plans in turns, so that a disturbance meets all of them alike. */
import type { Gpu } from '../src/engine/gpu/device.ts';
import { preparePlan, ScratchPool, type Plan } from '../src/engine/gpu/plan.ts';
import { PlanRecorder } from '../src/engine/gpu/recorder.ts';
import {
  elementCount,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type ElementType,
  type Tensor,
} from '../src/engine/gpu/tensor.ts';
import { randomValues } from '../src/engine/testing/numbers.ts';

/** Median, least and most of some durations. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const low = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  const high = sorted[middle];
  const least = sorted[0];
  const most = sorted.at(-1);
  if (low === undefined || high === undefined || least === undefined || most === undefined) {
    throw new RangeError('No durations to summarise');
  }
  return { median: (low + high) / 2, least, most };
}

/** Tensors of a case: each gets a buffer with random (or given) content. */
export class CaseTensors {
  readonly specs: BufferSpec[] = [];
  readonly #filled: { tensor: Tensor; data: () => Float32Array<ArrayBuffer> }[] = [];
  readonly #words: { tensor: Tensor; data: Uint32Array<ArrayBuffer> }[] = [];
  #seed = 1;

  #make(label: string, shape: readonly number[], type: ElementType): Tensor {
    const tensor = persistentTensor(label, 'activations', shape, type);
    if (!isScratch(tensor.storage)) this.specs.push(tensor.storage);
    return tensor;
  }

  /** Normal values of standard deviation `scale`; 0 for plain zeros. */
  values(label: string, shape: readonly number[], scale = 1): Tensor {
    const tensor = this.#make(label, shape, 'f32');
    const seed = this.#seed++;
    // Drawn once for 4096 elements and repeated: drawing all of a large tensor takes longer than the case.
    const data = (): Float32Array<ArrayBuffer> => {
      const block = randomValues(4096, seed, scale);
      return Float32Array.from({ length: elementCount(shape) }, (_, i) => block[i % 4096] ?? 0);
    };
    if (scale !== 0) this.#filled.push({ tensor, data });
    return tensor;
  }

  /** Given words, the bits of `type`. */
  words(label: string, data: Uint32Array<ArrayBuffer>, type: ElementType = 'u32'): Tensor {
    const tensor = this.#make(label, [data.length], type);
    this.#words.push({ tensor, data });
    return tensor;
  }

  fill(gpu: Gpu): void {
    for (const { tensor, data } of this.#filled) gpu.write(tensor, data());
    for (const { tensor, data } of this.#words) gpu.write(tensor, data);
  }
}

/** Something to time: what it records may be replayed any number of times. */
export interface BenchCase {
  readonly name: string;
  readonly shape: string;
  /** Multiplications and additions, where the name alone does not say it all; null where it means little. */
  readonly flops: number | null;
  readonly record: (recorder: PlanRecorder, tensors: CaseTensors) => void;
}

export interface CaseResult {
  readonly name: string;
  readonly shape: string;
  readonly dispatches: number;
  /** Bytes of every bound range: the least that must move. */
  readonly bytes: number;
  readonly flops: number | null;
  readonly milliseconds: Spread;
  readonly gigaflopsPerSecond: number | null;
}

/** Aim of one timed submission: long beside its launch, short beside a watchdog. */
const submissionMilliseconds = 60;
const mostReplays = 256;

/** A case whose buffers are filled, ready to run. */
export interface PreparedCase {
  readonly plan: Plan;
  readonly release: () => void;
}

interface TimedCase extends PreparedCase {
  readonly description: BenchCase;
  readonly milliseconds: number[];
  readonly replays: number;
}

export async function prepareCase(gpu: Gpu, description: BenchCase): Promise<PreparedCase> {
  const tensors = new CaseTensors();
  const recorder = new PlanRecorder(description.name, gpu.traits);
  description.record(recorder, tensors);
  const spec = recorder.finish();
  const pool = new ScratchPool([spec]);
  const buffers = [...tensors.specs, ...pool.specs];
  await gpu.allocate(buffers);
  tensors.fill(gpu);
  const plan = await preparePlan(gpu, spec, pool);
  const release = (): void => {
    plan.release();
    gpu.release(buffers);
  };
  return { plan, release };
}

/** How many runs of `once` milliseconds fill a timed submission. */
export function fittingReplays(once: number): number {
  const fitting = Math.round(submissionMilliseconds / Math.max(once, 0.01));
  return Math.max(1, Math.min(mostReplays, fitting));
}

/** Wall-clock milliseconds of `replays` runs of a plan in one submission, divided by their number. */
export async function timeReplays(gpu: Gpu, plan: Plan, replays: number): Promise<number> {
  const encoder = gpu.device.createCommandEncoder();
  for (let i = 0; i < replays; i += 1) plan.encode(encoder);
  const commands = encoder.finish();
  const started = performance.now();
  gpu.device.queue.submit([commands]);
  await gpu.finished();
  return (performance.now() - started) / replays;
}

/** Times cases in turns: a disturbance of the machine meets all of them, not one. */
export async function timeInterleaved(
  gpu: Gpu,
  cases: readonly BenchCase[],
  rounds: number,
): Promise<CaseResult[]> {
  const prepared: TimedCase[] = [];
  try {
    for (const description of cases) {
      const one = await prepareCase(gpu, description);
      await timeReplays(gpu, one.plan, 1);
      const once = await timeReplays(gpu, one.plan, 1);
      prepared.push({ description, ...one, milliseconds: [], replays: fittingReplays(once) });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const one of prepared) {
        one.milliseconds.push(await timeReplays(gpu, one.plan, one.replays));
      }
    }
    return prepared.map(({ description, plan, milliseconds }) => {
      const { name, shape, flops } = description;
      const counted = plan.count();
      const time = spreadOf(milliseconds);
      return {
        name,
        shape,
        dispatches: plan.dispatches,
        bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0),
        flops,
        milliseconds: time,
        gigaflopsPerSecond: flops === null ? null : flops / time.median / 1e6,
      };
    });
  } finally {
    for (const { release } of prepared) release();
  }
}
