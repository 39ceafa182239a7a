/** Opens a device with every feature and limit that its adapter offers; buffers, uploads, readbacks, faults. */
import { deviceRefused } from './errors.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { FaultWatch } from './fault-watch.ts';
import type { DeviceTraits, KernelChoices } from './kernel.ts';
import type { SelfTestReport } from './kernel-mode.ts';
import { Ledger } from './ledger.ts';
import { Pace } from './pace.ts';
import { PipelineCache } from './pipelines.ts';
import type { PlanSpec } from './recorder.ts';
import { Reminder } from './reminder.ts';
import { matrixFeatures, subgroupMatrices, withKnownMatrices } from './subgroup-matrices.ts';
import { alignUp, byteLength, isScratch, type BufferSpec, type Tensor } from './tensor.ts';

export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A CPU rasteriser rather than a GPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
}

/** Whether kernels use subgroups: where the device has them, or never, as on a device without. */
export type SubgroupUse = 'auto' | 'off';

export interface OpenDeviceOptions {
  readonly subgroups?: SubgroupUse;
  /** Treats storage bindings as limited to this many bytes, to test the splitting of large tensors. */
  readonly maxBindingBytes?: number;
}

const wantedFeatures: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

const softwareNames = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Decides whether a plan may run on a device. */
export interface Vetting {
  readonly report: SelfTestReport;
  /** @throws StudioError `kernels-wrong`, the device's fault */
  vet(gpu: Gpu, plan: PlanSpec): Promise<void>;
}

/** The common part of all views of a device. */
interface DeviceState {
  readonly ledger: Ledger;
  readonly pipelines: PipelineCache;
  readonly buffers: Map<BufferSpec, GPUBuffer>;
  readonly faults: FaultWatch;
  readonly pace: Pace;
  readonly reminder: Reminder;
  readonly vetting: Vetting | null;
}

