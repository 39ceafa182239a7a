/** Opens the device under test, and gives tests inputs, poisoned outputs and a way to run them. */
import { openOwnDevice } from '../../scripts/device.ts';
import { Pace } from '../../src/engine/gpu/pace.ts';
import { Gpu, type OpenDeviceOptions } from '../../src/engine/gpu/device.ts';
import { preparePlan, ScratchPool, type Plan } from '../../src/engine/gpu/plan.ts';
import { PlanRecorder } from '../../src/engine/gpu/recorder.ts';
import {
  elementCount,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type ElementType,
  type Tensor,
} from '../../src/engine/gpu/tensor.ts';
import { FaultyDevice } from './faulty-device.ts';

/** A user of the device under test with buffers, ledger and faults of its own. */
class TestDevice extends Gpu {
  /** Frees this user's buffers, not the device; throws if it faulted while it was in use. */
  override close(): void {
    this.leave();
    this.check();
  }

  override abandon(): void {
    this.leave();
  }
}

/** One for the whole process: pipelines are compiled once for all the test files that it runs. */
let underTest: Promise<Gpu> | null = null;

/** The device under test, with buffers, ledger and faults of the caller's own. */
export async function openTestDevice(
  options: Pick<OpenDeviceOptions, 'maxBindingBytes'> = {},
): Promise<Gpu> {
  const { device, adapter, traits, pipelines } = await (underTest ??= openOwnDevice());
  const maxBindingBytes = Math.min(traits.maxBindingBytes, options.maxBindingBytes ?? Infinity);
  return new TestDevice(device, adapter, { ...traits, maxBindingBytes }, { pipelines });
}

/** What a user for whom things go wrong has in common with others. */
type Sharing = 'device and pipelines' | 'device' | 'nothing';

/**
 * A user of a device for whom things go wrong when it is planned.
 * @param shares `device`: the device under test, compiling for this user alone, so that this can go wrong too;
 * `nothing`: a separate device, which is destroyed with its user
 */
export async function openFaultyDevice(
  shares: Sharing = 'device and pipelines',
): Promise<{ readonly gpu: Gpu; readonly faulty: FaultyDevice }> {
  const own = shares === 'nothing';
  const opened = own ? openOwnDevice() : (underTest ??= openOwnDevice());
  const { device, adapter, traits, pipelines } = await opened;
  const faulty = new FaultyDevice(device, own ? 'own' : 'shared');
  const shared = shares === 'device and pipelines' ? { pipelines } : {};
  // A clock that stands still: work is cut into as many submissions however fast the device is.
  const pace = new Pace({ software: traits.software, now: () => 0 });
  return { gpu: new Gpu(faulty.device, adapter, traits, { ...shared, pace }), faulty };
}

/**
 * A bench for one kernel test: inputs with data, outputs poisoned with NaN, a run, results. `close`
 * checks that nothing is left on the device and that the device reported no error.
 */
export class KernelBench {
  readonly gpu: Gpu;
  readonly #specs: BufferSpec[] = [];
  readonly #filled: {
    tensor: Tensor;
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  }[] = [];

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  input(
    label: string,
    shape: readonly number[],
    data: ArrayLike<number>,
    type: ElementType = 'f32',
  ): Tensor {
    if (data.length !== elementCount(shape)) {
      throw new RangeError(`${label}: ${data.length} values for shape [${shape.join(', ')}]`);
    }
    const tensor = this.#tensor(label, shape, type);
    const typed =
      type === 'f32'
        ? Float32Array.from(data)
        : type === 'u32'
          ? Uint32Array.from(data)
          : Int32Array.from(data);
    this.#filled.push({ tensor, data: typed });
    return tensor;
  }

  /** An output, every element NaN (all bits set for integers) until a kernel writes it. */
  output(label: string, shape: readonly number[], type: ElementType = 'f32'): Tensor {
    const tensor = this.#tensor(label, shape, type);
    this.#filled.push({ tensor, data: new Uint32Array(elementCount(shape)).fill(0xffffffff) });
    return tensor;
  }

  #tensor(label: string, shape: readonly number[], type: ElementType): Tensor {
    const tensor = persistentTensor(label, 'activations', shape, type);
    if (!isScratch(tensor.storage)) this.#specs.push(tensor.storage);
    return tensor;
  }

  /** Uploads inputs afresh, poisons outputs, records and runs once. */
  async run(record: (recorder: PlanRecorder) => void): Promise<void> {
    const recorder = new PlanRecorder('test', this.gpu.traits);
    record(recorder);
    const spec = recorder.finish();
    const pool = new ScratchPool([spec]);
    await this.gpu.allocate([...this.#specs, ...pool.specs]);
    for (const { tensor, data } of this.#filled) this.gpu.write(tensor, data);
    for (const slot of pool.specs) {
      const poison = new Uint32Array(slot.bytes / 4).fill(0xffffffff);
      this.gpu.device.queue.writeBuffer(this.gpu.bufferOf(slot), 0, poison);
    }
    let plan: Plan | null = null;
    try {
      plan = await preparePlan(this.gpu, spec, pool);
      plan.submit();
      await this.gpu.finished();
    } finally {
      plan?.release();
      this.gpu.release(pool.specs);
    }
  }

  read(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
    return this.gpu.readFloat32(tensor);
  }

  readUint32(tensor: Tensor): Promise<Uint32Array<ArrayBuffer>> {
    return this.gpu.readUint32(tensor);
  }

  /** Frees this bench's buffers; throws if any other is left or the device faulted. */
  close(): void {
    this.gpu.release(this.#specs);
    this.gpu.check();
    if (this.gpu.ledger.total !== 0) {
      throw new Error(`${this.gpu.ledger.total} bytes are left on the device after a test`);
    }
  }
}
