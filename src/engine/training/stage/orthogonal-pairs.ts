/** The linears that carry both branches of the orthogonal loss, as tables for its kernels. */
import type { GroupBranches, BranchLayout, PlainColumns } from '../../branches/layout.ts';
import { bytesPerElement, elementCount, persistentTensor, type Tensor } from '../../gpu/tensor.ts';
import type { PairWindow } from '../../kernels/loss/orthogonal.ts';
import { none } from '../../model/packing.ts';

/** The linears that carry both branches of the orthogonal loss, as tables for its kernels. */
export interface OrthogonalPairs {
  readonly pairs: number;
  readonly maxRank: number;
  readonly maxInput: number;
  /** u32 [P, 5]: offset of A_k, offset of A_d, their ranks, input features. */
  readonly table: Tensor;
  readonly tableValues: Uint32Array<ArrayBuffer>;
  /** u32 [P, 2]: where the gradients of A_k and A_d lie; `none` for a frozen branch. */
  readonly gradientTable: Tensor;
  readonly gradientValues: Uint32Array<ArrayBuffer>;
  /** Σ|A_k A_dᵀ| of each linear. */
  readonly partial: Tensor;
  /** Parts of the arena that a device's bindings can hold, with the pairs that lie in each. */
  readonly windows: readonly PairWindow[];
  /** Layer and projection of each pair, in the table's order. */
  readonly names: readonly string[];
}

export function orthogonalPairs(
  layout: BranchLayout,
  [knowledge, alignment]: readonly [string, string],
  maxBindingBytes: number,
): OrthogonalPairs {
  const table: number[] = [];
  const gradients: number[] = [];
  const names: string[] = [];
  const ranges: ArenaSpan[] = [];
  let maxRank = 1;
  let maxInput = 1;
  for (const group of layout.groups.values()) {
    for (const linear of group.linears) {
      const first = linear.plain.find(({ branch }) => branch.name === knowledge);
      const second = linear.plain.find(({ branch }) => branch.name === alignment);
      if (!first || !second) continue;
      const offsets = [first, second].map((columns) =>
        rowOffset(group, linear.firstColumn, columns),
      );
      table.push(...offsets, first.rank, second.rank, group.inputs);
      [first, second].forEach(({ branch }, side) => {
        gradients.push(branch.trains ? (offsets[side] ?? none) : none);
      });
      ranges.push({ begin: group.a.offset, end: group.a.offset + elementCount(group.a.shape) });
      names.push(`${group.layer}.${linear.projection}`);
      maxRank = Math.max(maxRank, first.rank, second.rank);
      maxInput = Math.max(maxInput, group.inputs);
    }
  }
  const pairs = names.length;
  const rows = Math.max(1, pairs);
  return {
    pairs,
    maxRank,
    maxInput,
    table: persistentTensor('orthogonal pairs', 'branches', [rows, 5], 'u32'),
    tableValues: Uint32Array.from(table),
    gradientTable: persistentTensor('orthogonal gradients', 'branches', [rows, 2], 'u32'),
    gradientValues: Uint32Array.from(gradients),
    partial: persistentTensor('orthogonal loss by linear', 'results', [rows]),
    windows: pairWindows(ranges, maxBindingBytes),
    names,
  };
}

/** Elements [begin, end) of the arena: the A matrices of a pair's group. */
interface ArenaSpan {
  readonly begin: number;
  readonly end: number;
}

/** Gathers neighbouring pairs as long as their groups fit one binding together. */
function pairWindows(spans: readonly ArenaSpan[], maxBindingBytes: number): PairWindow[] {
  const windows: PairWindow[] = [];
  spans.forEach(({ begin, end }, pair) => {
    const last = windows.at(-1);
    const extended = last && (end - last.base) * bytesPerElement <= maxBindingBytes;
    if (last && extended) {
      const elements = Math.max(last.elements, end - last.base);
      windows[windows.length - 1] = { ...last, pairs: last.pairs + 1, elements };
    } else {
      windows.push({ firstPair: pair, pairs: 1, base: begin, elements: end - begin });
    }
  });
  return windows;
}

/** Element offset of a branch's A in the arena: its rows of the group's matrix. */
function rowOffset(group: GroupBranches, firstColumn: number, columns: PlainColumns): number {
  return group.a.offset + (firstColumn + columns.first) * group.inputs;
}
