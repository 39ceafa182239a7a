/** Which questions come up in the training records, and the scores with and without them. */
import { FileSearch } from 'lucide-react';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import type { EvaluationSummary, Figure } from '../../../contract/evaluation.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Card } from '../../shared/Card.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatInteger } from '../../shared/format.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { sentences } from '../../shared/words/marks.ts';
import { formatInterval, formatScore } from '../MetricName.tsx';
import { notCompared, overlapRows, type OverlapRow } from './overlap-rows.ts';
import { overlapText } from './text-overlap.ts';
import figuresStyles from '../figures.module.css';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';

const fileName = 'overlap';

export interface OverlapCardProps {
  readonly results: readonly EvaluationSummary[];
  /** The run whose records are searched; null while there is none. */
  readonly runId: string | null;
}

export function OverlapCard({ results, runId }: OverlapCardProps) {
  const t = overlapText();
  const { running, findOverlap } = useEvaluation();
  const run = useRuns(({ runs }) => runs.find(({ id }) => id === runId));
  const open = notCompared(results, runId);
  const compared = results.findLast(({ overlap }) => overlap);
  if (!compared?.overlap && !run) return null;
  const rows = overlapRows(results);
  return (
    <Card
      title={t.title}
      aside={t.aside}
      actions={rows.length > 0 && <FigureActions name={fileName} rows={() => fileRows(rows)} />}
    >
      <div className={panelsStyles.stack}>
        {run && open.length > 0 && (
          <span className={figuresStyles.metric}>
            <Button
              icon={<FileSearch size={16} aria-hidden />}
              reason={running ? t.finding : null}
              onClick={() => void findOverlap(open, run.id)}
            >
              {t.find(run.name)}
            </Button>
            <InfoTip about={t.title} text={t.help} />
          </span>
        )}
        {compared?.overlap && (
          <Found overlap={compared.overlap} total={compared.answered} found={rows.length > 0} />
        )}
        {rows.length > 0 && (
          <Table caption={t.table} columns={columns()} rows={rows} rowKey={({ key }) => key} />
        )}
      </div>
    </Card>
  );
}

/** What was searched, and what could be compared. */
function Found({
  overlap: { records, short },
  total,
  found,
}: {
  readonly overlap: NonNullable<EvaluationSummary['overlap']>;
  readonly total: number;
  readonly found: boolean;
}) {
  const t = overlapText();
  const parts = [
    found ? t.some(records) : t.none(total, records),
    ...(short > 0 ? [t.short(short)] : []),
  ];
  return (
    <p>
      {sentences(parts)} <InfoTip about={t.title} text={t.help} />
    </p>
  );
}

function columns(): readonly Column<OverlapRow>[] {
  const t = overlapText();
  return [
    { key: 'task', header: t.task, rowHeader: true, cell: ({ report }) => report.task },
    { key: 'state', header: t.state, cell: ({ label }) => label },
    {
      key: 'questions',
      header: t.questions,
      align: 'end',
      cell: ({ overlap }) => formatInteger(overlap.items),
    },
    {
      key: 'overlapping',
      header: t.overlapping,
      align: 'end',
      cell: ({ overlap: { overlapping, ngram, near } }) => (
        <span className={figuresStyles.score}>
          <span>{formatInteger(overlapping)}</span>
          <span className={figuresStyles.form}>{t.byRun(ngram)}</span>
          <span className={figuresStyles.form}>{t.byLikeness(near)}</span>
        </span>
      ),
    },
    {
      key: 'all',
      header: t.all,
      align: 'end',
      cell: ({ report }) => <Score figure={report} metric={report.metric} />,
    },
    {
      key: 'without',
      header: t.without,
      align: 'end',
      cell: ({ overlap, report }) =>
        overlap.without ? (
          <Score figure={overlap.without} metric={report.metric} />
        ) : (
          <span className={textStyles.quiet}>{t.nothingLeft}</span>
        ),
    },
  ];
}

function Score({
  figure,
  metric,
}: {
  readonly figure: Figure;
  readonly metric: OverlapRow['report']['metric'];
}) {
  const interval = formatInterval(figure, metric);
  return (
    <span className={figuresStyles.score}>
      <span>{formatScore(figure.value, metric)}</span>
      {interval !== null && <span className={figuresStyles.form}>{interval}</span>}
    </span>
  );
}

function fileRows(rows: readonly OverlapRow[]): (string | number)[][] {
  return [
    [
      ...['task', 'model state', 'questions', 'overlapping', 'run of words'], // words: columns of a file
      ...['nearly the same', 'score', 'score without'], // words: columns of a file
    ],
    ...rows.map(({ label, overlap, report }) => [
      ...[report.task, label, overlap.items, overlap.overlapping, overlap.ngram, overlap.near],
      ...[report.value, overlap.without?.value ?? ''],
    ]),
  ];
}
