import { tooLarge } from './errors.ts';
import type { Gpu } from './device.ts';
import type { KernelCall, KernelFamily, UniformWord } from './kernel.ts';
import { persistentBuffers, tensorsOf, type Command, type PlanSpec } from './recorder.ts';
import {
  alignUp,
  bindingAlignment,
  byteLength,
  bytesPerElement,
  isScratch,
  type BufferSpec,
  type Tensor,
} from './tensor.ts';

/** Scratch buffers that several plans take turns in; slot i is as large as the largest i-th slot. */
export class ScratchPool {
  readonly #specs: readonly BufferSpec[];

  constructor(plans: readonly PlanSpec[]) {
    const slots = Math.max(0, ...plans.map((plan) => plan.slotBytes.length));
    this.#specs = Array.from({ length: slots }, (_, slot) => ({
      label: `scratch ${slot}`,
      role: 'activations',
      bytes: Math.max(...plans.map((plan) => plan.slotBytes[slot] ?? 0)),
    }));
  }

  get specs(): readonly BufferSpec[] {
    return this.#specs;
  }

  spec(slot: number): BufferSpec {
    const spec = this.#specs[slot];
    if (!spec) throw new RangeError(`No scratch slot ${slot}`);
    return spec;
  }
}

export interface FamilyProfile {
  readonly family: KernelFamily;
  readonly dispatches: number;
  /** Bytes of all bound ranges, each counted once per dispatch: the least that must move. */
  readonly bytes: number;
  readonly milliseconds: number;
}

type Step =
  | {
      readonly kind: 'dispatch';
      readonly pipeline: GPUComputePipeline;
      readonly bindGroup: GPUBindGroup;
      readonly grid: readonly [number, number, number];
      readonly section: number;
      readonly call: KernelCall;
    }
  | {
      readonly kind: 'clear';
      readonly buffer: GPUBuffer;
      readonly offset: number;
      readonly bytes: number;
      readonly section: number;
    }
  | {
      readonly kind: 'copy';
      readonly from: GPUBuffer;
      readonly fromOffset: number;
      readonly to: GPUBuffer;
      readonly toOffset: number;
      readonly bytes: number;
      readonly section: number;
    };

/** A plan with its pipelines and bind groups made: replaying it allocates and compiles nothing. */
export class Plan {
  readonly label: string;
  readonly #gpu: Gpu;
  readonly #steps: readonly Step[];
  readonly #uniforms: BufferSpec | null;

  constructor(label: string, gpu: Gpu, steps: readonly Step[], uniforms: BufferSpec | null) {
    this.label = label;
    this.#gpu = gpu;
    this.#steps = steps;
    this.#uniforms = uniforms;
  }

  get dispatches(): number {
    return this.#steps.filter((step) => step.kind === 'dispatch').length;
  }

  /** Adds the plan to an encoder, leaving out commands of sections beyond `sections`. */
  encode(encoder: GPUCommandEncoder, sections = Number.POSITIVE_INFINITY): void {
    let pass: GPUComputePassEncoder | null = null;
    for (const step of this.#steps) {
      if (step.section > sections) continue;
      if (step.kind === 'dispatch') {
        pass ??= encoder.beginComputePass();
        pass.setPipeline(step.pipeline);
        pass.setBindGroup(0, step.bindGroup);
        pass.dispatchWorkgroups(...step.grid);
        continue;
      }
      pass?.end();
      pass = null;
      if (step.kind === 'clear') encoder.clearBuffer(step.buffer, step.offset, step.bytes);
      else {
        const { from, fromOffset, to, toOffset, bytes } = step;
        encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
      }
    }
    pass?.end();
  }

  /** Encodes and submits the plan on its own. */
  submit(sections?: number): void {
    const encoder = this.#gpu.device.createCommandEncoder({ label: this.label });
    this.encode(encoder, sections);
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  /** Dispatches and bytes by kernel family, without running anything. */
  count(): FamilyProfile[] {
    return this.#byFamily(() => 0);
  }

  /**
   * Runs the plan one dispatch at a time, waiting after each, and returns wall-clock time by family.
   * Each figure includes one submission's launch cost; the shares matter, not the sum.
   */
  async profile(): Promise<FamilyProfile[]> {
    const times = new Map<Step, number>();
    for (const step of this.#steps) {
      const encoder = this.#gpu.device.createCommandEncoder();
      new Plan(this.label, this.#gpu, [step], null).encode(encoder);
      const started = performance.now();
      this.#gpu.device.queue.submit([encoder.finish()]);
      await this.#gpu.device.queue.onSubmittedWorkDone();
      times.set(step, performance.now() - started);
    }
    this.#gpu.check();
    return this.#byFamily((step) => times.get(step) ?? 0);
  }

  #byFamily(time: (step: Step) => number): FamilyProfile[] {
    const families = new Map<KernelFamily, FamilyProfile>();
    for (const step of this.#steps) {
      const family =
        step.kind === 'dispatch' ? (step.call.family ?? step.call.kernel.family) : 'copy';
      const bytes =
        step.kind === 'dispatch'
          ? step.call.bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0)
          : step.bytes;
      const before = families.get(family);
      families.set(family, {
        family,
        dispatches: (before?.dispatches ?? 0) + (step.kind === 'dispatch' ? 1 : 0),
        bytes: (before?.bytes ?? 0) + bytes,
        milliseconds: (before?.milliseconds ?? 0) + time(step),
      });
    }
    return [...families.values()];
  }

