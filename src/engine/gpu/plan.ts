/** Makes recorded plans runnable: replay, and profiles by kernel family. */
import { detailOf, fault } from '../../faults/fault.ts';
import type { Gpu } from './device.ts';
import { uniformBytes, type KernelCall, type UniformWord } from './kernel.ts';
import { costOf } from './pace.ts';
import { byFamily, type FamilyProfile } from './profile.ts';
import { persistentBuffers, tensorsOf, type Command, type PlanSpec } from './recorder.ts';
import { callBytes, encodeSteps, stepBytes, stepFamily, type Step } from './steps.ts';
import { submitSteps } from './submit.ts';
import {
  alignUp,
  bindingAlignment,
  byteLength,
  bytesPerElement,
  isScratch,
  type BufferSpec,
  type Tensor,
} from './tensor.ts';

/** Scratch buffers that several plans use in turn; slot i is as large as the largest i-th slot. */
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
    encodeSteps(encoder, this.steps(sections));
  }

  /** The commands of a replay with so many sections, in order. */
  steps(sections = Number.POSITIVE_INFINITY): readonly Step[] {
    if (sections === Number.POSITIVE_INFINITY) return this.#steps;
    return this.#steps.filter(({ section }) => section <= sections);
  }

  /** Encodes and submits the plan on its own, in as many submissions as the device's pace asks for. */
  submit(sections?: number): void {
    submitSteps(this.#gpu, this.label, this.steps(sections));
  }

  /**
   * Rewrites the uniform words of some dispatches, for the submissions that follow.
   * @param change the words of a dispatch, as many as it has, or null to leave them
   */
  rewriteUniforms(change: (call: KernelCall) => readonly UniformWord[] | null): void {
    if (!this.#uniforms) return;
    const buffer = this.#gpu.bufferOf(this.#uniforms);
    let offset = 0;
    for (const step of this.#steps) {
      if (step.kind !== 'dispatch' || !step.call.uniforms) continue;
      const { length } = step.call.uniforms;
      const words = change(step.call);
      if (words) {
        if (words.length !== length) throw new RangeError(`${length} words have to stay as many`);
        const view = new DataView(new ArrayBuffer(length * bytesPerElement));
        words.forEach((word, index) => writeWord(view, index * bytesPerElement, word));
        this.#gpu.device.queue.writeBuffer(buffer, offset, view.buffer);
      }
      offset += alignUp(length * bytesPerElement, bindingAlignment);
    }
  }

  /** Dispatches and bytes by kernel family, without running anything. */
  count(): FamilyProfile[] {
    return byFamily(
      this.#steps.map((step) => ({
        kernel: step.kind === 'dispatch' ? step.call.kernel.name : step.kind,
        family: stepFamily(step),
        bytes: stepBytes(step),
        milliseconds: 0,
      })),
    );
  }

  /** Frees the buffers of this plan alone; tensors and scratch belong to others. */
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
 * Makes a recorded plan runnable. Every persistent buffer and the pool's must be allocated already; a plan
 * that cannot be made leaves nothing behind.
 * @throws StudioError `tensor-too-large` when a binding exceeds the device's limit; `gpu-out-of-memory`;
 * `kernels-wrong` where the device is tested
 */
export async function preparePlan(gpu: Gpu, spec: PlanSpec, pool: ScratchPool): Promise<Plan> {
  for (const buffer of persistentBuffers(spec)) gpu.bufferOf(buffer);
  checkBindings(gpu, spec.commands);
  if (gpu.vetting) await gpu.warm([spec]);
  const uniforms = uniformBuffer(spec);
  try {
    if (uniforms) {
      await gpu.allocate([uniforms]);
      gpu.device.queue.writeBuffer(gpu.bufferOf(uniforms), 0, uniformWords(spec));
    }
    const steps = await prepareSteps(gpu, spec, pool, uniforms);
    return new Plan(spec.label, gpu, steps, uniforms);
  } catch (error) {
    if (uniforms) gpu.release([uniforms]);
    throw error;
  }
}

/** Several plans side by side, all or none. */
export async function preparePlans<const T extends readonly PlanSpec[]>(
  gpu: Gpu,
  specs: T,
  pool: ScratchPool,
): Promise<{ [K in keyof T]: Plan }> {
  const settled = await Promise.allSettled(specs.map((spec) => preparePlan(gpu, spec, pool)));
  const failed = settled.find((each) => each.status === 'rejected');
  const plans = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (failed) {
    for (const plan of plans) plan.release();
    throw failed.reason;
  }
  // As many as were asked for, in their order.
  return plans as { [K in keyof T]: Plan };
}

/** Bind groups and pipelines of a plan's commands. */
async function prepareSteps(
  gpu: Gpu,
  spec: PlanSpec,
  pool: ScratchPool,
  uniforms: BufferSpec | null,
): Promise<Step[]> {
  const locate = (tensor: Tensor): GPUBuffer => {
    if (!isScratch(tensor.storage)) return gpu.bufferOf(tensor.storage);
    return gpu.bufferOf(pool.spec(spec.slotOf.get(tensor.storage) ?? -1));
  };
  let uniformOffset = 0;
  return Promise.all(
    spec.commands.map(async (command): Promise<Step> => {
      const { section, scope } = command;
      const place = { section, scope, cost: commandCost(command) };
      if (command.kind === 'clear') {
        const { tensor } = command;
        const { label, offset } = tensor;
        const bytes = byteLength(tensor);
        return { kind: 'clear', label, buffer: locate(tensor), offset, bytes, ...place };
      }
      if (command.kind === 'copy') {
        const { from, to } = command;
        return {
          kind: 'copy',
          label: to.label,
          from: locate(from),
          fromOffset: from.offset,
          to: locate(to),
          toOffset: to.offset,
          bytes: byteLength(from),
          ...place,
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
        const size = uniformBytes(call.uniforms);
        const resource = { buffer: gpu.bufferOf(uniforms), offset: uniformOffset, size };
        entries.push({ binding: entries.length, resource });
        uniformOffset += alignUp(call.uniforms.length * bytesPerElement, bindingAlignment);
      }
      const bindGroup = bound(gpu, call, entries);
      const pipeline = await gpu.answer(gpu.pipelines.get(call));
      return { kind: 'dispatch', pipeline, bindGroup, grid: call.grid, call, ...place };
    }),
  );
}

function commandCost(command: Command): number {
  if (command.kind === 'dispatch') {
    const { mostWork, request } = command.call;
    return costOf(mostWork ?? request?.work ?? 0, callBytes(command.call));
  }
  return costOf(
    0,
    tensorsOf(command).reduce((sum, { tensor }) => sum + byteLength(tensor), 0),
  );
}

/** @throws StudioError the device's fault, `gpu-fault`: browsers throw where they have no room for a bind group */
function bound(gpu: Gpu, call: KernelCall, entries: GPUBindGroupEntry[]): GPUBindGroup {
  try {
    const layout = gpu.pipelines.layout(call);
    return gpu.device.createBindGroup({ label: call.kernel.name, layout, entries });
  } catch (error) {
    gpu.check();
    throw fault('gpu-fault', { detail: detailOf(error) });
  }
}

function checkBindings(gpu: Gpu, commands: readonly Command[]): void {
  const limit = gpu.traits.maxBindingBytes;
  for (const command of commands) {
    if (command.kind !== 'dispatch') continue;
    for (const { tensor } of tensorsOf(command)) {
      const bytes = byteLength(tensor);
      if (bytes > limit) throw fault('tensor-too-large', { label: tensor.label, bytes, limit });
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

/** Runs a plan once with separate scratch, and waits for it. */
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