/** A device with everything this adapter offers, its ledger and its pipelines. */
export class Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly traits: DeviceTraits;
  readonly #state: DeviceState;
  readonly #timestamps: boolean;

  /**
   * @param shared the pipelines of another owner of the same device, or the whole state of another view of its owner
   */
  constructor(
    device: GPUDevice,
    adapter: AdapterDescription,
    traits: DeviceTraits,
    shared: Partial<DeviceState> = {},
  ) {
    this.device = device;
    this.adapter = adapter;
    this.traits = traits;
    this.#timestamps = device.features.has('timestamp-query');
    this.#state = {
      ledger: shared.ledger ?? new Ledger(),
      pipelines: shared.pipelines ?? new PipelineCache(device),
      buffers: shared.buffers ?? new Map<BufferSpec, GPUBuffer>(),
      faults: shared.faults ?? new FaultWatch(device),
      pace: shared.pace ?? new Pace({ software: traits.software }),
      reminder: shared.reminder ?? new Reminder(device.queue),
      vetting: shared.vetting ?? null,
    };
  }

  /**
   * The same device, buffers, ledger and pipelines, for plans recorded with these choices.
   * @param rate multiplications per millisecond, where they were measured (see Pace)
   */
  withChoices(choices: KernelChoices, rate: number | null = null): Gpu {
    if (rate !== null) this.pace.expect(rate);
    const limited = rate !== null && this.traits.dispatchWork !== undefined;
    return this.withTraits({
      ...this.traits,
      choices,
      ...(limited ? { dispatchWork: rate * this.pace.budget } : {}),
    });
  }

  /** The same for plans recorded for these traits. */
  withTraits(traits: DeviceTraits): Gpu {
    return new Gpu(this.device, this.adapter, traits, this.#state);
  }

  /** The same, its plans vetted by another, or by nobody. */
  withVetting(vetting: Vetting | null): Gpu {
    return new Gpu(this.device, this.adapter, this.traits, { ...this.#state, vetting });
  }

  get vetting(): Vetting | null {
    return this.#state.vetting;
  }

  /** What a self-test found so far; null where there is none. */
  get selfTest(): SelfTestReport | null {
    return this.vetting?.report ?? null;
  }

  /**
   * Begins to make the pipelines of these plans, and to vet them, before any of their buffers exists.
   * @returns a promise that nobody has to await: plans are vetted again when they are made runnable
   * @throws (rejects) what `Vetting.vet` throws
   */
  warm(plans: readonly PlanSpec[]): Promise<void> {
    this.pipelines.warm(plans);
    const vetted = Promise.all(plans.map((plan) => this.vet(plan))).then(() => undefined);
    vetted.catch(() => undefined);
    return vetted;
  }

  /** Resolves where the plan may run. @throws StudioError what `Vetting.vet` throws */
  async vet(plan: PlanSpec): Promise<void> {
    await this.vetting?.vet(this, plan);
  }

  get ledger(): Ledger {
    return this.#state.ledger;
  }

  get pipelines(): PipelineCache {
    return this.#state.pipelines;
  }

  /** How much work it is given at a time. */
  get pace(): Pace {
    return this.#state.pace;
  }

  get hasTimestamps(): boolean {
    return this.#timestamps;
  }

  /** The first uncaptured error or loss of this device, if any: nothing computed after it counts. */
  get fault(): StudioError | null {
    return this.#state.faults.fault;
  }

  /** Throws the device's fault. Called wherever results are about to be used. */
  check(): void {
    this.#state.faults.check();
  }

  onFault(listener: (fault: StudioError) => void): () => void {
    return this.#state.faults.onFault(listener);
  }

  /**
   * The device's answer to `work`, which waits for nothing else: every promise of a device is awaited here.
   * @throws StudioError the device's fault; `gpu-fault` where the device refused only this
   */
  answer<T>(work: PromiseLike<T>): Promise<T> {
    return this.#state.faults.answer(this.#state.reminder.during(work));
  }

  /**
   * Gives each spec a zero-filled buffer, all or none; specs with a buffer keep it.
   * @throws StudioError `gpu-out-of-memory`, the device's fault
   */
  async allocate(specs: Iterable<BufferSpec>): Promise<void> {
    this.check();
    const made: BufferSpec[] = [];
    let refused: BufferSpec | null = null;
    this.device.pushErrorScope('out-of-memory');
    for (const spec of specs) {
      if (this.#state.buffers.has(spec)) continue;
      try {
        this.#state.buffers.set(spec, this.#create(spec));
      } catch {
        // Browsers throw where they have no room even for the buffer's description.
        refused = spec;
        break;
      }
      made.push(spec);
    }
    try {
      const error = await this.answer(this.device.popErrorScope());
      const largest = made.reduce<BufferSpec | null>(
        (most, spec) => (most && most.bytes >= spec.bytes ? most : spec),
        refused,
      );
      const missing = refused ?? (error ? largest : null);
      if (missing) throw fault('gpu-out-of-memory', { label: missing.label, bytes: missing.bytes });
    } catch (error) {
      this.release(made);
      throw error;
    }
  }

  #create({ label, role, bytes, resolves = false }: BufferSpec): GPUBuffer {
    const { UNIFORM, COPY_DST, COPY_SRC, MAP_READ, STORAGE, QUERY_RESOLVE } = GPUBufferUsage;
    const usage = resolves
      ? QUERY_RESOLVE | COPY_SRC
      : role === 'uniforms'
        ? UNIFORM | COPY_DST
        : role === 'readback'
          ? MAP_READ | COPY_DST
          : STORAGE | COPY_DST | COPY_SRC;
    const buffer = this.device.createBuffer({ label, size: bytes, usage });
    this.ledger.add(role, bytes);
    return buffer;
  }

  release(specs: Iterable<BufferSpec>): void {
    for (const spec of specs) {
      const buffer = this.#state.buffers.get(spec);
      if (!buffer) continue;
      buffer.destroy();
      this.#state.buffers.delete(spec);
      this.ledger.remove(spec.role, spec.bytes);
    }
  }

  bufferOf(spec: BufferSpec): GPUBuffer {
    const buffer = this.#state.buffers.get(spec);
    if (!buffer)
      throw new Error(`${spec.label} has no buffer: it was not allocated or was released`);
    return buffer;
  }

  bufferOfTensor(tensor: Tensor): GPUBuffer {
    if (isScratch(tensor.storage)) throw new Error(`${tensor.label} is scratch and has no buffer`);
    return this.bufferOf(tensor.storage);
  }

  /** Uploads words to a tensor, `elementOffset` elements in. Ordered before later submissions. */
  write(
    tensor: Tensor,
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
    elementOffset = 0,
  ): void {
    if (elementOffset * 4 + data.byteLength > byteLength(tensor)) {
      throw new RangeError(`${data.length} elements do not fit ${tensor.label}`);
    }
    const buffer = this.bufferOfTensor(tensor);
    // One writeBuffer stages the whole range at once; large uploads go in pieces to bound that staging.
    const piece = 2 ** 22;
    for (let start = 0; start < data.length; start += piece) {
      const part = data.subarray(start, start + piece);
      this.device.queue.writeBuffer(buffer, tensor.offset + (elementOffset + start) * 4, part);
    }
  }

  /** Reads a whole tensor back. For results, checkpoints and tests, never inside a step. */
  async read(tensor: Tensor): Promise<ArrayBuffer> {
    const bytes = byteLength(tensor);
    const staging: BufferSpec = {
      label: `readback of ${tensor.label}`,
      role: 'readback',
      bytes: alignUp(Math.max(4, bytes), 4),
    };
    await this.allocate([staging]);
    try {
      const target = this.bufferOf(staging);
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.bufferOfTensor(tensor), tensor.offset, target, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      return await this.download(staging, bytes);
    } finally {
      this.release([staging]);
    }
  }

  /** The content of a staging buffer once everything submitted so far has run. */
  download(staging: BufferSpec, bytes: number): Promise<ArrayBuffer> {
    const buffer = this.bufferOf(staging);
    const copied = async (): Promise<ArrayBuffer> => {
      await buffer.mapAsync(GPUMapMode.READ);
      const copy = buffer.getMappedRange().slice(0, bytes);
      buffer.unmap();
      return copy;
    };
    return this.answer(copied());
  }

  async readFloat32(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.read(tensor));
  }

  async readUint32(tensor: Tensor): Promise<Uint32Array<ArrayBuffer>> {
    return new Uint32Array(await this.read(tensor));
  }

  /** Resolves when everything submitted so far has run; throws the device's fault if there is one. */
  async finished(): Promise<void> {
    await this.answer(this.device.queue.onSubmittedWorkDone());
  }

  /** Frees every buffer and stops watching the device. */
  protected leave(): void {
    this.#state.faults.close();
    this.release([...this.#state.buffers.keys()]);
  }

  /** Gives up a device that has a fault: pending work on it ends with that fault. */
  abandon(): void {
    this.leave();
    this.device.destroy();
  }

  /** Frees every buffer and the device. */
  close(): void {
    this.leave();
    this.device.destroy();
  }
}

/** Sizes of an adapter's subgroups, any that WebGPU knows where it does not tell (Safari, Firefox): nothing is built on those. */
function subgroupSizes(
  info: Partial<GPUAdapterInfo>,
): Pick<DeviceTraits, 'subgroupMinSize' | 'subgroupMaxSize'> {
  const { subgroupMinSize, subgroupMaxSize } = info;
  return subgroupMinSize && subgroupMaxSize
    ? { subgroupMinSize, subgroupMaxSize }
    : { subgroupMinSize: 4, subgroupMaxSize: 128 };
}

/** WebGPU as a page, a worker or Deno has it; undefined where there is none. */
export function browserGpu(): GPU | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: GPU } };
  return navigator?.gpu;
}

