/** What a run's figures allow to be said: which losses fell, what was forgotten, and whether it was measured well enough. */
import type { DataKind } from '../../contract/data.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { RecordLoss, RunSummary, ValidationPoint } from '../../contract/runs.ts';
import type { CurveBook } from './curves.ts';

export { endlessAnswers } from '../../engine/training/run/endless-answers.ts';

/** Validation records below which a change is not judged: the spread of so few says too little. */
export const fewestRecords = 8;

/** `unclear`: the interval holds zero. `few`: too few records for an interval. */
export type Direction = 'fell' | 'rose' | 'unclear' | 'few';

/** How the loss of the same records changed from one state of the model to another. */
export interface LossChange {
  /** Mean −log p per target token, before and after. */
  readonly from: number;
  readonly to: number;
  /** Null in runs that kept no losses by record. */
  readonly records: number | null;
  /** Of the change, 95 %, paired by record; null where records are too few or not kept. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly direction: Direction;
}

/** What happened between two measured states: a stage trained, its branches were dropped or merged, or everything. */
export type Part =
  | { readonly kind: 'stage'; readonly stage: number }
  | { readonly kind: 'drop'; readonly stage: number; readonly branches: readonly string[] }
  | { readonly kind: 'whole' };

export interface MeasuredPart {
  readonly part: Part;
  readonly from: string;
  readonly to: string;
}

/** One line of the verdict's table: a data set, or with `dataSet` null all records of a kind. */
export interface VerdictLine {
  readonly kind: DataKind;
  readonly dataSet: number | null;
  /** One for each part, in their order; null where the line was not measured. */
  readonly changes: readonly (LossChange | null)[];
}

/** The orthogonal loss of a stage at its first and its last steps. */
export interface Separation {
  readonly stage: number;
  readonly between: readonly [string, string];
  readonly first: number;
  readonly last: number;
}

export interface Verdict {
  /** Whether any validation loss was measured. */
  readonly measured: boolean;
  readonly parts: readonly MeasuredPart[];
  readonly lines: readonly VerdictLine[];
  readonly separations: readonly Separation[];
}

const kinds: readonly DataKind[] = ['knowledge', 'alignment'];

/** Reads the verdict of a run from its validation and its curves. */
export function verdictOf({ recipe }: Pick<RunSummary, 'recipe'>, book: CurveBook): Verdict {
  const { validation } = book;
  const parts = measuredParts(recipe, validation);
  return {
    measured: validation.length > 0,
    parts,
    lines: linesOf(parts, validation),
    separations: separationsOf(recipe, book),
  };
}

/** The parts of a run whose both ends were measured: each stage, each drop, and from the first state to the last. */
function measuredParts(
  { stages }: Recipe,
  validation: readonly ValidationPoint[],
): readonly MeasuredPart[] {
  const measured = new Set(validation.map(({ snapshot }) => snapshot));
  const parts: MeasuredPart[] = [];
  if (!measured.has('base')) return parts;
  let before = 'base';
  stages.forEach(({ after }, stage) => {
    const end = `stage${stage + 1}.end`;
    if (!measured.has(end)) return;
    parts.push({ part: { kind: 'stage', stage }, from: before, to: end });
    const left = ['merged', `stage${stage + 1}.after`].find(
      (id) => measured.has(id) && (id !== 'merged' || stage === stages.length - 1),
    );
    before = left ?? end;
    const branches = after.flatMap((act) => (act.action === 'drop' ? [act.branch] : []));
    if (left === undefined || branches.length === 0) return;
    parts.push({ part: { kind: 'drop', stage, branches }, from: end, to: left });
  });
  if (parts.length > 0) parts.push({ part: { kind: 'whole' }, from: 'base', to: before });
  return parts;
}

function linesOf(
  parts: readonly MeasuredPart[],
  validation: readonly ValidationPoint[],
): VerdictLine[] {
  const points = new Map(validation.map((point) => [point.snapshot, point]));
  return kinds.flatMap((kind) => {
    const records = points.get('base')?.records?.filter((one) => one.kind === kind) ?? [];
    const sets = [...new Set(records.map(({ dataSet }) => dataSet))].sort((a, b) => a - b);
    // A kind of one set is that set.
    const dataSets = sets.length > 1 ? [null, ...sets] : [sets[0] ?? null];
    return dataSets.flatMap((dataSet) => {
      const changes = parts.map(({ from, to }) =>
        changeOf(points.get(from), points.get(to), { kind, dataSet }),
      );
      return changes.some((change) => change !== null) ? [{ kind, dataSet, changes }] : [];
    });
  });
}

/** The change between two states; null where either was not measured on such records. */
function changeOf(
  from: ValidationPoint | undefined,
  to: ValidationPoint | undefined,
  { kind, dataSet }: Pick<VerdictLine, 'kind' | 'dataSet'>,
): LossChange | null {
  if (!from || !to) return null;
  const own = (point: ValidationPoint) =>
    (point.records ?? []).filter(
      (one) => one.kind === kind && (dataSet === null || one.dataSet === dataSet),
    );
  const before = own(from);
  const after = own(to);
  if (before.length > 0 && before.length === after.length) return pairedChange(before, after);
  const [one, other] = [from[kind], to[kind]];
  if (dataSet !== null || one === null || other === null) return null;
  return { from: one, to: other, records: null, interval: null, direction: 'few' };
}

/**
 * The change of a mean over tokens, with its interval over records: the ratio estimator Σd / Σt and its
 * linearised standard error (Cochran, Sampling Techniques, 6.4), by Student's t.
 * @param before losses of the same records as `after`, in the same order
 */
export function pairedChange(
  before: readonly RecordLoss[],
  after: readonly RecordLoss[],
): LossChange {
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const targets = sum(before.map((one) => one.targets));
  const mean = (records: readonly RecordLoss[]): number => sum(records.map((r) => r.nll)) / targets;
  const [from, to, records] = [mean(before), mean(after), before.length];
  if (records < fewestRecords) return { from, to, records, interval: null, direction: 'few' };
  const change = to - from;
  const squares = before.map(
    (one, i) => ((after[i]?.nll ?? Number.NaN) - one.nll - change * one.targets) ** 2,
  );
  const error = Math.sqrt((records / (records - 1)) * sum(squares)) / targets;
  const reach = studentQuantile(records - 1) * error;
  const interval = { low: change - reach, high: change + reach };
  const direction = interval.high < 0 ? 'fell' : interval.low > 0 ? 'rose' : 'unclear';
  return { from, to, records, interval, direction };
}

/**
 * The 97.5 % quantile of Student's t, by its expansion around the normal one (Abramowitz and Stegun 26.7.5);
 * exact to 0.1 % from 7 degrees of freedom on.
 */
function studentQuantile(freedom: number): number {
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** Steps over which the orthogonal loss is averaged at both ends of a stage. */
const averaged = 3;

function separationsOf({ stages }: Recipe, book: CurveBook): Separation[] {
  const orthogonal = book.curve('orthogonal');
  return book.spans().flatMap(({ stage, start, end }) => {
    const between = stages[stage]?.orthogonal?.between;
    const own = orthogonal.subarray(start, end).filter(Number.isFinite);
    if (!between || own.length < 2 * averaged) return [];
    const mean = (values: Float64Array): number =>
      values.reduce((total, value) => total + value, 0) / values.length;
    const [first, last] = [mean(own.subarray(0, averaged)), mean(own.subarray(-averaged))];
    return [{ stage, between, first, last }];
  });
}

/** The change of a kind of records over one part; null where it was not measured. */
export function changeOver(
  { parts, lines }: Verdict,
  kind: DataKind,
  part: (part: Part) => boolean,
): LossChange | null {
  const index = parts.findIndex((one) => part(one.part));
  const [line] = lines.filter((one) => one.kind === kind);
  return line?.changes[index] ?? null;
}

/** The change of each kind over the whole run, where it was measured. */
export function wholeChanges(
  verdict: Verdict,
): readonly { readonly kind: DataKind; readonly change: LossChange }[] {
  return kinds.flatMap((kind) => {
    const change = changeOver(verdict, kind, (part) => part.kind === 'whole');
    return change ? [{ kind, change }] : [];
  });
}

/**
 * Share of what a stage gained on a kind that stays after its branches are dropped: 1 keeps everything, 0 is as
 * before the stage, below 0 is worse. Null where the stage gained nothing that can be told from chance.
 */
export function keptShare(verdict: Verdict, kind: DataKind, stage: number): number | null {
  const gained = changeOver(verdict, kind, (part) => part.kind === 'stage' && part.stage === stage);
  const dropped = changeOver(verdict, kind, (part) => part.kind === 'drop' && part.stage === stage);
  if (!gained || !dropped || gained.direction !== 'fell') return null;
  return (gained.from - dropped.to) / (gained.from - gained.to);
}

/**
 * Whether the validation carries a verdict: `none` was measured, the run ended before two states were (`alone`), losses
 * by record are `unknown`, `few` records, or enough.
 */
export type Sufficiency = 'none' | 'alone' | 'unknown' | 'few' | 'some' | 'enough';

/** `some`: enough for part of the lines only. */
export function sufficiency({ measured, lines }: Verdict): Sufficiency {
  const whole = lines.flatMap(({ changes }) => changes.at(-1) ?? []);
  if (whole.length === 0) return measured ? 'alone' : 'none';
  if (whole.some(({ records }) => records === null)) return 'unknown';
  const enough = whole.filter(({ direction }) => direction !== 'few').length;
  return enough === 0 ? 'few' : enough < whole.length ? 'some' : 'enough';
}
