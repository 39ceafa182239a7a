/** Tables 3 and 4 and figures 5 and 6 of a grid, as far as it is measured. */
import { clsx } from 'clsx';
import { Download } from 'lucide-react';
import { gridReport, saveGrid } from '../../../studio/evaluation/ablation.ts';
import type { GridTable, StoredGrid } from '../../../contract/ablation.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatPercent } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { FractionFigure } from './FractionFigure.tsx';
import { MetricName, formatInterval, formatScore } from '../MetricName.tsx';
import { rowName } from './grid-names.ts';
import { evaluateText } from '../text.ts';
import { gridText } from './text-grid.ts';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './GridResults.module.css';
import figuresStyles from '../figures.module.css';
import layoutStyles from '../../shared/layout.module.css';

export function GridResults({ grid }: { readonly grid: StoredGrid }) {
  const t = gridText();
  const done = grid.cells.filter(({ state }) => state === 'done').map(({ cell }) => cell.id);
  const report = useAsync(`${grid.id}/${done.join()}`, () => gridReport(grid.id));
  if (report.status === 'failed') return <ErrorNotice error={report.error} />;
  if (report.status !== 'ready') return null;
  const { tables, figures } = report.value;
  return (
    <>
      {tables
        .filter(({ rows }) => rows.length > 0)
        .map((table) => (
          <TableCard key={table.id} table={table} />
        ))}
      <div className={panelsStyles.columns}>
        {figures.map((figure) => (
          <FractionFigure key={figure.id} figure={figure} />
        ))}
      </div>
      <div className={layoutStyles.actions}>
        {(['csv', 'markdown'] as const).map((format) => (
          <Button
            key={format}
            size="small"
            icon={<Download size={14} aria-hidden />}
            onClick={() => void saveGrid(grid.id, format)}
          >
            {t.save(format === 'csv' ? 'CSV' : 'Markdown')}
          </Button>
        ))}
      </div>
    </>
  );
}

function TableCard({ table }: { readonly table: GridTable }) {
  const t = gridText();
  const { columns, rows } = table;
  return (
    <Card
      flush
      title={t.tables[table.id]}
      aside={t.tableHelp}
      actions={<FigureActions name={table.id} rows={() => tableRows(table)} />}
    >
      {columns.length === 0 ? (
        <p className={clsx(textStyles.quiet, styles.gridEmpty)}>{t.notMeasured}</p>
      ) : (
        <Table
          caption={`${t.tables[table.id]}. ${t.tableCaption}`}
          rows={rows}
          rowKey={({ id }) => id}
          columns={tableColumns(table)}
        />
      )}
    </Card>
  );
}

/** The recipe, then a column for each figure with its best value marked. */
function tableColumns({ columns, rows }: GridTable): readonly Column<GridTable['rows'][number]>[] {
  const t = gridText();
  return [
    {
      key: 'recipe',
      header: t.recipe,
      rowHeader: true,
      cell: ({ id, name }) => <span className={styles.gridRecipe}>{rowName(id, name)}</span>,
    },
    ...columns.map(({ key, task, kind, metric, items, chance, best }, column) => ({
      key,
      align: 'end' as const,
      header: (
        <span className={figuresStyles.head}>
          {task === null ? (
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{t.average[kind]}</Tag>
          ) : (
            <strong>{task}</strong>
          )}
          {metric !== null && <MetricName metric={metric} />}
          <Worth items={items} chance={chance} />
        </span>
      ),
      cell: ({ id, values }: GridTable['rows'][number]) => {
        const figure = values[column];
        if (!figure) return <span className={textStyles.quiet}>–</span>;
        return (
          <span className={figuresStyles.score}>
            <span
              className={best !== null && rows[best]?.id === id ? figuresStyles.best : undefined}
            >
              {formatScore(figure.value, metric)}
            </span>
            <span className={figuresStyles.form}>{formatInterval(figure, metric)}</span>
          </span>
        );
      },
    })),
  ];
}

/** How many questions are behind a column, and what guessing reaches. */
function Worth({ items, chance }: Pick<GridTable['columns'][number], 'items' | 'chance'>) {
  const t = evaluateText();
  return (
    <span className={figuresStyles.form}>
      {[
        ...(items === null ? [] : [t.items(items)]),
        ...(chance === null ? [] : [t.chance(formatPercent(chance, 1))]),
      ].join(' · ')}
    </span>
  );
}

function tableRows({ columns, rows }: GridTable): (string | number)[][] {
  const names = columns.flatMap(({ task, kind }) => {
    const name = task ?? `${kind} average`;
    return [name, `${name} low`, `${name} high`];
  });
  return [
    ['recipe', ...names],
    ['questions', ...columns.flatMap(({ items }) => [items ?? '', '', ''])],
    ['chance', ...columns.flatMap(({ chance }) => [chance ?? '', '', ''])],
    ...rows.map(({ name, values }) => [
      name,
      ...values.flatMap((figure) => [
        ...[figure?.value ?? '', figure?.interval?.low ?? '', figure?.interval?.high ?? ''],
      ]),
    ]),
  ];
}
