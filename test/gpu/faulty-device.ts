/**
 * A device on which things go wrong when a test asks for it: memory runs out, calls throw, the device is lost, a
 * shader computes something else.
 */

/** Calls that are counted, and at which something can go wrong. */
export const faultyCalls = [
  'createBuffer',
  'createBindGroup',
  'createShaderModule',
  'createComputePipelineAsync',
  'submit',
  'mapAsync',
] as const;
export type FaultyCall = (typeof faultyCalls)[number];

export interface PlannedFault {
  /**
   * `out-of-memory`: the error scope or the device hears of it (createBuffer alone); `throw`: the call throws, or
   * rejects, a RangeError; `loss`: the device is lost, as when the browser's GPU process ends: what is pending is
   * rejected first, and the device says that it is lost some turns later.
   */
  readonly kind: 'out-of-memory' | 'throw' | 'loss';
  readonly call: FaultyCall;
  /** Which of these calls, counted from 1 when the fault is planned. */
  readonly at: number;
}

/** What Chromium says of everything that was pending when its GPU process ended. */
const lossWords = 'A valid external Instance reference no longer exists.';
/** Turns of the event loop between the rejections and the loss. */
const turnsUntilTold = 3;

function rejection(): Error {
  return Object.assign(new Error(lossWords), { name: 'AbortError' });
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
}

/**
 * Stands before a real device: what is made of it is real, only the faults are played. Give it to `new Gpu(…)` in
 * place of the device.
 */
export class FaultyDevice {
  /** The device as its user sees it. */
  readonly device: GPUDevice;
  readonly #counts = new Map<FaultyCall, number>();
  readonly #scopes: { readonly filter: GPUErrorFilter; error: GPUError | null }[] = [];
  readonly #listeners = new Set<(event: GPUUncapturedErrorEvent) => void>();
  readonly #lost: Promise<GPUDeviceLostInfo>;
  readonly #rejected: Promise<never>;
  readonly #live = new Set<GPUBuffer>();
  #lose!: (reason: 'unknown' | 'destroyed') => void;
  #isLost = false;
  #planned: PlannedFault | null = null;
  #struck = false;
  /** Another text for a shader, by the name of its kernel: what a driver might make of it. */
  rewrite: (name: string, source: string) => string = (_, source) => source;

