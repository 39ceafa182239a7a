/** What becomes of the records of a run: how many train, how many are left out or cut, and why. */
import { TriangleAlert } from 'lucide-react';
import { Fragment, useEffect, useState, type ReactNode } from 'react';
import { faultFrom, type StudioError } from '../../../faults/fault.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { outlook, type NewRun } from '../../../studio/runs/runs.ts';
import { cancelTask } from '../../../studio/tasks.ts';
import type { LeftOut, RunData } from '../../../contract/runs.ts';
import { Card } from '../../shared/Card.tsx';
import { errorText } from '../../shared/faults/error-text.ts';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { sharedText } from '../../shared/text.ts';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { outcomeText } from './text-outcomes.ts';
import styles from './RecordOutcomes.module.css';
import rowsStyles from '../rows.module.css';
import textStyles from '../../shared/text.module.css';

/** Choices of a recipe change while somebody types. */
const SETTLE_MS = 400;

type Looked =
  | { readonly status: 'done'; readonly data: RunData }
  | { readonly status: 'failed'; readonly error: StudioError };

/** The records of the next run, examined before it begins. */
export function RecordsOutlook({ run }: { readonly run: Omit<NewRun, 'name'> | null }) {
  const t = outcomeText();
  const [task, setTask] = useState<string | null>(null);
  const [found, setFound] = useState<{ readonly of: string; readonly is: Looked } | null>(null);
  const key = run && run.dataSetIds.length > 0 ? keyOf(run) : null;
  useEffect(() => {
    if (!run || key === null) return;
    let mine: string | null = null;
    let gone = false;
    const timer = setTimeout(() => {
      void outlook(run, (id) => {
        mine = id;
        setTask(id);
      }).then((outcome) => {
        if (gone) return;
        setTask(null);
        if (outcome.status === 'done') {
          setFound({ of: key, is: { status: 'done', data: outcome.value } });
        } else if (outcome.status === 'failed') {
          setFound({ of: key, is: outcome });
        }
      });
    }, SETTLE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
      setTask(null);
      // A finished task cannot be cancelled, and need not be.
      if (mine !== null) void cancelTask(mine).catch(() => undefined);
    };
    // The key includes everything of the run that affects the findings.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key]);
  if (key === null) return null;
  const looked = found?.of === key ? found.is : null;
  return (
    <div className={styles.outcomes} aria-live="polite">
      {!looked && task !== null && <TaskProgress task={task} label={t.looking} />}
      {looked?.status === 'failed' && <ErrorNotice error={looked.error} />}
      {looked?.status === 'done' && <OutcomeList data={looked.data} />}
      {looked?.status === 'done' && <KeepReasoning data={looked.data} />}
    </div>
  );
}

/** What the outlook depends on. */
function keyOf({ modelId, dataSetIds, recipe }: Omit<NewRun, 'name'>): string {
  const { labels, reasoning, batch, validation, seed } = recipe;
  const { maxLength, microBatchTokens } = batch;
  const split = [validation.fraction, validation.maxRecords, seed];
  return JSON.stringify([
    modelId,
    dataSetIds,
    labels,
    reasoning,
    maxLength,
    microBatchTokens,
    split,
  ]);
}

/** Reasoning that the template cuts off can be kept. */
function KeepReasoning({ data: { reasoningDropped = 0 } }: { readonly data: RunData }) {
  const t = outcomeText();
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const { reasoning, ...others } = recipe;
  if (reasoningDropped === 0 && reasoning === undefined) return null;
  return (
    <span className={rowsStyles.act}>
      <CheckField
        label={t.keep}
        checked={reasoning === 'keep'}
        onChange={(on) => setRecipe(on ? { ...recipe, reasoning: 'keep' } : others)}
      />
      <InfoTip about={t.keep} text={t.keepHelp} />
    </span>
  );
}

/** The records of a run that has begun; nothing for a run that did not count them. */
export function RunOutcomes({ data }: { readonly data: RunData | undefined }) {
  if (!data?.leftOut) return null;
  const { truncated, withoutEnd = 0, reasoningDropped = 0, otherPrompt = 0, leftOut } = data;
  const nothing = truncated + withoutEnd + reasoningDropped + otherPrompt + leftOut.length === 0;
  if (nothing) return null;
  return (
    <Card title={outcomeText().title}>
      <OutcomeList data={data} />
    </Card>
  );
}

function OutcomeList({ data }: { readonly data: RunData }) {
  const t = outcomeText();
  const { training, validation, withoutTargets, truncated, maxLength, tokenised } = data;
  const { withoutEnd = 0, reasoningDropped = 0, otherPrompt = 0, leftOut = [] } = data;
  const notes = [
    { count: truncated, text: t.cut(truncated, formatInteger(maxLength)) },
    { count: withoutEnd, text: t.noEnd(withoutEnd) },
    { count: reasoningDropped, text: t.dropped(reasoningDropped) },
    { count: otherPrompt, text: t.otherPrompt(otherPrompt) },
  ].filter(({ count }) => count > 0);
  return (
    <div className={styles.list}>
      <p>{t.train(training, validation)}</p>
      {notes.length > 0 && (
        <ul>
          {notes.map(({ count, text }) => (
            <Row key={text} count={count}>
              {text}
            </Row>
          ))}
        </ul>
      )}
      {withoutTargets > 0 && (
        <>
          <p className={styles.left}>
            <TriangleAlert size={14} aria-hidden /> {t.leftOut(withoutTargets)}
          </p>
          {byRemedy(leftOut).map(({ remedy, of }) => (
            <Fragment key={remedy}>
              <ul>
                {of.map((one) => (
                  <Reason key={one.reason.code + one.reason.message} {...one} />
                ))}
              </ul>
              <p className={styles.remedy}>
                <span className={textStyles.quiet}>{sharedText().whatToDo}</span>
                <bdi>{remedy}</bdi>
              </p>
            </Fragment>
          ))}
          <p className={textStyles.quiet}>{t.refilled}</p>
        </>
      )}
      {tokenised !== undefined && (
        <p className={textStyles.quiet}>
          {t.ofLooked(tokenised, training + validation + withoutTargets)}
        </p>
      )}
    </div>
  );
}

/** A count and what it counts; the counts stand under one another. */
function Row({ count, children }: { readonly count: number; readonly children: ReactNode }) {
  return (
    <li className={styles.row}>
      <strong>{formatInteger(count)}</strong>
      <span>{children}</span>
    </li>
  );
}

/** Reasons with one remedy, together, so that it is shown only once. */
function byRemedy(leftOut: readonly LeftOut[]): { remedy: string; of: readonly LeftOut[] }[] {
  const groups = new Map<string, LeftOut[]>();
  for (const one of leftOut) {
    const { remedy } = errorText(faultFrom(one.reason));
    groups.set(remedy, [...(groups.get(remedy) ?? []), one]);
  }
  return [...groups].map(([remedy, of]) => ({ remedy, of }));
}

function Reason({ reason, count }: LeftOut) {
  const t = outcomeText();
  const { line, dataSet } = reason.data;
  return (
    <Row count={count}>
      <bdi>{errorText(faultFrom(reason)).message}</bdi>
      {typeof line === 'number' && (
        <span className={textStyles.quiet}>
          {t.first(line, typeof dataSet === 'string' ? seenControls(dataSet) : '')}
        </span>
      )}
    </Row>
  );
}
