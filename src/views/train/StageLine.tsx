/** The two stages on a line with their branches. */
import { clsx } from 'clsx';
import { ArrowRight, Snowflake } from 'lucide-react';
import { memo } from 'react';
import type { Recipe, RecipeBranch, RecipeStage } from '../../contract/recipe.ts';
import { useWords } from '../../studio/language.ts';
import { branchFate, branchFates, presentBranches } from '../../studio/runs/recipe-edit.ts';
import type { StageProgress } from '../../contract/runs.ts';
import { stageTitle } from '../shared/figures/diagram-text.ts';
import { formatInteger, formatNumber, formatPercent } from '../shared/format.ts';
import { Tag, branchTone, branchTitle } from '../shared/Tag.tsx';
import { Tip } from '../shared/controls/Tooltip.tsx';
import { listed } from '../shared/words/marks.ts';
import { branchMeaning, stageText } from './recipe/text-stages.ts';
import { blockHalves } from '../../studio/runs/recipe-schema.ts';
import { branchSize } from './words.ts';
import styles from './StageLine.module.css';
import textStyles from '../shared/text.module.css';

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
  const t = useWords(stageText);
  const present = presentBranches(recipe);
  if (recipe.stages.length === 0) return <p className={styles.stagesNone}>{t.noStages}</p>;
  return (
    <ol className={styles.stages} aria-label={t.line}>
      {recipe.stages.map((stage, index) => (
        // Only its place identifies a stage.
        <li key={index} className={styles.stagesItem}>
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
  const t = stageText();
  const kinds = stage.data.kinds.map((kind) => t.kinds[kind]).join(' + ');
  return (
    <section
      className={clsx(
        styles.stage,
        index % 2 === 0 ? styles.stageFirst : styles.stageSecond,
        current && styles.stageCurrent,
      )}
      aria-label={t.stage(index + 1, stageTitle(stage.name))}
    >
      <header className={styles.stageHead}>
        <h2>
          <span className={styles.stageNumber}>{index + 1}</span> {stageTitle(stage.name)}
        </h2>
        <StageStatus progress={progress} current={current} />
      </header>
      <div className={styles.stageHalves}>
        {blockHalves.map(({ key, targets }) => (
          <div key={key} className={styles.stageHalf}>
            <span className={styles.stageHalfName}>{t.halves[key]}</span>
            <span className={styles.stageBars}>
              <Tip text={t.baseTip}>
                <span className={clsx(styles.barBlock, styles.barBlockBase)}>{t.base}</span>
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
      <p className={styles.stageFacts}>
        <span>{t.records(kinds)}</span>
        {stage.data.fraction < 1 && <span>{t.ofThem(formatPercent(stage.data.fraction))}</span>}
        <span>{t.epochs(stage.epochs)}</span>
        {stage.orthogonal && (
          <span>
            {t.lambda(
              formatNumber(stage.orthogonal.weight),
              branchTitle(stage.orthogonal.between[0]),
              branchTitle(stage.orthogonal.between[1]),
            )}
          </span>
        )}
        {progress && <span>{t.recordCount(progress.records)}</span>}
      </p>
      <div className={styles.stageTrack} aria-hidden>
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
  const t = stageText();
  if (!progress) return null;
  const { steps, stepsDone } = progress;
  if (stepsDone >= steps && steps > 0) return <Tag tone="good">{t.done}</Tag>;
  if (current || stepsDone > 0) {
    return (
      <span className={styles.stageStep}>
        {t.step(formatInteger(stepsDone), formatInteger(steps))}
      </span>
    );
  }
  return <span className={styles.stageStep}>{t.steps(steps)}</span>;
}

/** A mixture is drawn as its experts side by side; branches that do not learn are hatched. */
function BranchBar({
  branch,
  trains,
}: {
  readonly branch: RecipeBranch;
  readonly trains: boolean;
}) {
  const t = stageText();
  const blocks = branch.type === 'mixture' ? Math.min(branch.experts, 16) : 1;
  const title = branchTitle(branch.name);
  return (
    <Tip
      text={t.branchTip(
        branchMeaning(branch.name),
        branchSize(branch),
        listed(branch.targets),
        trains,
      )}
    >
      <span
        className={clsx(styles.barBlock, !trains && styles.barBlockFrozen)}
        data-tone={branchTone(branch.name)}
      >
        <span className={styles.barBlockBars} aria-hidden>
          {Array.from({ length: blocks }, (_, block) => (
            <span key={block} />
          ))}
        </span>
        {!trains && <Snowflake size={11} aria-hidden />}
        {title}
        <span className={textStyles.hidden}>
          {' '}
          {listed([branchSize(branch), trains ? t.trains : t.frozen])}
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
  const t = stageText();
  const fates = branches.map(({ name }) => ({ name, fate: branchFate(stage, name) }));
  const named = (wanted: string) => fates.filter(({ fate }) => fate === wanted);
  const left = [...named('keep'), ...named('force')];
  return (
    <div className={styles.between}>
      <ul className={styles.betweenActs}>
        {branchFates.flatMap((act) =>
          named(act).map(({ name }) => (
            <li key={name} data-tone={branchTone(name)}>
              {t.acts[act]} <strong>{branchTitle(name)}</strong>
            </li>
          )),
        )}
      </ul>
      <span className={styles.betweenArrow} aria-hidden>
        <ArrowRight size={18} />
      </span>
      {last && (
        <span className={styles.betweenEnd}>{left.length === 0 ? t.merged : t.withBranches}</span>
      )}
    </div>
  );
}
