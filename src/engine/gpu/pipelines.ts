import type { KernelCall } from './kernel.ts';

/** Everything that makes two calls share a pipeline: shader, constants, and the layout of bindings. */
function pipelineKey(call: KernelCall): string {
  const constants = Object.entries(call.constants ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  return `${call.kernel.name}(${constants})${layoutKey(call)}`;
}

/** r: read-only storage, s: writable storage, u: uniform. */
function layoutKey(call: KernelCall): string {
  const storage = call.bindings.map(({ access }) => (access === 'read' ? 'r' : 's')).join('');
  return call.uniforms ? `${storage}u` : storage;
}

/** Compiles each shader once per device and each pipeline once, in parallel, off the critical path. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many pipelines were compiled so far; a step must not raise it. */
  get compiled(): number {
    return this.#pipelines.size;
  }

  get(call: KernelCall): Promise<GPUComputePipeline> {
    const key = pipelineKey(call);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#device.createComputePipelineAsync({
        label: key,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [this.layout(call)] }),
        compute: {
          module: this.#module(call),
          entryPoint: 'main',
          constants: { ...call.constants },
        },
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  layout(call: KernelCall): GPUBindGroupLayout {
    const key = layoutKey(call);
    let layout = this.#layouts.get(key);
    if (!layout) {
      const types = { r: 'read-only-storage', s: 'storage', u: 'uniform' } as const;
      layout = this.#device.createBindGroupLayout({
        label: key,
        entries: [...key].map((letter, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: types[letter as keyof typeof types] },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  #module(call: KernelCall): GPUShaderModule {
    const { name, source } = call.kernel;
    let module = this.#modules.get(name);
    if (!module) {
      module = this.#device.createShaderModule({ label: name, code: source });
      this.#modules.set(name, module);
    }
    return module;
  }
}
