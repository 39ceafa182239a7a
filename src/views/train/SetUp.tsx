/** What the next run needs, and what it will take; Start. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ownFirst, trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../contract/models.ts';
import { Card } from '../shared/Card.tsx';
import { Notice } from '../shared/Notice.tsx';
import { formatBytes, formatCompact, unknown } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { SetKind } from '../data/sets/SetKind.tsx';
import { FitProposal } from './recipe/FitProposal.tsx';
import { RecipeEditor } from './recipe/RecipeEditor.tsx';
import { PlantCanaries } from './canaries/PlantCanaries.tsx';
import { canaryText } from './canaries/text-canaries.ts';
import { StageLine } from './StageLine.tsx';
import { trainText } from './text.ts';
import styles from './SetUp.module.css';
import textStyles from '../shared/text.module.css';

export interface SetUpProps {
  /** The button that tries the fullest step, and the findings. */
  readonly dryRun: ReactNode;
  /** What becomes of the records. */
  readonly outlook: ReactNode;
  readonly model: ModelSummary | null;
  /** What is missing before the run can start. */
  readonly missing: ReactNode;
  /** The way on for a run that is too large here. */
  readonly handOff: ReactNode;
  /** The memory plan of this run; null while it is laid out. */
  readonly plan: MemoryReport | null;
  /** The previous plan while the next is laid out; else the same. */
  readonly lastPlan: MemoryReport | null;
}

/** The next run: its stages, its data and its recipe. */
export function SetUp({ model, missing, handOff, plan, lastPlan, dryRun, outlook }: SetUpProps) {
  const t = trainText();
  const recipe = useRecipe((state) => state.recipe);
  return (
    <>
      {missing}
      {model && lastPlan && (
        <FitProposal model={model} recipe={recipe} plan={lastPlan} handOff={handOff} />
      )}
      <StageLine recipe={recipe} />
      <div className={styles.setUp}>
        <RecipeEditor />
        <Card title={t.thisRun}>
          <div className={styles.runParts}>
            <h3>{t.model}</h3>
            {model ? (
              <p>
                <Link href="/model">{seenControls(model.name)}</Link>{' '}
                <span className={textStyles.quiet}>
                  {t.parameters(formatCompact(model.parameters))}
                </span>
              </p>
            ) : (
              <p>
                <Link href="/model">{t.chooseModel}</Link>
              </p>
            )}
            <h3>{t.memory}</h3>
            <p>
              {plan === null ? unknown : t.atPeak(formatBytes(plan.peak))}{' '}
              <Link href="/model" className={textStyles.quiet}>
                {t.plan}
              </Link>
            </p>
            {dryRun}
            <h3>{t.dataSets}</h3>
            <DataSetChoice />
            <NoKnowledge />
            <PlantCanaries />
            {outlook}
          </div>
        </Card>
      </div>
    </>
  );
}

/** Says so where a stage that should gather knowledge has none to learn from. */
function NoKnowledge() {
  const recipe = useRecipe((state) => state.recipe);
  const sets = trainingSets(useDataSets());
  const stage = recipe.stages.findIndex(
    ({ data: { kinds } }) => kinds.includes('knowledge') && kinds.length > 1,
  );
  if (stage < 0 || sets.length === 0 || sets.some(({ kind }) => kind === 'knowledge')) return null;
  return <Notice compact tone="warning" title={trainText().noKnowledge(stage + 1)} />;
}

function DataSetChoice() {
  const t = trainText();
  const state = useDataSets();
  const used = new Set(trainingSets(state).map(({ id }) => id));
  const choices = ownFirst(state.sets).filter(({ shape }) => shape !== 'evaluation');
  if (choices.length === 0) {
    return (
      <p>
        <Link href="/data">{t.addData}</Link>
      </p>
    );
  }
  return (
    <ul className={styles.setChoice}>
      {choices.map((set) => (
        <li key={set.id}>
          <CheckField
            label={set.name}
            checked={used.has(set.id)}
            onChange={(on) => state.setUsed(set.id, on)}
          />
          <span className={styles.setChoiceFacts}>
            {set.kindGuessed ? (
              <SetKind set={set} />
            ) : (
              <Tag tone={set.kind === 'knowledge' ? 'ka' : 'align'}>{t.kinds[set.kind]}</Tag>
            )}
            {set.canaries && <Tag>{canaryText().tag}</Tag>}
            <span className={textStyles.quiet}>{t.records(set.records)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
