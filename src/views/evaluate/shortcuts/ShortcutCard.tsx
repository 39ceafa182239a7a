/** The shortcut check: the questions of a result asked again in variations, and what the changed answers say. */
import { ShieldQuestion } from 'lucide-react';
import { useState } from 'react';
import { shortcutsOf, useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import type { EvaluationSummary, ShortcutState } from '../../../contract/evaluation.ts';
import { continueInTurn } from '../../../studio/queue/page-queue.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { tellWaiting, workName } from '../../queue/work-name.ts';
import { formatScore } from '../MetricName.tsx';
import { useResultMenu } from '../results/result-menu.ts';
import { findingColumns } from './finding-columns.tsx';
import { shortcutText } from './text-shortcuts.ts';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './ShortcutCard.module.css';

const fileName = 'shortcut-check';

export interface ShortcutCardProps {
  readonly results: readonly EvaluationSummary[];
  /** Why nothing can be asked now; null where it can. */
  readonly reason: string | null;
}

export function ShortcutCard({ results, reason }: ShortcutCardProps) {
  const t = shortcutText();
  const running = useEvaluation((state) => state.running);
  const menu = useResultMenu(results);
  const [chosen, setChosen] = useState<string | null>(null);
  const result = results.find(({ id }) => id === chosen) ?? results.at(-1);
  // Read again when an answer came or a measurement ended.
  const key = result ? `${result.id}/${result.updatedAt}/${running?.task ?? ''}` : null;
  const found = useAsync(key, () => shortcutsOf(result?.id ?? ''));
  if (!result) return null;
  const states = found.status === 'ready' ? found.value : [];
  return (
    <Card
      title={t.title}
      aside={t.aside}
      actions={
        states.some(({ finding }) => finding) && (
          <FigureActions name={fileName} rows={() => rowsOf(states)} />
        )
      }
    >
      <div className={panelsStyles.stack}>
        <div className={styles.start}>
          <SelectField label={t.what} value={result.id} choices={menu} onChange={setChosen} />
          <Start states={states} reason={reason} onStart={() => begin(result)} />
        </div>
        {found.status === 'failed' && <ErrorNotice error={found.error} />}
        {found.status === 'loading' && <Loading what={t.loading} height={120} />}
        <ConstantAnswers result={result} />
        {states.some(({ answered }) => answered > 0) && (
          <Table
            caption={t.table}
            columns={findingColumns<ShortcutState>()}
            rows={states.filter(({ applies }) => applies > 0)}
            rowKey={({ shortcut }) => shortcut}
          />
        )}
      </div>
    </Card>
  );
}

/** Asks the questions of a result varied, as soon as the device is free. */
function begin({ id, label }: EvaluationSummary): void {
  const work = { kind: 'shortcuts', evaluationId: id, label } as const;
  tellWaiting(workName(work), continueInTurn(work));
}

/** The button that asks what is not asked yet, or says that there is nothing to ask. */
function Start({
  states,
  reason,
  onStart,
}: {
  readonly states: readonly ShortcutState[];
  readonly reason: string | null;
  readonly onStart: () => void;
}) {
  const t = shortcutText();
  const running = useEvaluation((state) => state.running !== null);
  const sum = (of: (state: ShortcutState) => number) =>
    states.reduce((total, state) => total + of(state), 0);
  const [applies, answered] = [sum((state) => state.applies), sum((state) => state.answered)];
  if (states.length === 0) return null;
  if (applies === 0) return <p className={textStyles.quiet}>{t.nothing}</p>;
  const label = answered === 0 ? t.check(applies) : answered < applies ? t.goOn : t.again;
  return (
    <Button
      icon={<ShieldQuestion size={16} aria-hidden />}
      busy={running}
      reason={reason}
      onClick={onStart}
    >
      {label}
    </Button>
  );
}

/** What one constant answer would score, beside this model. */
function ConstantAnswers({ result }: { readonly result: EvaluationSummary }) {
  const t = shortcutText();
  const tasks = (result.figures?.tasks ?? []).flatMap(({ task, metric, value, baseline }) =>
    baseline ? [{ task, metric, value, baseline }] : [],
  );
  if (tasks.length === 0) return null;
  return (
    <div>
      <h3>{t.constant}</h3>
      <ul className={styles.constant}>
        {tasks.map(({ task, metric, value, baseline }) => (
          <li key={task}>
            {t.constantOf(
              task,
              baseline.usual.answer,
              formatScore(baseline.constant, metric),
              formatScore(value, metric),
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function rowsOf(states: readonly ShortcutState[]): (string | number)[][] {
  return [
    ['variation', 'questions', 'right before', 'right after', 'changed', 'low', 'high', 'chance'], // words: columns of a file
    ...states.flatMap(({ shortcut, finding }) =>
      finding
        ? [
            [
              ...[shortcut, finding.items, finding.rightBefore, finding.rightAfter],
              ...[finding.changed, finding.interval?.low ?? '', finding.interval?.high ?? ''],
              finding.chance,
            ],
          ]
        : [],
    ),
  ];
}
