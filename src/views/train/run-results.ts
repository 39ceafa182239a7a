/** The figures of runs as sortable columns of their list. */
import { useMemo } from 'react';
import { finalFigures } from '../../studio/runs/comparison.ts';
import { curvesOf } from '../../studio/runs/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { useLiveVersions } from '../charts/use-live-version.ts';
import { formatDuration, formatFixed, unknown } from '../shared/format.ts';
import type { Column } from '../shared/Table.tsx';
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

/** Losses and time, sortable. */
export function resultColumns(results: Results): readonly Column<RunSummary>[] {
  const { resultNames } = runsText();
  const loss = (figure: 'loss' | 'knowledge' | 'alignment' | 'best'): Column<RunSummary> => {
    const of = ({ id }: RunSummary): number | null => results.get(id)?.[figure] ?? null;
    return {
      key: figure,
      header: resultNames[figure],
      align: 'end',
      sortBy: of,
      cell: (run) => {
        const value = of(run);
        return value === null ? unknown : formatFixed(value, 3);
      },
    };
  };
  const time = ({ id }: RunSummary): number => results.get(id)?.milliseconds ?? 0;
  return [
    ...(['loss', 'knowledge', 'alignment', 'best'] as const).map(loss),
    {
      key: 'time',
      header: resultNames.time,
      align: 'end',
      sortBy: time,
      cell: (run) => formatDuration(time(run)),
    },
  ];
}
