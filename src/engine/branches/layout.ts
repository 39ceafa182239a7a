/** Where each branch lies in the arena, in groups of linears that share an input. */
import {
  alignUp,
  asMatrix,
  bindingAlignment,
  bytesPerElement,
  elementCount,
  viewTensor,
  type Matrix,
  type Tensor,
} from '../gpu/tensor.ts';
import type { ModelConfig } from '../model/config.ts';
import {
  groupNames,
  projectionModules,
  projectionsOf,
  type GroupName,
  type Projection,
} from '../model/projections.ts';
import { projectionShape } from '../model/weights.ts';

/** A named low-rank branch, as attached to the linears it targets. */
export interface BranchPlan {
  readonly name: string;
  readonly type: 'lora' | 'mixture';
  readonly targets: readonly Projection[];
  /** Rank, of one expert where it is a mixture. */
  readonly rank: number;
  /** The factor that multiplies the branch's product. */
  readonly scale: number;
  readonly trains: boolean;
  /** Dropout on its input while training. */
  readonly dropout: number;
  /** Mixtures only: E, K, and the router's options. */
  readonly experts: number;
  readonly active: number;
  readonly routerBias: boolean;
  readonly renormalise: boolean;
  /** Mixtures only: the experts that every token uses, whatever the router says. */
  readonly forced?: readonly number[];
}

/** A branch's rank columns within its linear's block of the group's wide activation. */
export interface PlainColumns {
  readonly branch: BranchPlan;
  /** First column within the block. */
  readonly first: number;
  readonly rank: number;
}

/**
 * The branches of one linear. Their block of columns in the wide rank-space activation holds the plain
 * branches, then the experts of the mixture, then the router's logits.
 */
export interface LinearBranches {
  readonly projection: Projection;
  readonly plain: readonly PlainColumns[];
  readonly mixture: BranchPlan | null;
  /** Where the block begins in the wide activation. */
  readonly firstColumn: number;
  /** Columns of plain branches. */
  readonly plainColumns: number;
  /** Columns that the B matrix multiplies: plain and experts. */
  readonly rankColumns: number;
  /** All columns, router logits included. */
  readonly blockColumns: number;
  /** [outputs, rankColumns], in the parameter arena. */
  readonly b: ArenaRange;
  /** [E] router bias; null without. Biases of a router unit follow one another; only the first can be bound. */
  readonly routerBias: ArenaRange | null;
  readonly dropout: number;
}

/** The branches of the linears that read one input. */
export interface GroupBranches {
  readonly layer: number;
  readonly name: GroupName;
  readonly inputs: number;
  /** Total columns of the wide activation. */
  readonly columns: number;
  readonly linears: readonly LinearBranches[];
  /** [columns, inputs], in the parameter arena. */
  readonly a: ArenaRange;
  /** Scale of every column (1 for router logits). */
  readonly columnScale: readonly number[];
}

/** A dense range of the parameter arena, in elements; its start can be bound. */
export interface ArenaRange {
  readonly offset: number;
  readonly shape: readonly number[];
}

/** The place of one named parameter: a block of rows and columns of a range of the arena. */
export interface ParameterSlot {
  readonly name: string;
  readonly branch: BranchPlan;
  readonly shape: readonly number[];
  /** Element offset of its first value, and distance between its rows. */
  readonly offset: number;
  readonly stride: number;
  /** d_in of its linear, which scales initial values. */
  readonly inputs: number;
}

/** The places of everything trainable: one arena, of which branches are views. */
export interface BranchLayout {
  readonly branches: readonly BranchPlan[];
  readonly groups: ReadonlyMap<string, GroupBranches>;
  readonly parameters: readonly ParameterSlot[];
  /** Elements of the arena, padding included. */
  readonly elements: number;
  /** Trainable parameters, padding and frozen branches excluded. */
  readonly trainable: number;
}

const rangeAlignment = bindingAlignment / bytesPerElement;

export function groupKey(layer: number, name: GroupName): string {
  return `${layer}.${name}`;
}

/** Lays out the given branches on every layer of a model. */
export function layOutBranches(config: ModelConfig, branches: readonly BranchPlan[]): BranchLayout {
  let elements = 0;
  const reserve = (shape: readonly number[]): ArenaRange => {
    const range = { offset: elements, shape };
    elements = alignUp(elements + elementCount(shape), rangeAlignment);
    return range;
  };
  const groups = new Map<string, GroupBranches>();
  const parameters: ParameterSlot[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    for (const name of groupNames) {
      const group = layOutGroup(config, branches, { layer, name }, reserve);
      if (!group) continue;
      groups.set(groupKey(layer, name), group);
      parameters.push(...groupParameters(group));
    }
  }
  const trainable = parameters.reduce(
    (sum, { branch, shape }) => sum + (branch.trains ? elementCount(shape) : 0),
    0,
  );
  return { branches, groups, parameters, elements: Math.max(elements, rangeAlignment), trainable };
}

