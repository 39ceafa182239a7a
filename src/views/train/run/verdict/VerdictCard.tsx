/** What a run that has ended achieved, in plain words, and what can be done with it next. */
import {
  CircleCheck,
  ClipboardCheck,
  Columns2,
  Download,
  Info,
  MessagesSquare,
  TriangleAlert,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { pickOutcome } from '../../../../studio/evaluation/pick-outcome.ts';
import { useDataSets } from '../../../../studio/data/data-sets.ts';
import { isOver, runProgress, tookPart } from '../../../../studio/runs/run-facts.ts';
import type { LiveCurves } from '../../../../studio/runs/live-curves.ts';
import { verdictOf, type Verdict, type VerdictLine } from '../../../../studio/runs/verdict.ts';
import type { RunSamples, RunSummary } from '../../../../contract/runs.ts';
import { useLiveVersion } from '../../../charts/use-live-version.ts';
import { Card } from '../../../shared/Card.tsx';
import { Button } from '../../../shared/controls/Button.tsx';
import { formatFixed, formatInteger, unknown } from '../../../shared/format.ts';
import { Table, type Column } from '../../../shared/Table.tsx';
import { Tag } from '../../../shared/Tag.tsx';
import { dataSetNames } from '../../set-names.ts';
import { useHeldOutRepeats } from './use-held-out-repeats.ts';
import {
  changeWords,
  endlessOf,
  findings,
  headline,
  intervalWords,
  repeatsOf,
} from './verdict-words.ts';
import { verdictText } from './text-verdict.ts';
import layoutStyles from '../../../shared/layout.module.css';
import styles from './VerdictCard.module.css';

const icons = { good: CircleCheck, warning: TriangleAlert, neutral: Info };

export interface VerdictCardProps {
  readonly run: RunSummary;
  readonly source: LiveCurves;
  readonly samples: RunSamples | null;
  readonly onCompare: () => void;
}

export function VerdictCard({ run, source, samples, onCompare }: VerdictCardProps) {
  useLiveVersion(source);
  const sets = useDataSets((state) => state.sets);
  const repeats = useHeldOutRepeats(run);
  const t = verdictText();
  if (!isOver(run) || source.status !== 'ready') return null;
  const verdict = verdictOf(run, source.book);
  const said = [
    ...endlessOf(samples, run),
    ...findings(verdict, run, tookPart(run, sets, 'knowledge')),
    ...(verdict.measured ? repeatsOf(repeats) : []),
  ];
  const { done, total } = runProgress(run);
  return (
    <Card
      title={t.title}
      {...(done < total && { aside: t.stoppedEarly(formatInteger(done), formatInteger(total)) })}
    >
      <div className={styles.verdict}>
        <p className={styles.headline}>{headline(verdict)}</p>
        <ul className={styles.findings}>
          {said.map(({ key, tone, text }) => {
            const Icon = icons[tone];
            return (
              <li key={key} data-tone={tone}>
                <Icon size={16} aria-hidden />
                <span>{text}</span>
              </li>
            );
          })}
        </ul>
        {verdict.lines.length > 0 && <ChangeTable run={run} verdict={verdict} />}
        <p className={styles.scores}>{t.scores}</p>
        <NextSteps run={run} onCompare={onCompare} />
      </div>
    </Card>
  );
}

function NextSteps({ run, onCompare }: Pick<VerdictCardProps, 'run' | 'onCompare'>) {
  const t = verdictText();
  const [, go] = useLocation();
  return (
    <div className={layoutStyles.actions} role="group" aria-label={t.next}>
      <Button
        variant="primary"
        icon={<ClipboardCheck size={16} aria-hidden />}
        onClick={() => {
          pickOutcome(run);
          go('/evaluate');
        }}
      >
        {t.evaluate}
      </Button>
      <Button icon={<MessagesSquare size={16} aria-hidden />} onClick={() => go('/chat')}>
        {t.chat}
      </Button>
      <Button icon={<Download size={16} aria-hidden />} onClick={() => go('/export')}>
        {t.export}
      </Button>
      <Button icon={<Columns2 size={16} aria-hidden />} onClick={onCompare}>
        {t.compare}
      </Button>
    </div>
  );
}

function ChangeTable({ run, verdict }: { readonly run: RunSummary; readonly verdict: Verdict }) {
  const t = verdictText();
  const sets = useDataSets((state) => state.sets);
  const names = dataSetNames(run, sets);
  const nameOf = ({ kind, dataSet }: VerdictLine): string => {
    if (dataSet === null) return t.all(t.kind(kind));
    return names[dataSet] ?? unknown;
  };
  const columns: Column<VerdictLine>[] = [
    {
      key: 'set',
      header: t.set,
      rowHeader: true,
      cell: (line) => (
        <>
          {nameOf(line)} {line.dataSet !== null && <Tag>{t.kind(line.kind)}</Tag>}
        </>
      ),
    },
    {
      key: 'records',
      header: t.records,
      align: 'end',
      cell: ({ changes }) => {
        const records = changes.find((change) => change !== null)?.records ?? null;
        return records === null ? unknown : formatInteger(records);
      },
    },
    ...verdict.parts.map(({ part }, index): Column<VerdictLine> => ({
      key: String(index),
      header: t.part(part),
      align: 'end',
      cell: ({ changes }) => {
        const change = changes[index];
        if (!change) return unknown;
        return (
          <span className={styles.change} data-direction={change.direction}>
            <strong>{changeWords(change)}</strong>
            <span>
              {formatFixed(change.from, 3)} → {formatFixed(change.to, 3)}
            </span>
            {change.interval && <span>{intervalWords(change)}</span>}
          </span>
        );
      },
    })),
  ];
  return (
    <Table
      caption={t.caption}
      columns={columns}
      rows={verdict.lines}
      rowKey={({ kind, dataSet }) => `${kind} ${dataSet ?? ''}`}
    />
  );
}