  /**
   * @param use `shared`: others may use the real device, and its pipelines, at the same time, so that it is never
   * destroyed
   */
  constructor(real: GPUDevice, use: 'shared' | 'own' = 'shared') {
    let reject!: (error: Error) => void;
    this.#rejected = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    this.#rejected.catch(() => undefined);
    this.#lost = new Promise((resolve) => {
      this.#lose = (reason) => {
        if (this.#isLost) return;
        this.#isLost = true;
        reject(rejection());
        const info = { reason, message: lossWords } as GPUDeviceLostInfo;
        void turns(turnsUntilTold).then(() => resolve(info));
      };
    });
    this.device = this.#stand(real, use);
  }

  /** Plans one fault, and counts calls from 0 again; null plans none. */
  plan(fault: PlannedFault | null): void {
    this.#planned = fault;
    this.#struck = false;
    this.#counts.clear();
  }

  /** Whether the planned fault happened. */
  get struck(): boolean {
    return this.#struck;
  }

  /** Buffers that were made and not destroyed. */
  get liveBuffers(): number {
    return this.#live.size;
  }

  /** Calls since the last plan. */
  count(call: FaultyCall): number {
    return this.#counts.get(call) ?? 0;
  }

  /** The device is lost now. */
  lose(): void {
    this.#lose('unknown');
  }

  /** Counts a call; the fault that it meets, if any. Losses happen here. */
  #meet(call: FaultyCall): PlannedFault['kind'] | null {
    const count = this.count(call) + 1;
    this.#counts.set(call, count);
    if (this.#planned?.call !== call || this.#planned.at !== count) return null;
    this.#struck = true;
    if (this.#planned.kind === 'loss') this.lose();
    return this.#planned.kind;
  }

  /** A promise of the device: rejected when the device is lost first. */
  #pending<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([this.#rejected, work]);
  }

  #createBuffer(real: GPUDevice, descriptor: GPUBufferDescriptor): GPUBuffer {
    const fault = this.#meet('createBuffer');
    if (fault === 'throw') throw new RangeError(`createBuffer: no room for ${descriptor.size}`);
    if (fault === 'out-of-memory') this.#tell(`no room for ${descriptor.size} bytes`);
    const buffer = real.createBuffer(descriptor);
    this.#live.add(buffer);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      this.#live.delete(buffer);
      destroy();
    };
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...range) => {
      if (this.#meet('mapAsync') === 'throw') return Promise.reject(new RangeError('mapAsync'));
      return this.#pending(map(...range));
    };
    return buffer;
  }

  /** Tells the innermost scope for it, or else whoever listens, that memory ran out. */
  #tell(message: string): void {
    const error: GPUError = { message };
    const scope = this.#scopes.findLast(({ filter }) => filter === 'out-of-memory');
    if (scope) scope.error ??= error;
    else this.#listeners.forEach((listen) => listen({ error } as GPUUncapturedErrorEvent));
  }

  async #popErrorScope(real: GPUDevice): Promise<GPUError | null> {
    const scope = this.#scopes.pop();
    const found = await this.#pending(real.popErrorScope());
    return scope?.error ?? found;
  }

  #refusable<T>(call: FaultyCall, work: () => T): T {
    if (this.#meet(call) === 'throw') throw new RangeError(`${call}: no room`);
    return work();
  }

  #queue(real: GPUQueue): GPUQueue {
    return stand(real, {
      submit: (commands: Iterable<GPUCommandBuffer>) => {
        this.#refusable('submit', () => real.submit(commands));
      },
      onSubmittedWorkDone: () => this.#pending(real.onSubmittedWorkDone()),
    });
  }

  #stand(real: GPUDevice, use: 'shared' | 'own'): GPUDevice {
    return stand(real, {
      queue: this.#queue(real.queue),
      lost: this.#lost,
      createBuffer: (descriptor: GPUBufferDescriptor) => this.#createBuffer(real, descriptor),
      createBindGroup: (descriptor: GPUBindGroupDescriptor) =>
        this.#refusable('createBindGroup', () => real.createBindGroup(descriptor)),
      createShaderModule: (descriptor: GPUShaderModuleDescriptor) =>
        this.#refusable('createShaderModule', () =>
          real.createShaderModule({
            ...descriptor,
            code: this.rewrite(descriptor.label ?? '', descriptor.code),
          }),
        ),
      createComputePipelineAsync: async (descriptor: GPUComputePipelineDescriptor) =>
        this.#refusable('createComputePipelineAsync', () =>
          this.#pending(real.createComputePipelineAsync(descriptor)),
        ),
      pushErrorScope: (filter: GPUErrorFilter) => {
        this.#scopes.push({ filter, error: null });
        real.pushErrorScope(filter);
      },
      popErrorScope: () => this.#popErrorScope(real),
      addEventListener: (type: string, listener: (event: GPUUncapturedErrorEvent) => void) => {
        this.#listeners.add(listener);
        real.addEventListener(type, listener as EventListener);
      },
      removeEventListener: (type: string, listener: (event: GPUUncapturedErrorEvent) => void) => {
        this.#listeners.delete(listener);
        real.removeEventListener(type, listener as EventListener);
      },
      destroy: () => {
        this.#lose('destroyed');
        if (use === 'own') real.destroy();
      },
    });
  }
}

/** An object in whose place another stands for some of its members. */
function stand<T extends object>(real: T, members: object): T {
  return new Proxy(real, {
    get: (target, name) => {
      const own: unknown = Reflect.get(members, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
