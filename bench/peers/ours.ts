/** Our engine as a contestant. */
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { preparePlan, ScratchPool } from '../../src/engine/gpu/plan.ts';
import { PlanRecorder } from '../../src/engine/gpu/recorder.ts';
import {
  elementCount,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type ElementType,
  type Tensor,
} from '../../src/engine/gpu/tensor.ts';
import type { Contestant, Runner, Values } from './race.ts';

/** The tensors of one row with what they hold at first. */
export class RowTensors {
  readonly specs: BufferSpec[] = [];
  readonly #filled: { tensor: Tensor; data: Values | Uint32Array<ArrayBuffer> }[] = [];

  /** @throws RangeError when the data do not fill the shape */
  filled(
    label: string,
    shape: readonly number[],
    data: Values | Uint32Array<ArrayBuffer>,
    type: ElementType = 'f32',
  ): Tensor {
    if (data.length !== elementCount(shape)) {
      throw new RangeError(`${label}: ${data.length} values for [${shape.join(', ')}]`);
    }
    const tensor = this.empty(label, shape, type);
    this.#filled.push({ tensor, data });
    return tensor;
  }

  /** Zeros. */
  empty(label: string, shape: readonly number[], type: ElementType = 'f32'): Tensor {
    const tensor = persistentTensor(label, 'activations', shape, type);
    if (!isScratch(tensor.storage)) this.specs.push(tensor.storage);
    return tensor;
  }

  fill(gpu: Gpu): void {
    for (const { tensor, data } of this.#filled) gpu.write(tensor, data);
    this.#filled.length = 0;
  }
}

/** Where a result lies, and how it is brought into the common layout. */
export interface RowResultPlace {
  readonly tensor: Tensor;
  readonly arrange?: (values: Values) => Values;
}

/** Our engine in a row: what `record` records is one run, replayed from a plan as a training step is. */
export function ours(
  gpu: Gpu,
  record: (recorder: PlanRecorder, tensors: RowTensors) => Readonly<Record<string, RowResultPlace>>,
): Contestant {
  return {
    name: 'ours',
    prepare: async (): Promise<Runner> => {
      const tensors = new RowTensors();
      const recorder = new PlanRecorder('row', gpu.traits);
      const places = record(recorder, tensors);
      const spec = recorder.finish();
      const pool = new ScratchPool([spec]);
      const buffers = [...tensors.specs, ...pool.specs];
      await gpu.allocate(buffers);
      tensors.fill(gpu);
      const plan = await preparePlan(gpu, spec, pool);
      const bytesBound = plan.count().reduce((sum, { bytes }) => sum + bytes, 0);
      return {
        start: () => plan.submit(),
        finish: () => gpu.finished(),
        results: async () => {
          const entries: [string, Values][] = [];
          for (const [name, { tensor, arrange }] of Object.entries(places)) {
            const values = await gpu.readFloat32(tensor);
            entries.push([name, arrange ? arrange(values) : values]);
          }
          return Object.fromEntries(entries);
        },
        release: () => {
          plan.release();
          gpu.release(buffers);
        },
        cost: { dispatches: plan.dispatches, bytesBound },
      };
    },
  };
}
