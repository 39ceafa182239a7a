/** What the next run needs, and what it will take; Start. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../contract/models.ts';
import { Card } from '../shared/Card.tsx';
import { Notice } from '../shared/Notice.tsx';
import { formatBytes, formatCompact, unknown } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { FitProposal } from './recipe/FitProposal.tsx';
import { RecipeEditor } from './recipe/RecipeEditor.tsx';
import { StageLine } from './StageLine.tsx';
import type { Missing } from './readiness.ts';
import { trainText } from './text.ts';
import styles from './SetUp.module.css';
import textStyles from '../shared/text.module.css';

export interface SetUpProps {
  /** The button that tries the fullest step, and the findings. */
  readonly dryRun: ReactNode;
  /** What becomes of the records. */
  readonly outlook: ReactNode;
  readonly model: ModelSummary | null;
  readonly missing: readonly Missing[];
  /** The memory plan of this run; null while it is laid out. */
  readonly plan: MemoryReport | null;
  /** The previous plan while the next is laid out; else the same. */
  readonly lastPlan: MemoryReport | null;
}

/** The next run: its stages, its data and its recipe. */
export function SetUp({ model, missing, plan, lastPlan, dryRun, outlook }: SetUpProps) {
  const t = trainText();
  const recipe = useRecipe((state) => state.recipe);
  return (
    <>
      {missing.length > 0 && <MissingList missing={missing} />}
      {model && lastPlan && <FitProposal model={model} recipe={recipe} plan={lastPlan} />}
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
            {outlook}
          </div>
        </Card>
      </div>
    </>
  );
}

function MissingList({ missing }: { readonly missing: readonly Missing[] }) {
  const t = trainText();
  return (
    <section className={styles.missing} aria-label={t.missingLabel}>
      <h2>{t.beforeStart}</h2>
      <ul>
        {missing.map(({ what, path }) => (
          <li key={what}>
            {seenControls(what)}
            {path !== null && (
              <>
                {' '}
                <Link href={path}>{path === '/data' ? t.dataPage : t.modelPage}</Link>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
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
  const choices = state.sets.filter(({ shape }) => shape !== 'evaluation');
  if (choices.length === 0) {
    return (
      <p>
        <Link href="/data">{t.addData}</Link>
      </p>
    );
  }
  return (
    <ul className={styles.setChoice}>
      {choices.map(({ id, name, kind, records }) => (
        <li key={id}>
          <CheckField
            label={name}
            checked={used.has(id)}
            onChange={(on) => state.setUsed(id, on)}
          />
          <span className={styles.setChoiceFacts}>
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{t.kinds[kind]}</Tag>
            <span className={textStyles.quiet}>{t.records(records)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
