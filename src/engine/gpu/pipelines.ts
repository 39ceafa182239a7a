/** Compiles each shader and pipeline once, in parallel. */
import { storageStrides } from './binding-sizes.ts';
import { uniformBytes, type KernelCall } from './kernel.ts';
import type { PlanSpec } from './recorder.ts';

/** Pipelines asked for so far on a device, and how many of them are made. */
export interface CompileCount {
  readonly asked: number;
  readonly made: number;
}

/** A shader's text, compiled. */
interface Module {
  readonly module: GPUShaderModule;
  readonly id: number;
  /** See `storageStrides`. */
  readonly strides: readonly number[];
}

interface Layout {
  readonly bindGroup: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

/**
 * Kinds and sizes of the bindings of a call. A layout states the least size of each binding, so that a bind
 * group is checked when it is made and not at each dispatch. Besides, where two pipelines share a layout without
 * sizes, wgpu (Firefox, Deno) takes the sizes that one pipeline needs for those of the next.
 */
function bindingTypes(call: KernelCall, strides: readonly number[]): GPUBufferBindingLayout[] {
  const types: GPUBufferBindingLayout[] = call.bindings.map(({ access }, binding) => ({
    type: access === 'read' ? 'read-only-storage' : 'storage',
    // The device refuses a binding that the text lacks.
    minBindingSize: strides[binding] ?? 0,
  }));
  if (call.uniforms) {
    types.push({ type: 'uniform', minBindingSize: uniformBytes(call.uniforms) });
  }
  return types;
}

const layoutKey = (types: readonly GPUBufferBindingLayout[]): string =>
  types.map(({ type, minBindingSize }) => `${type} ${minBindingSize}`).join(', ');

function constantsKey({ constants = {} }: KernelCall): string {
  return Object.entries(constants)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

const pipelineKey = ({ id, strides }: Module, call: KernelCall): string =>
  `${id}(${constantsKey(call)})${layoutKey(bindingTypes(call, strides))}`;

/**
 * Makes each shader module, bind group layout and pipeline once per device, for every caller and
 * under any name: only the text, the constants, and the kinds and sizes of bindings count. Pipelines are made at
 * the same time and off the critical path.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  /** By shader text. */
  readonly #modules = new Map<string, Module>();
  readonly #layouts = new Map<string, Layout>();
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

  /** Calls the listener each time a pipeline is requested or made; returns a function that ends this. */
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
      // A caller that needs a pipeline that cannot be made gets the error from `get`.
      for (const command of commands) {
        if (command.kind === 'dispatch') this.get(command.call).catch(() => undefined);
      }
    }
  }

  /** Whether this pipeline was asked for before. */
  has(call: KernelCall): boolean {
    const module = this.#modules.get(call.kernel.source);
    return module !== undefined && this.#pipelines.has(pipelineKey(module, call));
  }

  /** @throws (rejects) what the device throws, also at once */
  async get(call: KernelCall): Promise<GPUComputePipeline> {
    const module = this.#module(call);
    const key = pipelineKey(module, call);
    const known = this.#pipelines.get(key);
    if (known) return await known;
    const pipeline = this.#device.createComputePipelineAsync({
      label: `${call.kernel.name}(${constantsKey(call)})`,
      layout: this.#layout(call).pipeline,
      compute: { module: module.module, entryPoint: 'main', constants: { ...call.constants } },
    });
    this.#pipelines.set(key, pipeline);
    this.#tell();
    const counted = (): void => {
      this.#made += 1;
      this.#tell();
    };
    pipeline.then(counted, () => {
      counted();
      // A later request may succeed: memory may be free again.
      this.#made -= 1;
      this.#pipelines.delete(key);
    });
    return await pipeline;
  }

  layout(call: KernelCall): GPUBindGroupLayout {
    return this.#layout(call).bindGroup;
  }

  #layout(call: KernelCall): Layout {
    const types = bindingTypes(call, this.#module(call).strides);
    const key = layoutKey(types);
    const known = this.#layouts.get(key);
    if (known) return known;
    const bindGroup = this.#device.createBindGroupLayout({
      label: key,
      entries: types.map((buffer, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer,
      })),
    });
    const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [bindGroup] });
    const layout = { bindGroup, pipeline };
    this.#layouts.set(key, layout);
    return layout;
  }

  #module({ kernel: { name, source } }: KernelCall): Module {
    const known = this.#modules.get(source);
    if (known) return known;
    // A refused text is the fault of its pipelines, which are rejected, and not of the device.
    this.#device.pushErrorScope('validation');
    const module = this.#device.createShaderModule({ label: name, code: source });
    this.#device.popErrorScope().catch(() => undefined);
    const made = { module, id: this.#modules.size, strides: storageStrides(source) };
    this.#modules.set(source, made);
    return made;
  }
}
