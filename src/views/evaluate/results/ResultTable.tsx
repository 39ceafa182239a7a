/** Scores by task, model states side by side, with intervals; averages by kind of task. */
import { Play, X } from 'lucide-react';
import { useState } from 'react';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { continueInTurn } from '../../../studio/queue/page-queue.ts';
import type { EvaluationSummary } from '../../../contract/evaluation.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { EmptyState, Loading } from '../../shared/EmptyState.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed, formatPercent, formatTime } from '../../shared/format.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { tellWaiting } from '../../queue/work-name.ts';
import { listed } from '../../shared/words/marks.ts';
import { LeftOutList } from './LeftOutList.tsx';
import { MetricName, formatInterval, formatScore } from '../MetricName.tsx';
import { RepeatedAnswers } from './RepeatedAnswers.tsx';
import {
  repeatsOf,
  resultRows,
  resultsTable,
  type ResultCell,
  type ResultRow,
  type ResultSet,
} from './result-rows.ts';
import { SaveAnswers } from './SaveAnswers.tsx';
import { NormedScore } from '../harness/HarnessScore.tsx';
import { harnessText } from '../harness/text-harness.ts';
import { forecastText } from '../text-forecast.ts';
import { evaluateText } from '../text.ts';
import styles from './ResultTable.module.css';
import figuresStyles from '../figures.module.css';
import textStyles from '../../shared/text.module.css';

const fileName = 'evaluation';

export interface ResultTableProps {
  readonly sets: readonly ResultSet[];
  readonly shown: ResultSet | null;
  readonly onShow: (key: string) => void;
}

export function ResultTable({ sets, shown, onShow }: ResultTableProps) {
  const t = evaluateText();
  const phase = useEvaluation((state) => state.phase);
  if (!shown) {
    return (
      <Card title={t.results}>
        {phase === 'loading' ? (
          <Loading what={t.loading} height={120} />
        ) : (
          <EmptyState title={t.empty}>{t.emptyHint}</EmptyState>
        )}
      </Card>
    );
  }
  const { results } = shown;
  const ids = results.map(({ id }) => id);
  return (
    <Card
      flush
      title={t.results}
      aside={t.resultsAside}
      actions={
        <>
          <ClearButton ids={ids} />
          <SaveAnswers results={results} />
          <FigureActions name={fileName} rows={() => resultsTable(results)} />
        </>
      }
    >
      <div className={styles.bar}>
        {sets.length > 1 && (
          <Select
            size="small"
            aria-label={t.set}
            value={shown.key}
            choices={sets.map((set) => ({ value: set.key, label: nameOf(set) }))}
            onChange={onShow}
          />
        )}
        <Terms />
      </div>
      <RepeatedAnswers scores={repeatsOf(results)} />
      <Table
        caption={t.resultsTable}
        columns={columnsOf(results)}
        rows={resultRows(results)}
        rowKey={({ key }) => key}
      />
      <LeftOutList leftOut={results.find(({ leftOut }) => (leftOut?.count ?? 0) > 0)?.leftOut} />
    </Card>
  );
}

/** Removes the results that are shown, once that is confirmed. */
function ClearButton({ ids }: { readonly ids: readonly string[] }) {
  const t = evaluateText();
  const remove = useEvaluation((state) => state.remove);
  const [clearing, setClearing] = useState(false);
  return (
    <>
      <Button size="small" variant="ghost" onClick={() => setClearing(true)}>
        {t.clear}
      </Button>
      <ConfirmDialog
        open={clearing}
        onOpenChange={setClearing}
        title={t.clearTitle}
        description={t.clearText}
        confirm={t.clearConfirm}
        onConfirm={() => void remove(ids)}
      />
    </>
  );
}

/** What the figures of the table mean. */
function Terms() {
  const t = evaluateText();
  return (
    <span className={styles.terms}>
      <span>
        {t.interval} <InfoTip about={t.interval} text={t.intervalHelp} />
      </span>
      <span>
        {t.formTerm} <InfoTip about={t.formTerm} text={t.formHelp} />
      </span>
      <span>
        {t.perplexityTerm} <InfoTip about={t.perplexityTerm} text={t.perplexityHelp} />
      </span>
    </span>
  );
}

function nameOf({ results }: ResultSet): string {
  const t = evaluateText();
  const [first] = results;
  if (!first) return '';
  const files = first.files.length === 0 ? t.bundled : listed(first.files.map(shortName));
  return t.setOf(first.total, files, formatTime(Math.max(...results.map((r) => r.updatedAt))));
}

function shortName(file: string): string {
  return file.split('.')[0] ?? file;
}

