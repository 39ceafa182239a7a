/** Results of a grid as the paper's tables and figures: rows, columns, curves, and Markdown of them. */
import { DATA_KINDS as kinds, type DataKind } from '../../../formats/records/record-types.ts';
import type { AblationId } from '../../training/recipe/ablations.ts';
import type { Metric } from '../answers/reading.ts';
import { wholePipeline, type GridCell } from './grid-plan.ts';
import type { EvaluationFigures, Figure } from '../report.ts';
import { clearBest } from '../statistics/clear-best.ts';

/** A cell with its measurements; null until it has been measured. */
export interface MeasuredCell {
  readonly cell: Pick<GridCell, 'id' | 'name' | 'tables' | 'fraction'>;
  readonly figures: EvaluationFigures | null;
}

export interface GridColumn {
  readonly key: string;
  /** A task, or null for the average of its kind. */
  readonly task: string | null;
  readonly kind: DataKind;
  readonly metric: Metric | null;
  /** Questions behind each figure; null where it is not known. */
  readonly items: number | null;
  /** What guessing reaches; null where that cannot be told. */
  readonly chance: number | null;
  /** The row whose figure stands out, beyond the overlap of intervals; null where none does. */
  readonly best: number | null;
}

export interface GridTable {
  readonly id: 'table-3' | 'table-4';
  readonly columns: readonly GridColumn[];
  readonly rows: readonly {
    readonly id: string;
    readonly name: string;
    readonly values: readonly (Figure | null)[];
  }[];
}

/** A curve of a figure over the share of one stage's data. */
export interface GridCurve {
  readonly kind: DataKind;
  readonly points: readonly ({ readonly share: number } & Figure)[];
  /** Questions behind each point, and what guessing reaches; null where that cannot be told. */
  readonly items: number | null;
  readonly chance: number | null;
}

export interface GridFigure {
  readonly id: 'figure-5' | 'figure-6';
  /** The stage whose data is cut, from 0. */
  readonly stage: 0 | 1;
  readonly curves: readonly GridCurve[];
}

/** Table 3 compares the pipeline with its parts; Table 4 shows the contribution of its branches. */
const rowsOf: Readonly<Record<GridTable['id'], readonly AblationId[]>> = {
  'table-3': [
    'base',
    'mka-keep-na',
    'mka-drop-na',
    'da-only',
    'da-keep-na',
    'mka-da-without-orthogonal',
    'mka-da',
  ],
  'table-4': [
    'base',
    'parallel-lora',
    'without-lora-1',
    'without-lora-2',
    'mka-keep-na',
    'mka-drop-na',
    'without-ka',
  ],
};

/** Columns of every measured task, by kind, each kind followed by its average. */
function columnsOf(cells: readonly MeasuredCell[]): Omit<GridColumn, 'best'>[] {
  const all = cells.flatMap(({ figures }) => figures?.tasks ?? []);
  return kinds.flatMap((kind) => {
    const tasks = new Map(
      all.filter((task) => task.kind === kind).map((task) => [task.task, task]),
    );
    if (tasks.size === 0) return [];
    const columns = [...tasks.values()].map(({ task, metric, items, baseline }) => {
      const chance = baseline?.chance ?? null;
      return { key: `${kind}/${task}`, task, kind, metric, items, chance };
    });
    const average = cells.flatMap(({ figures }) => figures?.[kind] ?? [])[0];
    const [items, chance] = [average?.items ?? null, average?.chance ?? null];
    return [...columns, { key: `${kind}/average`, task: null, kind, metric: null, items, chance }];
  });
}

/** The cells of a grid that belong in a table, measured or not, in the paper's order. */
export function gridTable(id: GridTable['id'], cells: readonly MeasuredCell[]): GridTable {
  const columns = columnsOf(cells);
  const rows = rowsOf[id].flatMap((row) => {
    const found = cells.find(({ cell }) => cell.id === row);
    if (!found) return [];
    const { cell, figures } = found;
    const values = columns.map(({ task, kind }) => {
      if (!figures) return null;
      if (task === null) return figures[kind];
      return figures.tasks.find((own) => own.task === task && own.kind === kind) ?? null;
    });
    return [{ id: cell.id, name: cell.name, values }];
  });
  const best = (column: number, metric: Metric | null): number | null =>
    clearBest(
      rows.map(({ values }) => values[column] ?? null),
      metric === 'perplexity',
    );
  return {
    ...{ id, rows },
    columns: columns.map((column, i) => ({ ...column, best: best(i, column.metric) })),
  };
}

