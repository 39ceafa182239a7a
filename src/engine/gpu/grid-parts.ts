/** Cuts what would keep a device longer than a submission may into several dispatches that compute the same workgroups. */
import {
  foldGrid,
  type Binding,
  type DeviceTraits,
  type KernelCall,
  type UniformWord,
} from './kernel.ts';
import { byteCost } from './pace.ts';
import type { PlanRecorder } from './recorder.ts';
import { byteLength } from './tensor.ts';

/**
 * Into how many dispatches a computation has to be cut. Devices compute while they move bytes: the longer of the two
 * counts.
 * @param work multiplications
 */
export function partsOf(traits: DeviceTraits, work: number, bindings: readonly Binding[]): number {
  const { dispatchWork } = traits;
  if (dispatchWork === undefined) return 1;
  const bytes = bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0);
  return Math.max(1, Math.ceil(Math.max(work, byteCost * bytes) / dispatchWork));
}

/** Bytes that one of `tensors` arrays bound together may have where a kernel moves each of their elements once. */
export function mostWindowBytes(traits: DeviceTraits, tensors: number): number {
  const { maxBindingBytes, dispatchWork = Number.POSITIVE_INFINITY } = traits;
  return Math.min(maxBindingBytes, dispatchWork / (byteCost * tensors));
}

/** `rectangles` of a grid over columns and rows, `runs` of a folded row of workgroups; null: stays whole. */
export type GridCuts = 'rectangles' | 'runs' | null;

/** A rectangle of a grid of workgroups. */
interface GridPart {
  /** Workgroups before it. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/** The largest place that the shaders' `first_group` can name in either direction. */
const mostGroups = 2 ** 16;

/**
 * At least `parts` rectangles of about equal size, in the order of rows, where the grid has so many workgroups: whole
 * rows first, because workgroups of a row share the left factor; parts of a row where there are too few rows.
 */
export function gridParts(width: number, height: number, parts: number): GridPart[] {
  const whole = { x: 0, y: 0, columns: width, rows: height };
  if (!(parts > 1) || width > mostGroups || height > mostGroups) return [whole];
  const rows = Math.max(1, Math.floor(height / parts));
  const across = rows > 1 ? 1 : Math.min(width, Math.ceil(parts / height));
  const columns = Math.ceil(width / across);
  const found: GridPart[] = [];
  for (let y = 0; y < height; y += rows) {
    for (let x = 0; x < width; x += columns) {
      found.push({
        ...{ x, y },
        columns: Math.min(columns, width - x),
        rows: Math.min(rows, height - y),
      });
    }
  }
  return found;
}

/** Neighbours in a row of workgroups. */
interface GridRun {
  /** Workgroups before it. */
  readonly first: number;
  readonly grid: readonly [number, number, number];
  /** Its share of all workgroups. */
  readonly share: number;
}

/**
 * At least `parts` runs of about equal length, where there are so many workgroups. Only a single run is folded: a
 * folded grid may be longer than asked for, and a part must not reach into the next, which may add to its results.
 */
export function gridRuns(groups: number, parts: number, limit: number): GridRun[] {
  if (!(parts > 1)) return [{ first: 0, grid: foldGrid(groups, limit), share: 1 }];
  const length = Math.min(limit, Math.max(1, Math.floor(groups / parts)));
  const found: GridRun[] = [];
  for (let first = 0; first < groups; first += length) {
    const own = Math.min(length, groups - first);
    found.push({ first, grid: [own, 1, 1], share: own / groups });
  }
  return found;
}

/** A computation whose workgroups stand in one row. */
interface RowOfGroups extends Omit<KernelCall, 'grid' | 'uniforms' | 'share'> {
  readonly groups: number;
  /** The uniform words of a dispatch whose first workgroup is this one of all. */
  readonly uniforms: (firstGroup: number) => readonly UniformWord[];
}

/** Records a computation as one dispatch, or as several where that takes too long. */
export function dispatchRuns(
  recorder: PlanRecorder,
  { groups, uniforms, ...call }: RowOfGroups,
): void {
  const { traits } = recorder;
  const { mostWork, request } = call;
  const parts = partsOf(traits, mostWork ?? request?.work ?? 0, call.bindings);
  for (const { first, grid, share } of gridRuns(groups, parts, traits.maxWorkgroupsPerDimension)) {
    recorder.dispatch({
      ...call,
      grid,
      uniforms: uniforms(first),
      ...(share < 1 ? { share } : {}),
      ...(mostWork === undefined ? {} : { mostWork: mostWork * share }),
      ...(request ? { request: { ...request, work: request.work * share } } : {}),
    });
  }
}
