/** What compared runs ended with, side by side. */
import { finalFigures } from '../../../studio/runs/comparison.ts';
import { shownState } from '../../../studio/runs/run-facts.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { useLiveVersions } from '../../charts/use-live-version.ts';
import { Card } from '../../shared/Card.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatFixed,
  formatInteger,
  formatNumber,
  unknown,
} from '../../shared/format.ts';
import { precisionName } from '../../shared/precision-words.ts';
import { Table } from '../../shared/Table.tsx';
import { listed } from '../../shared/words/marks.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { compareText } from './text-compare.ts';
import { dataSetNames } from '../set-names.ts';
import { stateWords } from '../words.ts';

/** A run with its curves. */
export interface Compared {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}

type Figure = keyof ReturnType<typeof compareText>['figures'];

const loss = (value: number | null) => (value === null ? unknown : formatFixed(value, 4));

export function CompareFigures({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const sets = useDataSets((state) => state.sets);
  useLiveVersions(compared.map(({ source }) => source));
  const columns = compared.map((one) => ({ run: one.run, values: figuresOf(one, sets) }));
  const rows = Object.keys(t.figures) as Figure[];
  return (
    <Card
      flush
      title={t.results}
      actions={
        <FigureActions
          name="compare-runs" // words: a file's name
          rows={() => [
            [t.figure, ...columns.map(({ run }) => run.name)],
            ...rows.map((row) => [t.figures[row], ...columns.map(({ values }) => values[row])]),
          ]}
        />
      }
    >
      <Table
        caption={t.resultsCaption}
        columns={[
          {
            key: 'figure',
            header: t.figure,
            rowHeader: true,
            cell: (row: Figure) => t.figures[row],
          },
          ...columns.map(({ run, values }) => ({
            key: run.id,
            header: run.name,
            align: 'end' as const,
            cell: (row: Figure) => values[row],
          })),
        ]}
        rows={rows}
        rowKey={(row) => row}
      />
    </Card>
  );
}

/** What a run ended with, in words. */
function figuresOf(
  { run, source }: Compared,
  sets: readonly DataSetSummary[],
): Readonly<Record<Figure, string>> {
  const { steps, tokens, milliseconds, ...figures } = finalFigures(run, source.book);
  return {
    state: stateWords(shownState(run)).word,
    model: run.modelName,
    precision: precisionName(run.precision ?? 'float32'),
    data: listed(dataSetNames(run, sets)),
    steps: formatInteger(steps),
    loss: loss(figures.loss),
    knowledge: loss(figures.knowledge),
    alignment: loss(figures.alignment),
    best: loss(figures.best),
    orthogonal: figures.orthogonal === null ? unknown : formatNumber(figures.orthogonal, 4),
    tokens: formatCompact(tokens),
    time: formatDuration(milliseconds),
    speed: milliseconds > 0 ? formatInteger((tokens * 1000) / milliseconds) : unknown,
    memory: run.dryRun ? formatBytes(run.dryRun.peakBytes) : unknown,
    adapter: run.adapter,
  };
}
