/** The figures of runs as sortable columns of their list. */
import { useMemo } from 'react';
import { alikeGroups, unlikeReasons, type LossMarks } from '../../studio/runs/comparable.ts';
import { finalFigures } from '../../studio/runs/comparison.ts';
import { curvesOf } from '../../studio/runs/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { useLiveVersions } from '../charts/use-live-version.ts';
import { formatDuration, formatFixed, unknown } from '../shared/format.ts';
import { Tag } from '../shared/Tag.tsx';
import type { Column } from '../shared/Table.tsx';
import { compareText } from './compare/text-compare.ts';
import { runsText } from './text-runs.ts';

/** The figures of runs, by their id. */
export type Results = ReadonlyMap<string, ReturnType<typeof finalFigures>>;

/** Reads the curves of these runs, and the figures that they ended with or have reached. */
export function useResults(runs: readonly RunSummary[]): Results {
  const sources = useMemo(() => runs.map(({ id }) => curvesOf(id)), [runs]);
  const version = useLiveVersions(sources);
  return useMemo(
    () =>
      new Map(
        runs.map((run, i) => [
          run.id,
          finalFigures(run, sources[i]?.book ?? curvesOf(run.id).book),
        ]),
      ),
    // The books change within; their versions say when.
    // oxlint-disable-next-line react/exhaustive-deps
    [runs, sources, version],
  );
}

/** Losses and time, sortable; losses that are different quantities are marked and stay apart. */
export function resultColumns(
  results: Results,
  marks: ReadonlyMap<string, LossMarks>,
): readonly Column<RunSummary>[] {
  const { resultNames } = runsText();
  const loss = (
    figure: 'loss' | 'knowledge' | 'alignment' | 'best',
    mark: keyof LossMarks,
  ): Column<RunSummary> => {
    const of = ({ id }: RunSummary): number | null => results.get(id)?.[figure] ?? null;
    const markOf = ({ id }: RunSummary): string => marks.get(id)?.[mark] ?? '';
    return {
      key: figure,
      header: resultNames[figure],
      align: 'end',
      sortBy: of,
      sortWithin: markOf,
      cell: (run) => {
        const value = of(run);
        if (value === null) return unknown;
        return (
          <>
            {formatFixed(value, 3)} {markOf(run) !== '' && <Tag>{markOf(run)}</Tag>}
          </>
        );
      },
    };
  };
  const time = ({ id }: RunSummary): number => results.get(id)?.milliseconds ?? 0;
  return [
    loss('loss', 'lastStage'),
    loss('knowledge', 'validation'),
    loss('alignment', 'validation'),
    loss('best', 'lastStage'),
    {
      key: 'time',
      header: resultNames.time,
      align: 'end',
      sortBy: time,
      cell: (run) => formatDuration(time(run)),
    },
  ];
}

/** What the marks mean, where there are any. */
export function marksNote(
  runs: readonly RunSummary[],
  marks: ReadonlyMap<string, LossMarks>,
): string | null {
  const t = runsText();
  const all = [...marks.values()];
  const reasons = compareText().unlikeReasons;
  // Every pair of groups counts: two may differ in what a third shares with both.
  const groups = alikeGroups(runs).flatMap(([first]) => first ?? []);
  const unlike = [...new Set(groups.flatMap((run) => unlikeReasons([run, ...groups])))];
  const letters = all.some(({ validation }) => validation !== '');
  const numbers = all.some(({ validation, lastStage }) => lastStage !== validation);
  const said = [
    ...(letters ? [t.marked(unlike.map((reason) => reasons[reason]))] : []),
    ...(numbers ? [t.numbered] : []),
  ];
  return said.length > 0 ? said.join(t.between) : null;
}