/**
 * Opens the best adapter of `gpu` with every limit and wanted feature that it offers.
 * @throws StudioError `webgpu-missing`, `adapter-missing`, `device-refused`
 */
export async function openDevice(
  gpu: GPU | undefined,
  options: OpenDeviceOptions = {},
): Promise<Gpu> {
  if (!gpu) throw fault('webgpu-missing');
  const adapter = await gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch((error: unknown) => {
      throw deviceRefused(error);
    });
  if (!adapter) throw fault('adapter-missing');
  const { info, limits } = adapter;
  const matrices = subgroupMatrices(adapter);
  const features: readonly string[] = [
    ...wantedFeatures.filter((feature) => adapter.features.has(feature)),
    ...(matrices ? matrixFeatures(matrices) : []),
  ];
  const device = await adapter
    .requestDevice({
      // WebGPU itself does not name all of them yet.
      requiredFeatures: features as GPUFeatureName[],
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      },
    })
    .catch((error: unknown) => {
      throw deviceRefused(error);
    });
  const names = [info.vendor, info.architecture, info.device, info.description].join(' ');
  const software = info.isFallbackAdapter || softwareNames.test(names);
  const description: AdapterDescription = {
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    software,
    features,
    maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    maxBufferBytes: device.limits.maxBufferSize,
  };
  const bindingLimit = Math.min(
    device.limits.maxStorageBufferBindingSize,
    options.maxBindingBytes ?? Number.POSITIVE_INFINITY,
  );
  const traits = await withKnownMatrices(device, {
    software,
    f16: device.features.has('shader-f16'),
    subgroups: device.features.has('subgroups') && options.subgroups !== 'off',
    ...subgroupSizes(info),
    ...(matrices && { matrices }),
    maxBindingBytes: bindingLimit,
    maxBufferBytes: device.limits.maxBufferSize,
    maxWorkgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    maxInvocations: device.limits.maxComputeInvocationsPerWorkgroup,
    maxWorkgroupsPerDimension: device.limits.maxComputeWorkgroupsPerDimension,
  });
  const pace = new Pace({ software });
  // A processor computes a product on threads that others can have meanwhile.
  const limit = software ? {} : { dispatchWork: pace.rate * pace.budget };
  return new Gpu(device, description, { ...traits, ...limit }, { pace });
}
