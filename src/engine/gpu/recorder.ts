/** Records dispatches before any memory exists; lifetimes become slots. */
import type { Access, DeviceTraits, KernelCall } from './kernel.ts';
import {
  alignUp,
  bindingAlignment,
  byteLength,
  bytesPerElement,
  elementCount,
  isScratch,
  placesTogether,
  viewTensor,
  type BufferSpec,
  type ElementType,
  type ScratchSpec,
  type Tensor,
} from './tensor.ts';

interface CommandPlace {
  /** Lets a replay leave out optional tails (see Plan.encode). */
  readonly section: number;
  /** Part of the model, for reports. */
  readonly scope: string;
}

/** The commands of a plan, in order. */
export type Command = CommandPlace &
  (
    | { readonly kind: 'dispatch'; readonly call: KernelCall }
    | { readonly kind: 'clear'; readonly tensor: Tensor }
    | { readonly kind: 'copy'; readonly from: Tensor; readonly to: Tensor }
  );

/** A recorded plan before any GPU memory exists. */
export interface PlanSpec {
  readonly label: string;
  readonly commands: readonly Command[];
  /** Sizes in bytes of the scratch buffers, largest first, and which of them each scratch uses. */
  readonly slotBytes: readonly number[];
  readonly slotOf: ReadonlyMap<ScratchSpec, number>;
  /** Bytes of the uniform block arena. */
  readonly uniformBytes: number;
}

/** Section 0 always runs. */
const always = 0;

/**
 * Collects the dispatches of one plan. Nothing is allocated: scratch tensors get their buffers when the
 * recording ends, from the first and last command that uses them.
 */
export class PlanRecorder {
  readonly traits: DeviceTraits;
  readonly #label: string;
  readonly #commands: Command[] = [];
  #section = always;
  #scope = '';

  constructor(label: string, traits: DeviceTraits) {
    this.#label = label;
    this.traits = traits;
  }

  /** A tensor whose content matters only within this plan. */
  scratch(label: string, shape: readonly number[], type: ElementType = 'f32'): Tensor {
    const bytes = Math.max(bytesPerElement, elementCount(shape) * bytesPerElement);
    return { label, storage: { scratch: true, label, bytes }, offset: 0, shape, type };
  }

  /** Scratch tensors in one buffer and with one lifetime: a kernel can take them all in one binding. */
  scratchTogether(label: string, shapes: readonly (readonly number[])[]): Tensor[] {
    const { offsets, elements } = placesTogether(shapes);
    const all = this.scratch(label, [elements]);
    return shapes.map((shape, index) => viewTensor(all, offsets[index] ?? 0, shape));
  }

  dispatch(call: KernelCall): void {
    for (const { tensor } of call.bindings) {
      if (tensor.offset % bindingAlignment !== 0) {
        throw new RangeError(`${call.kernel.name}: ${tensor.label} is not aligned for binding`);
      }
    }
    const limit = this.traits.maxWorkgroupsPerDimension;
    if (call.grid.some((count) => !Number.isInteger(count) || count < 1 || count > limit)) {
      throw new RangeError(`${call.kernel.name}: grid ${call.grid.join('×')} is out of range`);
    }
    this.#commands.push({ kind: 'dispatch', call, ...this.#place });
  }

  /** Fills a tensor with zero bits. */
  clear(tensor: Tensor): void {
    this.#commands.push({ kind: 'clear', tensor, ...this.#place });
  }

  /** Copies one tensor onto another of the same size, in a different buffer. */
  copy(from: Tensor, to: Tensor): void {
    if (byteLength(from) !== byteLength(to)) {
      throw new RangeError(`Copy of ${from.label} onto ${to.label}: sizes differ`);
    }
    this.#commands.push({ kind: 'copy', from, to, ...this.#place });
  }

  /**
   * Commands recorded inside run only in replays that ask for at least `index` sections
   * (index from 1): a step whose batch fills three loss chunks leaves the fourth out.
   */
  section(index: number, record: () => void): void {
    const outer = this.#section;
    this.#section = index;
    record();
    this.#section = outer;
  }

  /** Reports count the commands recorded inside under this part of the model. */
  scope<T>(label: string, record: () => T): T {
    const outer = this.#scope;
    this.#scope = label;
    const result = record();
    this.#scope = outer;
    return result;
  }

  get #place(): CommandPlace {
    return { section: this.#section, scope: this.#scope };
  }

  finish(): PlanSpec {
    const { slotBytes, slotOf } = assignSlots(this.#commands);
    const uniformBytes = this.#commands.reduce(
      (sum, command) =>
        command.kind === 'dispatch' && command.call.uniforms
          ? sum + alignUp(command.call.uniforms.length * bytesPerElement, bindingAlignment)
          : sum,
      0,
    );
    return { label: this.#label, commands: this.#commands, slotBytes, slotOf, uniformBytes };
  }
}

export function tensorsOf(command: Command): readonly { tensor: Tensor; access: Access }[] {
  switch (command.kind) {
    case 'dispatch':
      return command.call.bindings;
    case 'clear':
      return [{ tensor: command.tensor, access: 'write' }];
    case 'copy':
      return [
        { tensor: command.from, access: 'read' },
        { tensor: command.to, access: 'write' },
      ];
  }
}

/** Every buffer with its own lifetime that a plan touches. */
export function persistentBuffers(plan: PlanSpec): Set<BufferSpec> {
  const found = new Set<BufferSpec>();
  for (const command of plan.commands) {
    for (const { tensor } of tensorsOf(command)) {
      if (!isScratch(tensor.storage)) found.add(tensor.storage);
    }
  }
  return found;
}

/**
 * Interval packing: puts scratches, largest first, each into the first slot in which no lifetime overlaps
 * its own. Two scratches used by one command never share a slot, so a dispatch never reads and writes
 * one buffer through two bindings.
 */
function assignSlots(commands: readonly Command[]): {
  slotBytes: number[];
  slotOf: Map<ScratchSpec, number>;
} {
  const lives = new Map<ScratchSpec, { first: number; last: number }>();
  commands.forEach((command, index) => {
    for (const { tensor } of tensorsOf(command)) {
      if (!isScratch(tensor.storage)) continue;
      const life = lives.get(tensor.storage);
      if (life) life.last = index;
      else lives.set(tensor.storage, { first: index, last: index });
    }
  });
  const slots: { bytes: number; tenants: { first: number; last: number }[] }[] = [];
  const slotOf = new Map<ScratchSpec, number>();
  const bySize = [...lives].sort(([a, x], [b, y]) => b.bytes - a.bytes || x.first - y.first);
  for (const [spec, life] of bySize) {
    const free = (tenant: { first: number; last: number }): boolean =>
      tenant.last < life.first || tenant.first > life.last;
    let slot = slots.findIndex((candidate) => candidate.tenants.every(free));
    if (slot < 0) slot = slots.push({ bytes: spec.bytes, tenants: [] }) - 1;
    slots[slot]?.tenants.push(life);
    slotOf.set(spec, slot);
  }
  return { slotBytes: slots.map((slot) => slot.bytes), slotOf };
}
