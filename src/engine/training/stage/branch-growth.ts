/**
 * How the branches of a stage grow: for each linear, the norms of A and B and the overlap |A A'ᵀ| of its
 * branches.
 */
import type { NamedParameters } from '../../branches/parameters.ts';
import { projectionModules, projections, type Projection } from '../../model/projections.ts';

/** Frobenius norms of a branch at one linear; for a mixture over all experts together, and of each. */
export interface BranchNorms {
  readonly branch: string;
  readonly a: number;
  readonly b: number;
  readonly experts: readonly { readonly a: number; readonly b: number }[];
}

/** How far two branches read the same directions of their input: measured over the entries of A_k A_dᵀ. */
export interface BranchOverlap {
  readonly between: readonly [string, string];
  /** Mean of |a_i · d_j| over all rows i of one A and j of the other; eq. 10 sums these. */
  readonly meanAbs: number;
  /** The same for rows scaled to length 1: mean |cos(a_i, d_j)|, 0 for rows that are zero. */
  readonly cosine: number;
}

export interface LinearGrowth {
  readonly layer: number;
  readonly projection: Projection;
  readonly norms: readonly BranchNorms[];
  readonly overlaps: readonly BranchOverlap[];
}

/** All linears with branches after `step` optimiser steps of a stage. */
export interface GrowthPoint {
  readonly stage: number;
  readonly step: number;
  readonly linears: readonly LinearGrowth[];
}

interface Pieces {
  /** [rank, d_in] of every expert, or of the branch alone. */
  readonly a: { readonly data: Float32Array; readonly inputs: number }[];
  readonly b: Float32Array[];
  mixture: boolean;
}

interface Linear {
  readonly layer: number;
  readonly projection: Projection;
  readonly branches: Map<string, Pieces>;
}

const modules = new Map(projections.map((name) => [projectionModules[name], name]));
const parameterName = /^layers\.(\d+)\.(\w+\.\w+)\.([a-z][a-z0-9_]*)(?:\.experts\.(\d+))?\.([AB])$/;

/** Measures named parameters, as stage ends store them; routers are left out. */
export function branchGrowth(named: NamedParameters): LinearGrowth[] {
  const linears = new Map<string, Linear>();
  for (const [name, { shape, data }] of named) {
    const [, number = '', module = '', branch = '', expert, side] = parameterName.exec(name) ?? [];
    const projection = modules.get(module);
    if (!projection) continue;
    const key = `${number}.${module}`;
    const linear: Linear = linears.get(key) ?? {
      layer: Number(number),
      projection,
      branches: new Map(),
    };
    linears.set(key, linear);
    const pieces: Pieces = linear.branches.get(branch) ?? { a: [], b: [], mixture: false };
    linear.branches.set(branch, pieces);
    const index = Number(expert ?? 0);
    if (expert !== undefined) pieces.mixture = true;
    if (side === 'A') pieces.a[index] = { data, inputs: shape[1] ?? 1 };
    else pieces.b[index] = data;
  }
  return [...linears.values()].map(({ layer, projection, branches }) => {
    const all = [...branches];
    const norms = all.map(([branch, { a, b, mixture }]) => {
      const experts = a.map(({ data }, index) => ({
        a: Math.sqrt(squares(data)),
        b: Math.sqrt(squares(b[index] ?? new Float32Array())),
      }));
      const whole = (of: 'a' | 'b'): number => Math.hypot(...experts.map((one) => one[of]));
      return { branch, a: whole('a'), b: whole('b'), experts: mixture ? experts : [] };
    });
    const overlaps = all.flatMap(([first, one], index) =>
      all
        .slice(index + 1)
        .map(([second, other]) => ({ between: [first, second] as const, ...overlap(one, other) })),
    );
    return { layer, projection, norms, overlaps };
  });
}

function squares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** Rows of a branch's A, one below the other, with their lengths. */
function rowsOf({ a }: Pieces): { row: Float32Array; length: number }[] {
  return a.flatMap(({ data, inputs }) =>
    Array.from({ length: data.length / inputs }, (_, r) => {
      const row = data.subarray(r * inputs, (r + 1) * inputs);
      return { row, length: Math.sqrt(squares(row)) };
    }),
  );
}

function overlap(one: Pieces, other: Pieces): { meanAbs: number; cosine: number } {
  const first = rowsOf(one);
  const second = rowsOf(other);
  let products = 0;
  let cosines = 0;
  for (const a of first) {
    for (const d of second) {
      const size = Math.abs(product(a.row, d.row));
      products += size;
      const lengths = a.length * d.length;
      if (lengths > 0) cosines += size / lengths;
    }
  }
  const count = Math.max(1, first.length * second.length);
  return { meanAbs: products / count, cosine: cosines / count };
}

function product(a: Float32Array, d: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (d[i] ?? 0);
  return sum;
}