/** Figures 5 and 6: averages over the share of a stage's data. */
export function gridFigures(cells: readonly MeasuredCell[]): GridFigure[] {
  return ([0, 1] as const).map((stage) => {
    const own = cells.flatMap(({ cell, figures }) => {
      const share =
        cell.fraction?.stage === stage ? cell.fraction.share : cell.id === wholePipeline ? 1 : null;
      return share === null || figures === null ? [] : [{ share, figures }];
    });
    const curves = kinds.map((kind): GridCurve => {
      const averages = own.flatMap(({ share, figures }) => {
        const average = figures[kind];
        return average ? [{ share, average }] : [];
      });
      const [first] = averages;
      return {
        kind,
        items: first?.average.items ?? null,
        chance: first?.average.chance ?? null,
        points: averages
          .map(({ share, average: { value, interval } }) => ({ share, value, interval }))
          .sort((a, b) => a.share - b.share),
      };
    });
    return { id: stage === 0 ? 'figure-5' : 'figure-6', stage, curves };
  });
}

const percent = (value: number): string => (100 * value).toFixed(1);

/** "31.3 (20.0–42.5)", in bold where it stands out; perplexities as they are. */
function markdownCell(figure: Figure | null, best: boolean, metric: Metric | null): string {
  if (!figure) return '';
  const plain = metric === 'perplexity';
  const show = (value: number): string => (plain ? value.toFixed(2) : percent(value));
  const value = best ? `**${show(figure.value)}**` : show(figure.value);
  const { interval } = figure;
  return interval ? `${value} (${show(interval.low)}–${show(interval.high)})` : value;
}

/**
 * A Markdown table: a row per recipe, a column per task and average, in per cent with 95 % intervals. Bold where no
 * other interval of the column overlaps.
 */
export function tableMarkdown({ columns, rows }: GridTable): string {
  const names = columns.map(({ task, kind, metric }) =>
    task === null ? `**${kind} average**` : `${task} (${metric ?? ''})`,
  );
  const lines = [
    ['', ...names],
    ['---', ...columns.map(() => '---:')],
    ['*questions*', ...columns.map(({ items }) => (items === null ? '' : String(items)))],
    ['*chance*', ...columns.map(({ chance }) => (chance === null ? '' : percent(chance)))],
    ...rows.map(({ name, values }, row) => [
      name,
      ...values.map((figure, column) =>
        markdownCell(figure, columns[column]?.best === row, columns[column]?.metric ?? null),
      ),
    ]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Every figure of a grid, one line each: numbers in full. */
export function gridRows(cells: readonly MeasuredCell[]): (readonly (string | number | null)[])[] {
  return cells.flatMap(({ cell, figures }) => {
    if (!figures) return [];
    const lead = [cell.id, cell.name];
    const share = cell.fraction ? [cell.fraction.stage + 1, cell.fraction.share] : [null, null];
    const ends = ({ value, interval }: Figure): (number | null)[] => [
      value,
      interval?.low ?? null,
      interval?.high ?? null,
    ];
    return [
      ...figures.tasks.map((task) => [
        ...[...lead, ...share, task.kind, task.task, task.metric],
        ...[...ends(task), task.formatAdherence, task.items, task.baseline?.chance ?? null],
      ]),
      ...kinds.flatMap((kind) => {
        const average = figures[kind];
        return average
          ? [
              [
                ...[...lead, ...share, kind, 'average', null, ...ends(average), null],
                ...[average.items ?? null, average.chance ?? null],
              ],
            ]
          : [];
      }),
    ];
  });
}

export const gridHeader = [
  ...['recipe', 'name', 'cut stage', 'share', 'kind', 'task', 'metric'],
  ...['value', 'low', 'high', 'format adherence', 'items', 'chance'],
];