function columnsOf(results: readonly EvaluationSummary[]): Column<ResultRow>[] {
  const t = evaluateText();
  const averages = { knowledge: t.knowledgeAverage, alignment: t.alignmentAverage };
  return [
    {
      key: 'task',
      header: t.task,
      rowHeader: true,
      cell: ({ task, kind }) =>
        task ?? (
          <span className={figuresStyles.metric}>
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{averages[kind]}</Tag>
            <InfoTip about={averages[kind]} text={t.averageHelp} />
          </span>
        ),
    },
    {
      key: 'metric',
      header: t.metric,
      cell: ({ metric, method, labels, ...worth }) => (
        <span className={figuresStyles.score}>
          {metric !== null && (
            <MetricName metric={metric} labels={labels} {...(method ? { method } : {})} />
          )}
          <Worth {...worth} metric={metric} />
        </span>
      ),
    },
    ...results.map((result, index): Column<ResultRow> => ({
      key: result.id,
      header: <ResultHead result={result} />,
      align: 'end',
      cell: ({ cells, metric, items }) => (
        <Score cell={cells[index]} metric={metric} countItems={items === null} />
      ),
    })),
  ];
}

/** How many questions are behind the scores of a row, and what guessing and one constant answer reach. */
function Worth({
  items,
  chance,
  constant,
  room,
  shots,
  metric,
}: Pick<ResultRow, 'items' | 'chance' | 'constant' | 'room' | 'shots' | 'metric'>) {
  const t = evaluateText();
  const parts = [
    ...(items === null ? [] : [t.items(items)]),
    ...(chance === null ? [] : [t.chance(formatPercent(chance, 1))]),
    ...(constant === null
      ? []
      : [t.constant(constant.answer, formatScore(constant.score, metric))]),
    ...(room === null ? [] : [forecastText().answersUpTo(room)]),
    ...(shots === null ? [] : [harnessText().shotsOf(shots)]),
  ];
  return parts.length > 0 && <span className={styles.worth}>{parts.join(' · ')}</span>;
}

function ResultHead({ result }: { readonly result: EvaluationSummary }) {
  const t = evaluateText();
  const { remove, running } = useEvaluation();
  const { id, label, answered, total, updatedAt } = result;
  const partial = answered < total;
  return (
    <span className={figuresStyles.head}>
      <span className={styles.resultHeadName}>
        <strong title={label}>{label}</strong>
        <IconButton
          size="small"
          label={t.forget(label)}
          icon={<X size={13} aria-hidden />}
          reason={running ? t.measuring : null}
          onClick={() => void remove([id])}
        />
      </span>
      <span>
        {partial ? t.partial(answered, total) : `${formatTime(updatedAt)} · ${t.items(total)}`}
      </span>
      {partial && running?.label !== label && (
        <Button
          size="small"
          icon={<Play size={12} aria-hidden />}
          reason={running ? t.measuring : null}
          onClick={() => {
            const waits = continueInTurn({ kind: 'result', evaluationId: id, label });
            tellWaiting(label, waits);
          }}
        >
          {t.goOn}
        </Button>
      )}
    </span>
  );
}

function Score({
  cell,
  metric,
  countItems,
}: {
  readonly cell: ResultCell | undefined;
  readonly metric: ResultRow['metric'];
  /** Whether the row does not say how many questions there are. */
  readonly countItems: boolean;
}) {
  const t = evaluateText();
  if (!cell?.figure) return <span className={textStyles.quiet}>–</span>;
  const { figure, best, items, formatAdherence, perplexity, declined, norm } = cell;
  const interval = formatInterval(figure, metric);
  return (
    <span className={figuresStyles.score}>
      <span className={best ? figuresStyles.best : undefined}>
        {formatScore(figure.value, metric)}
        {best && <span className={textStyles.hidden}> {t.best}</span>}
      </span>
      {interval !== null && <span className={figuresStyles.form}>{interval}</span>}
      {countItems && items !== null && <span className={figuresStyles.form}>{t.items(items)}</span>}
      {formatAdherence !== null && (
        <span className={figuresStyles.form}>{t.form(formatPercent(formatAdherence))}</span>
      )}
      {declined && <Declined declined={declined} />}
      <NormedScore norm={norm} />
      {perplexity !== null && metric !== 'perplexity' && (
        <span className={figuresStyles.form}>{t.perplexityOf(formatFixed(perplexity, 1))}</span>
      )}
    </span>
  );
}

/** How often “I do not know” was taken, and how the others did. */
function Declined({ declined }: { readonly declined: NonNullable<ResultCell['declined']> }) {
  const t = forecastText();
  const { declined: times, offered, accuracy } = declined;
  return (
    <>
      <span className={figuresStyles.form}>{t.declined(times, offered)}</span>
      {times > 0 && accuracy && (
        <span className={figuresStyles.form}>
          {t.answeredRight(formatPercent(accuracy.value, 1))} {formatInterval(accuracy, null)}
        </span>
      )}
    </>
  );
}
