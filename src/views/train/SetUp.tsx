import { Link } from 'wouter';
import { trainingSets, useDataSets } from '../../studio/data-sets.ts';
import { useRecipe } from '../../studio/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../worker/protocol.ts';
import { Card } from '../shared/Card.tsx';
import { formatBytes, formatCompact, formatCount } from '../shared/format.ts';
import { Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/Toggle.tsx';
import { FitProposal } from './FitProposal.tsx';
import { RecipeEditor } from './RecipeEditor.tsx';
import { StageLine } from './StageLine.tsx';
import type { Missing } from './readiness.ts';

export interface SetUpProps {
  readonly model: ModelSummary | null;
  readonly missing: readonly Missing[];
  /** The memory plan of this run; null while it is laid out. */
  readonly plan: MemoryReport | null;
  /** The plan before it while it is laid out; else the same. */
  readonly lastPlan: MemoryReport | null;
}

/** The next run: its stages, its data and its recipe. */
export function SetUp({ model, missing, plan, lastPlan }: SetUpProps) {
  const recipe = useRecipe((state) => state.recipe);
  return (
    <>
      {missing.length > 0 && <MissingList missing={missing} />}
      {model && lastPlan && <FitProposal model={model} recipe={recipe} plan={lastPlan} />}
      <StageLine recipe={recipe} />
      <div className="set-up">
        <RecipeEditor />
        <Card title="This run">
          <div className="run-parts">
            <h3>Model</h3>
            {model ? (
              <p>
                <Link href="/model">{model.name}</Link>{' '}
                <span className="quiet">{formatCompact(model.parameters)} parameters</span>
              </p>
            ) : (
              <p>
                <Link href="/model">Choose a model</Link>
              </p>
            )}
            <h3>Memory on the GPU</h3>
            <p>
              {plan === null ? '–' : `${formatBytes(plan.peak)} at the peak`}{' '}
              <Link href="/model" className="quiet">
                plan
              </Link>
            </p>
            <h3>Data sets</h3>
            <DataSetChoice />
          </div>
        </Card>
      </div>
    </>
  );
}

function MissingList({ missing }: { readonly missing: readonly Missing[] }) {
  return (
    <section className="missing" aria-label="Missing before training can start">
      <h2>Before training can start</h2>
      <ul>
        {missing.map(({ what, path }) => (
          <li key={what}>
            {what}
            {path !== null && (
              <>
                {' '}
                <Link href={path}>{path === '/data' ? 'Data page' : 'Model page'}</Link>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function DataSetChoice() {
  const state = useDataSets();
  const used = new Set(trainingSets(state).map(({ id }) => id));
  const choices = state.sets.filter(({ shape }) => shape !== 'evaluation');
  if (choices.length === 0) {
    return (
      <p>
        <Link href="/data">Add a data set, or take the samples</Link>
      </p>
    );
  }
  return (
    <ul className="set-choice">
      {choices.map(({ id, name, kind, records }) => (
        <li key={id}>
          <CheckField
            label={name}
            checked={used.has(id)}
            onChange={(on) => state.setUsed(id, on)}
          />
          <span className="set-choice__facts">
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{kind}</Tag>
            <span className="quiet">{formatCount(records, 'record')}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
