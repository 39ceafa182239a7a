/** What becomes of the records of a run: how many train, how many are left out or cut, and why. */
import { TriangleAlert } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { faultFrom } from '../../../faults/fault.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import type { LeftOut, RunData, RunSummary } from '../../../contract/runs.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { Card } from '../../shared/Card.tsx';
import { errorText } from '../../shared/faults/error-text.ts';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { sharedText } from '../../shared/text.ts';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { CutRemedy } from '../../shared/controls/CutRemedy.tsx';
import { placeWords } from '../../shared/words/place.ts';
import { outcomeText } from './text-outcomes.ts';
import type { Outlook } from './use-outlook.ts';
import styles from './RecordOutcomes.module.css';
import rowsStyles from '../rows.module.css';
import textStyles from '../../shared/text.module.css';

type Truncation = NonNullable<Recipe['truncation']>;

/** The records of the next run, examined before it begins. */
export function RecordsOutlook({ outlook: { task, looked } }: { readonly outlook: Outlook }) {
  const t = outcomeText();
  const truncation = useRecipe((state) => state.recipe.truncation);
  if (!looked && task === null) return null;
  return (
    <div className={styles.outcomes} aria-live="polite">
      {!looked && task !== null && <TaskProgress task={task} label={t.looking} />}
      {looked?.status === 'failed' && <ErrorNotice error={looked.error} />}
      {looked?.status === 'done' && (
        <>
          <OutcomeList data={looked.data} truncation={truncation} />
          {looked.data.cut && <CutRemedy cut={looked.data.cut} />}
          <KeepReasoning data={looked.data} />
        </>
      )}
    </div>
  );
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

type RunFacts = Pick<RunSummary, 'data' | 'recipe'>;

/** The records of a run that has begun; nothing for a run that did not count them. */
export function RunOutcomes({ run: { data, recipe } }: { readonly run: RunFacts }) {
  if (!data?.leftOut) return null;
  const { withoutEnd = 0, reasoningDropped = 0, otherPrompt = 0, leftOut } = data;
  const cut = data.truncated + (data.validationTruncated ?? 0);
  const nothing = cut + withoutEnd + reasoningDropped + otherPrompt + leftOut.length === 0;
  if (nothing) return null;
  return (
    <Card title={outcomeText().title}>
      <OutcomeList data={data} truncation={recipe.truncation} />
    </Card>
  );
}

interface OutcomeListProps {
  readonly data: RunData;
  readonly truncation: Truncation | undefined;
}

function OutcomeList({ data, truncation = 'end' }: OutcomeListProps) {
  const t = outcomeText();
  const { training, validation, withoutTargets, tokenised } = data;
  const { withoutEnd = 0, reasoningDropped = 0, otherPrompt = 0, leftOut = [] } = data;
  const { validationTruncated = 0 } = data;
  const notes = [
    ...cutNotes(data, truncation),
    { count: validationTruncated, text: t.validationCut(validationTruncated) },
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
      <LittleBySet data={data} />
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

/** What records that are too long lose. */
function cutNotes({ truncated, maxLength, cut }: RunData, truncation: Truncation) {
  const t = outcomeText();
  const length = formatInteger(maxLength);
  if (!cut || truncation === 'end') {
    return [{ count: truncated, text: t.cut(truncated, length) }];
  }
  return [
    { count: cut.promptCut, text: t.promptCut[truncation](cut.promptCut, length) },
    { count: cut.answerCut, text: t.answerCut(cut.answerCut) },
  ];
}

/** The sets whose records teach nothing or little because they are too long. */
function LittleBySet({ data: { cutBySet = [] } }: { readonly data: RunData }) {
  const t = outcomeText();
  const poor = cutBySet.filter(({ nothing, little }) => nothing + little > 0);
  if (poor.length === 0) return null;
  return (
    <>
      <p className={styles.left}>
        <TriangleAlert size={14} aria-hidden /> {t.little}
      </p>
      <ul>
        {poor.map(({ dataSet, records, nothing, little }) => (
          <Row key={dataSet} count={nothing + little}>
            {t.littleOf(records)} <bdi>{seenControls(dataSet)}</bdi>
            {nothing > 0 && t.nothing(nothing)}
          </Row>
        ))}
      </ul>
      <p className={textStyles.quiet}>{t.littleHelp}</p>
    </>
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
  const { line, row, dataSet } = reason.data;
  const place = typeof line === 'number' && { line, ...(typeof row === 'number' && { row }) };
  return (
    <Row count={count}>
      <bdi>{errorText(faultFrom(reason)).message}</bdi>
      {place && (
        <span className={textStyles.quiet}>
          {t.first(placeWords(place), typeof dataSet === 'string' ? seenControls(dataSet) : '')}
        </span>
      )}
    </Row>
  );
}
