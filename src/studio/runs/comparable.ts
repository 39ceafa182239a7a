/** Whether the validation losses of runs may stand on one axis: the same base, the same records, cut off alike. */
import type { RunSummary } from '../../contract/runs.ts';

/** What makes the losses of two runs different quantities. */
export type Unlike = 'base' | 'records' | 'length' | 'targets';

type Compared = Pick<RunSummary, 'modelId' | 'dataSetIds' | 'recipe'>;

/** Why the validation losses of two runs cannot be compared; empty where they can. */
export function unlike(one: Compared, other: Compared): Unlike[] {
  const differ = (of: (run: Compared) => unknown): boolean =>
    JSON.stringify(of(one)) !== JSON.stringify(of(other));
  const reasons: readonly (readonly [Unlike, boolean])[] = [
    ['base', differ(({ modelId }) => modelId)],
    [
      'records',
      // Sets, seed and share say which records are kept for validation.
      differ(({ dataSetIds, recipe: { seed, validation } }) => [
        [...dataSetIds].sort(),
        ...[seed, validation.fraction, validation.maxRecords, validation.minRecords ?? 0],
      ]),
    ],
    ['length', differ(({ recipe }) => recipe.batch.maxLength)],
    ['targets', differ(({ recipe: { labels, reasoning } }) => [labels, reasoning ?? null])],
  ];
  return reasons.flatMap(([reason, holds]) => (holds ? [reason] : []));
}

/** Runs whose validation losses can be compared, together; each group in the order of the runs. */
export function alikeGroups<Run extends Compared>(runs: readonly Run[]): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const group = groups.find(([first]) => first && unlike(first, run).length === 0);
    if (group) group.push(run);
    else groups.push([run]);
  }
  return groups;
}

/** Every reason for which some run is unlike the first. */
export function unlikeReasons(runs: readonly Compared[]): Unlike[] {
  const [first, ...others] = runs;
  return first ? [...new Set(others.flatMap((other) => unlike(first, other)))] : [];
}

/** Which losses of a run can be compared with those of others: those with the same mark; empty where all can. */
export interface LossMarks {
  /** Of validation losses by kind of record: a letter. */
  readonly validation: string;
  /** Of losses that depend on what the last stage trains on: the letter, and a number where that differs. */
  readonly lastStage: string;
}

/** Marks each run, in the order in which their groups come. */
export function lossMarks(
  runs: readonly (Compared & Pick<RunSummary, 'id'>)[],
): ReadonlyMap<string, LossMarks> {
  const groups = alikeGroups(runs);
  return new Map(
    groups.flatMap((group, place) => {
      const validation = groups.length > 1 ? letter(place) : '';
      const trained = [...new Set(group.map(lastKinds))];
      return group.map((run) => {
        const number = trained.length > 1 ? String(trained.indexOf(lastKinds(run)) + 1) : '';
        return [run.id, { validation, lastStage: validation + number }] as const;
      });
    }),
  );
}

/** The kinds of records that the last stage trains on. */
function lastKinds({ recipe: { stages } }: Compared): string {
  return [...(stages.at(-1)?.data.kinds ?? [])].sort().join();
}

/** A … Z, then AA, AB …, as columns of a spreadsheet. */
function letter(place: number): string {
  const last = String.fromCodePoint(65 + (place % 26));
  return place < 26 ? last : letter(Math.floor(place / 26) - 1) + last;
}
