/** Averages with their counts, the paired comparison, what failed and why, and every judgement. */
import { Braces, Sheet } from 'lucide-react';
import { fileStem } from '../../studio/exports/exports.ts';
import { saveOrSay } from '../shared/faults/save-or-say.ts';
import {
  answerMediaTypes,
  compareJudged,
  faultCounts,
  judgeAspects,
  judgeRows,
  judgingText,
  type AnswerFormat,
  type JudgeRow,
  type Judging,
} from '../../studio/judge/judge-session.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card, Facts } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { Notice } from '../shared/Notice.tsx';
import { formatFixed, formatNumber, unknown } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { JudgeLog } from './JudgeLog.tsx';
import { judgeText } from './text.ts';
import styles from './JudgeResults.module.css';
import judgeStyles from './judge.module.css';

function save(judging: Judging, format: AnswerFormat): void {
  saveOrSay(
    () => new Blob([judgingText(judging, format)], { type: answerMediaTypes[format] }),
    `${fileStem(judging.source, 'judging')}-judged.${format}`,
  );
}

export function JudgeResults({ judging }: { readonly judging: Judging | null }) {
  const t = judgeText();
  const sent = judging?.candidates.some(({ judgements }) => judgements.some(Boolean)) ?? false;
  if (!judging || !sent) {
    return (
      <Card title={t.results}>
        <EmptyState title={t.nothingYet}>{t.nothingYetMore}</EmptyState>
      </Card>
    );
  }
  const rows = judgeRows(judging).filter(({ judged, failed }) => judged + failed > 0);
  return (
    <Card
      title={t.results}
      aside={judging.endpoint.model}
      actions={
        <>
          <Button
            size="small"
            icon={<Sheet size={14} aria-hidden />}
            onClick={() => save(judging, 'csv')}
          >
            {t.saveCsv}
          </Button>
          <Button
            size="small"
            icon={<Braces size={14} aria-hidden />}
            onClick={() => save(judging, 'jsonl')}
          >
            {t.saveJsonl}
          </Button>
        </>
      }
    >
      <div className={styles.results}>
        <Table
          caption={t.results}
          columns={judgeColumns(judging)}
          rows={rows}
          rowKey={({ task, candidate }) => JSON.stringify([task, candidate])}
        />
        <p className={judgeStyles.note}>{t.overallNote}</p>
        {(judging.seen ?? []).length > 0 && (
          <Notice
            tone="warning"
            compact
            title={t.seen((judging.seen ?? []).length, judging.questions.length)}
          />
        )}
        <Compared judging={judging} />
        <Faults judging={judging} />
        <details className={styles.log}>
          <summary>{t.log}</summary>
          <JudgeLog judging={judging} />
        </details>
      </div>
    </Card>
  );
}

/** Averages of each aspect, and how many answers were judged. */
function judgeColumns({ candidates }: Judging): readonly Column<JudgeRow>[] {
  const t = judgeText();
  const figure = (value: number | undefined): string =>
    value === undefined ? unknown : formatFixed(value, 2);
  return [
    { key: 'task', header: t.task, rowHeader: true, cell: ({ task }) => task ?? t.allTasks },
    {
      key: 'state',
      header: t.state,
      cell: ({ candidate }) => candidates[candidate]?.label ?? '',
    },
    ...judgeAspects.map((aspect) => ({
      key: aspect,
      header: t.aspects[aspect],
      align: 'end' as const,
      cell: ({ means }: JudgeRow) => figure(means?.aspects[aspect]),
    })),
    { key: 'mean', header: t.mean, align: 'end', cell: ({ means }) => figure(means?.mean) },
    { key: 'judged', header: t.judged, align: 'end', cell: ({ judged }) => judged },
    { key: 'failed', header: t.failed, align: 'end', cell: ({ failed }) => failed },
  ];
}

function Compared({ judging }: { readonly judging: Judging }) {
  const t = judgeText();
  const compared = compareJudged(judging);
  const [first, second] = judging.candidates;
  if (!compared || !first || !second) return null;
  const { difference, interval, firstBetter, secondBetter, equal, p, questions } = compared;
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatFixed(value, 2)}`;
  const range = interval && ` (${t.interval(signed(interval.low), signed(interval.high))})`;
  return (
    <section aria-label={t.comparison}>
      <h3>{t.comparison}</h3>
      <p className={judgeStyles.note}>{t.compared(second.label, first.label, questions)}</p>
      <Facts
        items={[
          { name: t.difference, value: `${signed(difference)}${range ?? ''}` },
          { name: t.better, value: t.counts(secondBetter, firstBetter, equal) },
          { name: t.signTest, value: t.p(formatNumber(p, 2)) },
        ]}
      />
    </section>
  );
}

function Faults({ judging }: { readonly judging: Judging }) {
  const t = judgeText();
  const counts = faultCounts(judging);
  return (
    <section aria-label={t.faults}>
      <h3>{t.faults}</h3>
      {counts.length === 0 ? (
        <p className={judgeStyles.note}>{t.noFaults}</p>
      ) : (
        <Facts
          items={counts.map(([fault, count]) => ({
            name: t.faultNames[fault],
            value: t.times(count),
          }))}
        />
      )}
    </section>
  );
}