  /** Frees what belongs to this plan alone; tensors and scratch belong to others. */
  release(): void {
    if (this.#uniforms) this.#gpu.release([this.#uniforms]);
  }
}

/** The uniform arena of a plan: one 256-byte-aligned slot per dispatch, written once. */
export function uniformBuffer(plan: PlanSpec): BufferSpec | null {
  if (plan.uniformBytes === 0) return null;
  return { label: `${plan.label} uniforms`, role: 'uniforms', bytes: plan.uniformBytes };
}

/**
 * Makes a recorded plan runnable. Every persistent buffer and the pool's must be allocated already.
 * @throws StudioError `tensor-too-large` when a binding exceeds the device's limit
 */
export async function preparePlan(gpu: Gpu, spec: PlanSpec, pool: ScratchPool): Promise<Plan> {
  for (const buffer of persistentBuffers(spec)) gpu.bufferOf(buffer);
  // Before anything is allocated: what is refused leaves nothing behind.
  checkBindings(gpu, spec.commands);
  const uniforms = uniformBuffer(spec);
  if (uniforms) {
    await gpu.allocate([uniforms]);
    gpu.device.queue.writeBuffer(gpu.bufferOf(uniforms), 0, uniformWords(spec));
  }
  const locate = (tensor: Tensor): GPUBuffer => {
    if (!isScratch(tensor.storage)) return gpu.bufferOf(tensor.storage);
    return gpu.bufferOf(pool.spec(spec.slotOf.get(tensor.storage) ?? -1));
  };
  let uniformOffset = 0;
  const steps = await Promise.all(
    spec.commands.map(async (command): Promise<Step> => {
      const { section } = command;
      if (command.kind === 'clear') {
        const { tensor } = command;
        const bytes = byteLength(tensor);
        return { kind: 'clear', buffer: locate(tensor), offset: tensor.offset, bytes, section };
      }
      if (command.kind === 'copy') {
        const { from, to } = command;
        return {
          kind: 'copy',
          from: locate(from),
          fromOffset: from.offset,
          to: locate(to),
          toOffset: to.offset,
          bytes: byteLength(from),
          section,
        };
      }
      const { call } = command;
      const entries: GPUBindGroupEntry[] = call.bindings.map(({ tensor }, binding) => ({
        binding,
        resource: {
          buffer: locate(tensor),
          offset: tensor.offset,
          size: Math.max(bytesPerElement, byteLength(tensor)),
        },
      }));
      if (call.uniforms && uniforms) {
        const size = alignUp(call.uniforms.length * bytesPerElement, 16);
        const resource = { buffer: gpu.bufferOf(uniforms), offset: uniformOffset, size };
        entries.push({ binding: entries.length, resource });
        uniformOffset += alignUp(call.uniforms.length * bytesPerElement, bindingAlignment);
      }
      const bindGroup = gpu.device.createBindGroup({
        label: call.kernel.name,
        layout: gpu.pipelines.layout(call),
        entries,
      });
      const pipeline = await gpu.pipelines.get(call);
      return { kind: 'dispatch', pipeline, bindGroup, grid: call.grid, section, call };
    }),
  );
  gpu.check();
  return new Plan(spec.label, gpu, steps, uniforms);
}

function checkBindings(gpu: Gpu, commands: readonly Command[]): void {
  const limit = gpu.traits.maxBindingBytes;
  for (const command of commands) {
    if (command.kind !== 'dispatch') continue;
    for (const { tensor } of tensorsOf(command)) {
      const bytes = byteLength(tensor);
      if (bytes > limit) throw tooLarge(tensor.label, bytes, limit);
    }
  }
}

function uniformWords(spec: PlanSpec): ArrayBuffer {
  const words = new ArrayBuffer(spec.uniformBytes);
  const view = new DataView(words);
  let offset = 0;
  for (const command of spec.commands) {
    if (command.kind !== 'dispatch' || !command.call.uniforms) continue;
    command.call.uniforms.forEach((word, index) => writeWord(view, offset + index * 4, word));
    offset += alignUp(command.call.uniforms.length * bytesPerElement, bindingAlignment);
  }
  return words;
}

function writeWord(view: DataView, offset: number, word: UniformWord): void {
  if ('u32' in word) view.setUint32(offset, word.u32, true);
  else view.setFloat32(offset, word.f32, true);
}

/** Runs a plan a single time with scratch of its own, and waits for it. */
export async function runOnce(gpu: Gpu, spec: PlanSpec): Promise<void> {
  const pool = new ScratchPool([spec]);
  await gpu.allocate(pool.specs);
  try {
    const plan = await preparePlan(gpu, spec, pool);
    try {
      plan.submit();
      await gpu.finished();
    } finally {
      plan.release();
    }
  } finally {
    gpu.release(pool.specs);
  }
}
