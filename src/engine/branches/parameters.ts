/** Branch parameters by name, in and out of the arena; initial values. */
import { fault } from '../../faults/fault.ts';
import { elementCount } from '../gpu/tensor.ts';
import type { BranchLayout, ParameterSlot } from './layout.ts';
import { randomWord } from '../kernels/random-words.ts';

/** Branch parameters by name, as golden cases, checkpoints and exports hold them. */
export type NamedParameters = Map<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
>;

function rowsOf({ shape }: ParameterSlot): { rows: number; columns: number } {
  return shape.length === 1
    ? { rows: 1, columns: shape[0] ?? 0 }
    : { rows: shape[0] ?? 0, columns: shape[1] ?? 0 };
}

/** Takes the named parameters out of an arena's values. */
export function unpackParameters(
  layout: BranchLayout,
  arena: Float32Array,
  keep: (slot: ParameterSlot) => boolean = () => true,
): NamedParameters {
  const named: NamedParameters = new Map();
  for (const slot of layout.parameters) {
    if (!keep(slot)) continue;
    const { rows, columns } = rowsOf(slot);
    const data = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row += 1) {
      const start = slot.offset + row * slot.stride;
      data.set(arena.subarray(start, start + columns), row * columns);
    }
    named.set(slot.name, { shape: slot.shape, data });
  }
  return named;
}

/**
 * Puts named parameters in their places in a layout; the rest of the arena keeps `base` (zero by default).
 * @throws StudioError `branch-missing`, `branch-shape`
 */
export function packParameters(
  layout: BranchLayout,
  named: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Float32Array<ArrayBuffer> {
  const arena = new Float32Array(layout.elements);
  for (const slot of layout.parameters) {
    const source = named.get(slot.name);
    if (!source) {
      throw fault('branch-missing', { parameter: slot.name }, { kept: 'base-and-runs' });
    }
    if (elementCount(source.shape) !== elementCount(slot.shape)) {
      throw fault(
        'branch-shape',
        { parameter: slot.name, shape: source.shape.join(', ') },
        { kept: 'base-and-runs' },
      );
    }
    const { rows, columns } = rowsOf(slot);
    for (let row = 0; row < rows; row += 1) {
      const values = source.data.subarray(row * columns, (row + 1) * columns);
      arena.set(values, slot.offset + row * slot.stride);
    }
  }
  return arena;
}

/** 32-bit FNV-1a hash: a stream of random numbers for each parameter's name. */
function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/**
 * Initial values: A and the router uniform in ±1/√d_in (Kaiming-uniform with a = √5) or, where asked,
 * A normal with that deviation; B zero. A parameter's values depend only on the seed and its name.
 */
export function initialParameters(
  layout: BranchLayout,
  seed: number,
  initialisation: 'uniform' | 'gaussian',
): NamedParameters {
  const named: NamedParameters = new Map();
  for (const slot of layout.parameters) {
    const data = new Float32Array(elementCount(slot.shape));
    if (!slot.name.endsWith('.B')) {
      const bound = 1 / Math.sqrt(slot.inputs);
      const stream = nameHash(slot.name);
      const gaussian = initialisation === 'gaussian' && slot.name.endsWith('.A');
      for (let i = 0; i < data.length; i += 1) {
        const first = (randomWord(seed, 0, stream, 2 * i) + 0.5) / 2 ** 32;
        if (gaussian) {
          const second = (randomWord(seed, 0, stream, 2 * i + 1) + 0.5) / 2 ** 32;
          data[i] = bound * Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
        } else data[i] = bound * (2 * first - 1);
      }
    }
    named.set(slot.name, { shape: slot.shape, data });
  }
  return named;
}
