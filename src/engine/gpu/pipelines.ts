/** Compiles each shader and pipeline once, in parallel. */
import type { KernelCall } from './kernel.ts';
import type { PlanSpec } from './recorder.ts';

/** Pipelines asked for so far on a device, and how many of them are made. */
export interface CompileCount {
  readonly asked: number;
  readonly made: number;
}

/** r: read-only storage, s: writable storage, u: uniform. */
function layoutKey(call: KernelCall): string {
  const storage = call.bindings.map(({ access }) => (access === 'read' ? 'r' : 's')).join('');
  return call.uniforms ? `${storage}u` : storage;
}

function constantsKey({ constants = {} }: KernelCall): string {
  return Object.entries(constants)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

const pipelineKey = (module: number, call: KernelCall): string =>
  `${module}(${constantsKey(call)})${layoutKey(call)}`;

/**
 * Makes each shader module, bind group layout and pipeline once per device, whoever asks for it and under
 * whatever name: what counts is the text, the constants and the kinds of bindings. Pipelines are made at the
 * same time and off the critical path.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  /** Shader text → its module and its number. */
  readonly #modules = new Map<string, { readonly module: GPUShaderModule; readonly id: number }>();
  readonly #layouts = new Map<
    string,
    { readonly bindGroup: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }
  >();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #listeners = new Set<(count: CompileCount) => void>();
  #made = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many pipelines were asked for so far; a step must not raise it. */
  get compiled(): number {
    return this.#pipelines.size;
  }

  get count(): CompileCount {
    return { asked: this.#pipelines.size, made: this.#made };
  }

  /** Calls the listener each time a pipeline is asked for or made; returns what ends that. */
  onCount(listener: (count: CompileCount) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.count);
  }

  /** Begins to make every pipeline of these plans, before any of their buffers exists. */
  warm(plans: Iterable<PlanSpec>): void {
    for (const { commands } of plans) {
      // Whoever needs a pipeline that cannot be made meets the error in `get`.
      for (const command of commands) {
        if (command.kind === 'dispatch') this.get(command.call).catch(() => undefined);
      }
    }
  }

  /** Whether this pipeline was asked for before. */
  has(call: KernelCall): boolean {
    const module = this.#modules.get(call.kernel.source);
    return module !== undefined && this.#pipelines.has(pipelineKey(module.id, call));
  }

  /** @throws (rejects) what the device throws, also at once */
  async get(call: KernelCall): Promise<GPUComputePipeline> {
    const { id, module } = this.#module(call);
    const key = pipelineKey(id, call);
    const known = this.#pipelines.get(key);
    if (known) return await known;
    const pipeline = this.#device.createComputePipelineAsync({
      label: `${call.kernel.name}(${constantsKey(call)})`,
      layout: this.#layout(call).pipeline,
      compute: { module, entryPoint: 'main', constants: { ...call.constants } },
    });
    this.#pipelines.set(key, pipeline);
    this.#tell();
    const counted = (): void => {
      this.#made += 1;
      this.#tell();
    };
    pipeline.then(counted, () => {
      counted();
      // Whoever asks again may have more luck: memory comes back.
      this.#made -= 1;
      this.#pipelines.delete(key);
    });
    return await pipeline;
  }

  layout(call: KernelCall): GPUBindGroupLayout {
    return this.#layout(call).bindGroup;
  }

  #layout(call: KernelCall): {
    readonly bindGroup: GPUBindGroupLayout;
    readonly pipeline: GPUPipelineLayout;
  } {
    const key = layoutKey(call);
    const known = this.#layouts.get(key);
    if (known) return known;
    const types = { r: 'read-only-storage', s: 'storage', u: 'uniform' } as const;
    const bindGroup = this.#device.createBindGroupLayout({
      label: key,
      entries: [...key].map((letter, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: types[letter as keyof typeof types] },
      })),
    });
    const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [bindGroup] });
    const layout = { bindGroup, pipeline };
    this.#layouts.set(key, layout);
    return layout;
  }

  #module({ kernel: { name, source } }: KernelCall): {
    readonly module: GPUShaderModule;
    readonly id: number;
  } {
    const known = this.#modules.get(source);
    if (known) return known;
    const module = this.#device.createShaderModule({ label: name, code: source });
    const made = { module, id: this.#modules.size };
    this.#modules.set(source, made);
    return made;
  }
}
