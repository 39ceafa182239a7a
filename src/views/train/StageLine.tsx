import { ArrowRight, Snowflake } from 'lucide-react';
import { memo } from 'react';
import type { Recipe, RecipeBranch, RecipeStage } from '../../engine/training/recipe.ts';
import { branchFate, presentBranches } from '../../studio/recipe-edit.ts';
import type { StageProgress } from '../../worker/protocol.ts';
import { classes } from '../shared/classes.ts';
import { formatCount, formatInteger, formatPercent } from '../shared/format.ts';
import { Tag, branchTone, branchTitle } from '../shared/Tag.tsx';
import { Tip } from '../shared/Tooltip.tsx';
import { blockHalves, branchMeaning, branchSize } from './words.ts';

export interface StageLineProps {
  readonly recipe: Recipe;
  /** How far each stage is; absent before a run. */
  readonly progress?: readonly StageProgress[];
  /** The stage under way; null before and after. */
  readonly current?: number | null;
}

/** The stages of a recipe as cards on a line, with what happens to the branches in between. */
export const StageLine = memo(function StageLine({
  recipe,
  progress,
  current = null,
}: StageLineProps) {
  const present = presentBranches(recipe);
  return (
    <ol className="stages" aria-label="Stages of the recipe">
      {recipe.stages.map((stage, index) => (
        // Stages have no identity of their own beyond their place.
        <li key={index} className="stages__item">
          <StageCard
            stage={stage}
            index={index}
            branches={present[index] ?? []}
            progress={progress?.[index]}
            current={current === index}
          />
          <Between
            stage={stage}
            branches={present[index] ?? []}
            last={index === recipe.stages.length - 1}
          />
        </li>
      ))}
    </ol>
  );
});

interface StageCardProps {
  readonly stage: RecipeStage;
  readonly index: number;
  readonly branches: readonly RecipeBranch[];
  readonly progress: StageProgress | undefined;
  readonly current: boolean;
}

function StageCard({ stage, index, branches, progress, current }: StageCardProps) {
  return (
    <section
      className={classes(
        'stage',
        `stage--${index % 2 === 0 ? 'first' : 'second'}`,
        current && 'stage--current',
      )}
      aria-label={`Stage ${index + 1}: ${stage.name}`}
    >
      <header className="stage__head">
        <h2>
          <span className="stage__number">{index + 1}</span> {stage.name}
        </h2>
        <StageStatus progress={progress} current={current} />
      </header>
      <div className="stage__halves">
        {blockHalves.map(({ name, targets }) => (
          <div key={name} className="stage__half">
            <span className="stage__half-name">{name}</span>
            <span className="stage__bars">
              <Tip text="Base weights: frozen throughout">
                <span className="bar-block bar-block--base">base</span>
              </Tip>
              {branches
                .filter((branch) => branch.targets.some((target) => targets.includes(target)))
                .map((branch) => (
                  <BranchBar
                    key={branch.name}
                    branch={branch}
                    trains={stage.train.includes(branch.name)}
                  />
                ))}
            </span>
          </div>
        ))}
      </div>
      <p className="stage__facts">
        <span>{stage.data.kinds.join(' + ')} records</span>
        {stage.data.fraction < 1 && <span>{formatPercent(stage.data.fraction)} of them</span>}
        <span>{formatCount(stage.epochs, 'epoch')}</span>
        {stage.orthogonal && (
          <span>
            λ {stage.orthogonal.weight} between {branchTitle(stage.orthogonal.between[0])} and{' '}
            {branchTitle(stage.orthogonal.between[1])}
          </span>
        )}
        {progress && <span>{formatCount(progress.records, 'record')}</span>}
      </p>
      <div className="stage__track" aria-hidden>
        <span
          style={{
            transform: `scaleX(${progress && progress.steps > 0 ? progress.stepsDone / progress.steps : 0})`,
          }}
        />
      </div>
    </section>
  );
}

function StageStatus({
  progress,
  current,
}: {
  readonly progress: StageProgress | undefined;
  readonly current: boolean;
}) {
  if (!progress) return null;
  const { steps, stepsDone } = progress;
  if (stepsDone >= steps && steps > 0) return <Tag tone="good">done</Tag>;
  if (current || stepsDone > 0) {
    return (
      <span className="stage__step">
        step {formatInteger(stepsDone)} / {formatInteger(steps)}
      </span>
    );
  }
  return <span className="stage__step">{formatCount(steps, 'step')}</span>;
}

/** A mixture is drawn as its experts side by side; what does not learn is hatched. */
function BranchBar({
  branch,
  trains,
}: {
  readonly branch: RecipeBranch;
  readonly trains: boolean;
}) {
  const blocks = branch.type === 'mixture' ? Math.min(branch.experts, 16) : 1;
  const title = branchTitle(branch.name);
  return (
    <Tip
      text={`${branchMeaning(branch.name)}: ${branchSize(branch)}, on ${branch.targets.join(', ')}. ${trains ? 'Trains' : 'Frozen'}.`}
    >
      <span
        className={classes(
          'bar-block',
          `ui-tone--${branchTone(branch.name)}`,
          !trains && 'bar-block--frozen',
        )}
      >
        <span className="bar-block__bars" aria-hidden>
          {Array.from({ length: blocks }, (_, block) => (
            <span key={block} />
          ))}
        </span>
        {!trains && <Snowflake size={11} aria-hidden />}
        {title}
        <span className="ui-hidden">
          {' '}
          {branchSize(branch)}, {trains ? 'trains' : 'frozen'}
        </span>
      </span>
    </Tip>
  );
}

function Between({
  stage,
  branches,
  last,
}: {
  readonly stage: RecipeStage;
  readonly branches: readonly RecipeBranch[];
  readonly last: boolean;
}) {
  const fates = branches.map(({ name }) => ({ name, fate: branchFate(stage, name) }));
  const named = (wanted: string) => fates.filter(({ fate }) => fate === wanted);
  const kept = named('keep');
  return (
    <div className="between">
      <ul className="between__acts">
        {(['drop', 'merge'] as const).flatMap((act) =>
          named(act).map(({ name }) => (
            <li key={name} className={`ui-tone--${branchTone(name)}`}>
              {act} <strong>{branchTitle(name)}</strong>
            </li>
          )),
        )}
        {kept.map(({ name }) => (
          <li key={name} className={`ui-tone--${branchTone(name)}`}>
            keep <strong>{branchTitle(name)}</strong>
          </li>
        ))}
      </ul>
      <span className="between__arrow" aria-hidden>
        <ArrowRight size={18} />
      </span>
      {last && (
        <span className="between__end">
          {kept.length === 0 ? 'merged model' : 'model with branches'}
        </span>
      )}
    </div>
  );
}