function layOutGroup(
  config: ModelConfig,
  branches: readonly BranchPlan[],
  { layer, name }: { readonly layer: number; readonly name: GroupName },
  reserve: (shape: readonly number[]) => ArenaRange,
): GroupBranches | null {
  let columns = 0;
  const columnScale: number[] = [];
  const drafts = projectionsOf[name].flatMap((projection) => {
    const here = branches.filter(({ targets }) => targets.includes(projection));
    if (here.length === 0) return [];
    const firstColumn = columns;
    let column = 0;
    const plain = here.flatMap((branch): PlainColumns[] => {
      if (branch.type === 'mixture') return [];
      const first = column;
      column += branch.rank;
      return [{ branch, first, rank: branch.rank }];
    });
    for (const { branch, rank } of plain) {
      columnScale.push(...Array.from({ length: rank }, () => branch.scale));
    }
    const plainColumns = column;
    const mixture = here.find(({ type }) => type === 'mixture') ?? null;
    if (mixture) {
      const expertColumns = mixture.experts * mixture.rank;
      columnScale.push(...Array.from({ length: expertColumns }, () => mixture.scale));
      columnScale.push(...Array.from({ length: mixture.experts }, () => 1));
      column += expertColumns;
    }
    const rankColumns = column;
    const blockColumns = rankColumns + (mixture?.experts ?? 0);
    columns += blockColumns;
    const dropout = here[0]?.dropout ?? 0;
    return [
      { projection, plain, mixture, firstColumn, plainColumns, rankColumns, blockColumns, dropout },
    ];
  });
  const firstProjection = projectionsOf[name][0];
  if (drafts.length === 0 || !firstProjection) return null;
  const { inputs } = projectionShape(config, firstProjection);
  const a = reserve([columns, inputs]);
  const plain = drafts.map((draft): LinearBranches => {
    const { outputs } = projectionShape(config, draft.projection);
    return {
      ...draft,
      b: reserve([outputs, draft.rankColumns]),
      routerBias: null,
    };
  });
  const linears = withRouterBiases(plain, reserve);
  return { layer, name, inputs, columns, linears, a, columnScale };
}

/** Router biases of neighbouring linears with one mixture are one matrix [linears, E], for one dispatch. */
function withRouterBiases(
  linears: readonly LinearBranches[],
  reserve: (shape: readonly number[]) => ArenaRange,
): LinearBranches[] {
  return routerUnits(linears).flatMap((unit) => {
    const mixture = unit[0]?.mixture;
    if (!mixture?.routerBias) return unit;
    const { experts } = mixture;
    const { offset } = reserve([unit.length, experts]);
    return unit.map((linear, index) => ({
      ...linear,
      routerBias: { offset: offset + index * experts, shape: [experts] },
    }));
  });
}

/** Runs of neighbouring linears that one router dispatch serves: their mixtures have one shape. */
export function routerUnits(linears: readonly LinearBranches[]): LinearBranches[][] {
  const units: LinearBranches[][] = [];
  for (const linear of linears) {
    const unit = units.at(-1);
    const last = unit?.at(-1);
    const alike =
      last?.mixture === linear.mixture &&
      last.plainColumns === linear.plainColumns &&
      last.firstColumn + last.blockColumns === linear.firstColumn;
    if (unit && alike) unit.push(linear);
    else units.push([linear]);
  }
  return units;
}

function groupParameters(group: GroupBranches): ParameterSlot[] {
  return group.linears.flatMap((linear) => {
    const base = `layers.${group.layer}.${projectionModules[linear.projection]}`;
    const outputs = linear.b.shape[0] ?? 0;
    const pair = (name: string, branch: BranchPlan, column: number): ParameterSlot[] => [
      {
        name: `${name}.A`,
        branch,
        shape: [branch.rank, group.inputs],
        offset: group.a.offset + (linear.firstColumn + column) * group.inputs,
        stride: group.inputs,
        inputs: group.inputs,
      },
      {
        name: `${name}.B`,
        branch,
        shape: [outputs, branch.rank],
        offset: linear.b.offset + column,
        stride: linear.rankColumns,
        inputs: group.inputs,
      },
    ];
    const slots = linear.plain.flatMap(({ branch, first }) =>
      pair(`${base}.${branch.name}`, branch, first),
    );
    const { mixture } = linear;
    if (!mixture) return slots;
    for (let expert = 0; expert < mixture.experts; expert += 1) {
      const column = linear.plainColumns + expert * mixture.rank;
      slots.push(...pair(`${base}.${mixture.name}.experts.${expert}`, mixture, column));
    }
    slots.push({
      name: `${base}.${mixture.name}.router.weight`,
      branch: mixture,
      shape: [mixture.experts, group.inputs],
      offset: group.a.offset + (linear.firstColumn + linear.rankColumns) * group.inputs,
      stride: group.inputs,
      inputs: group.inputs,
    });
    if (linear.routerBias) {
      slots.push({
        name: `${base}.${mixture.name}.router.bias`,
        branch: mixture,
        shape: [mixture.experts],
        offset: linear.routerBias.offset,
        stride: mixture.experts,
        inputs: group.inputs,
      });
    }
    return slots;
  });
}

/** A range of an arena (parameters, gradients, moments) as a matrix. */
export function arenaMatrix(arena: Tensor, range: ArenaRange): Matrix {
  return asMatrix(viewTensor(arena, range.offset, range.shape));
}

/** Rows `first … first + rows` of a range. */
export function arenaRows(arena: Tensor, range: ArenaRange, first: number, rows: number): Matrix {
  const whole = arenaMatrix(arena, range);
  return { ...whole, rows, offset: whole.offset + first * whole.stride };
}

/** Columns `first … first + columns` of a range. */
export function arenaColumns(
  arena: Tensor,
  range: ArenaRange,
  first: number,
  columns: number,
): Matrix {
  const whole = arenaMatrix(arena, range);
  return { ...whole, columns, offset: whole.offset + first };
}
