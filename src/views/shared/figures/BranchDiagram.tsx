/** Draws the paper's picture of branches from a recipe: what each stage has, trains, drops and merges. */
import { clsx } from 'clsx';
import { ArrowDown, ArrowRight } from 'lucide-react';
import type { Projection, Recipe, RecipeBranch, RecipeStage } from '../../../contract/recipe.ts';
import {
  branchFate,
  branchFates,
  presentBranches,
  type BranchFate,
} from '../../../studio/runs/recipe-edit.ts';
import { blockHalves } from '../../../studio/runs/recipe-schema.ts';
import { diagramText, sizeInWords, stageTitle } from './diagram-text.ts';
import { formatNumber } from '../format.ts';
import { branchTitle, branchTone } from '../Tag.tsx';
import styles from './BranchDiagram.module.css';

/** The part of the picture under discussion, which gets a frame. */
export type DiagramPart =
  | { readonly kind: 'stage' | 'after'; readonly stage: number }
  | { readonly kind: 'end' };

export interface BranchDiagramProps {
  readonly recipe: Recipe;
  readonly highlight?: DiagramPart | null;
}

function onTargets(branches: readonly RecipeBranch[], targets: readonly Projection[]) {
  return branches.filter((branch) => branch.targets.some((target) => targets.includes(target)));
}

/** Stages side by side, with what happens to their branches in between and what leaves at the end. */
export function BranchDiagram({ recipe, highlight = null }: BranchDiagramProps) {
  const t = diagramText();
  const present = presentBranches(recipe);
  const isLit = (kind: 'stage' | 'after', stage: number) =>
    highlight?.kind === kind && highlight.stage === stage;
  return (
    <div className={styles.diagram} role="group" aria-label={t.label}>
      {recipe.stages.map((stage, index) => {
        const branches = present[index] ?? [];
        return (
          // Stages have no identity beyond their place.
          <div key={index} className={styles.stage}>
            <figure className={clsx(styles.panel, isLit('stage', index) && styles.lit)}>
              <figcaption>
                <strong>{t.stage(index + 1, stageTitle(stage.name))}</strong>
                {stage.orthogonal && (
                  <span>
                    {t.orthogonal(
                      formatNumber(stage.orthogonal.weight),
                      branchTitle(stage.orthogonal.between[0]),
                      branchTitle(stage.orthogonal.between[1]),
                    )}
                  </span>
                )}
              </figcaption>
              <StagePicture stage={stage} branches={branches} />
            </figure>
            <After stage={stage} branches={branches} lit={isLit('after', index)} />
          </div>
        );
      })}
      <EndPicture kept={presentAtEnd(recipe, present)} lit={highlight?.kind === 'end'} />
    </div>
  );
}

/** Branches that are still beside the weights when the last stage has ended. */
function presentAtEnd(
  { stages }: Recipe,
  present: readonly (readonly RecipeBranch[])[],
): readonly RecipeBranch[] {
  const last = stages.at(-1);
  if (!last) return [];
  const leaves = new Set<BranchFate>(['drop', 'merge']);
  return (present.at(-1) ?? []).filter(({ name }) => !leaves.has(branchFate(last, name)));
}

function inWords(stage: RecipeStage, branches: readonly RecipeBranch[]): string {
  const t = diagramText();
  return blockHalves
    .map(({ key, targets }) => {
      const parts = onTargets(branches, targets).map((branch) => {
        const named = `${branchTitle(branch.name)} ${sizeInWords(branch)}`;
        return stage.train.includes(branch.name) ? t.trains(named) : t.frozen(named);
      });
      return t.half(t.halves[key], targets.join(t.comma), [t.baseFrozen, ...parts].join(t.comma));
    })
    .join(' ');
}

/** Sizes in the units of the drawing. */
const width = 344;
const rowHeight = 138;
const baseWidth = 62;
const loraWidth = 44;
const expertWidth = 13;
const expertGap = 4;
const gap = 18;
/** With more experts than this, only the first are drawn, with the number of all below. */
const drawnExperts = 8;

function widthOf(branch: RecipeBranch): number {
  if (branch.type === 'lora') return loraWidth;
  const experts = Math.min(branch.experts, drawnExperts);
  return experts * expertWidth + (experts - 1) * expertGap;
}

function StagePicture({
  stage,
  branches,
}: {
  readonly stage: RecipeStage;
  readonly branches: readonly RecipeBranch[];
}) {
  return (
    <svg
      viewBox={`0 0 ${width} ${rowHeight * blockHalves.length}`}
      role="img"
      aria-label={inWords(stage, branches)}
    >
      {blockHalves.map(({ key, targets }, row) => (
        <Half
          key={key}
          top={row * rowHeight}
          name={diagramText().halves[key]}
          targets={targets}
          branches={onTargets(branches, targets)}
          train={stage.train}
        />
      ))}
    </svg>
  );
}

/** One half of a block: the frozen W and its branches between their common input and the sum above. */
function Half({
  top,
  name,
  targets,
  branches,
  train,
}: {
  readonly top: number;
  readonly name: string;
  readonly targets: readonly Projection[];
  readonly branches: readonly RecipeBranch[];
  readonly train: readonly string[];
}) {
  const first = 6 + baseWidth + gap;
  const placed = branches.map((branch, index) => ({
    branch,
    at: branches.slice(0, index).reduce((x, before) => x + widthOf(before) + gap, first),
  }));
  const right = branches.reduce((x, branch) => x + widthOf(branch) + gap, first) - gap;
  return (
    <g transform={`translate(0 ${top})`}>
      <text x={6} y={12} className={styles.half}>
        {name} <tspan className={styles.linears}>{targets.join(' ')}</tspan>
      </text>
      <path
        className={styles.wire}
        d={`M6 22H${right}M6 98H${right}M${6 + baseWidth / 2} 22V28M${6 + baseWidth / 2} 92V98`}
      />
      <rect className={styles.base} x={6} y={28} width={baseWidth} height={64} rx={3} />
      <text x={6 + baseWidth / 2} y={65} className={styles.letter}>
        {diagramText().base}
      </text>
      {placed.map(({ branch, at }) => (
        <Branch key={branch.name} branch={branch} x={at} trains={train.includes(branch.name)} />
      ))}
    </g>
  );
}

/** A above the input narrows to the rank, B widens to the output. */
function hourglass(x: number, w: number): string {
  const waist = w * 0.24;
  return `M${x} 92L${x + waist} 62H${x + w - waist}L${x + w} 92ZM${x + waist} 58L${x} 28H${x + w}L${x + w - waist} 58Z`;
}

function Branch({
  branch,
  x,
  trains,
}: {
  readonly branch: RecipeBranch;
  readonly x: number;
  readonly trains: boolean;
}) {
  const w = widthOf(branch);
  const middle = x + w / 2;
  const experts = branch.type === 'mixture' ? Math.min(branch.experts, drawnExperts) : 1;
  const each = branch.type === 'mixture' ? expertWidth : loraWidth;
  return (
    <g className={trains ? undefined : styles.frozen} data-tone={branchTone(branch.name)}>
      <path className={styles.wire} d={`M${middle} 22V28M${middle} 92V98`} />
      {Array.from({ length: experts }, (_, expert) => (
        <path
          key={expert}
          className={
            branch.type === 'mixture' && expert >= branch.active
              ? clsx(styles.shape, styles.shapeIdle)
              : styles.shape
          }
          d={hourglass(x + expert * (each + expertGap), each)}
        />
      ))}
      {branch.type === 'mixture' && <path className={styles.router} d={`M${x} 95H${x + w}`} />}
      <text x={middle} y={111} className={styles.name}>
        {branchTitle(branch.name)}
        {trains ? '' : ' ❄'}
      </text>
      <text x={middle} y={125} className={styles.size}>
        {sizeInWords(branch)}
      </text>
    </g>
  );
}

/** What happens to each branch when a stage ends. */
function After({
  stage,
  branches,
  lit,
}: {
  readonly stage: RecipeStage;
  readonly branches: readonly RecipeBranch[];
  readonly lit: boolean;
}) {
  const t = diagramText();
  const acts = branchFates.flatMap((fate) =>
    branches
      .filter(({ name }) => branchFate(stage, name) === fate)
      .map(({ name }) => ({ name, fate })),
  );
  const merged = new Set(acts.filter(({ fate }) => fate === 'merge').map(({ name }) => name));
  const attention = onTargets(branches, blockHalves[0].targets);
  const freezes = attention.length > 0 && attention.every(({ name }) => merged.has(name));
  return (
    <div className={clsx(styles.after, lit && styles.lit)}>
      <ul aria-label={t.then(stageTitle(stage.name))}>
        {acts.map(({ name, fate }) => (
          <li key={name} data-tone={branchTone(name)}>
            {t.fates[fate](branchTitle(name))}
          </li>
        ))}
        {freezes && <li data-tone="base">{t.freeze}</li>}
      </ul>
      <ArrowRight size={20} aria-hidden className={clsx(styles.arrow, styles.arrowAcross)} />
      <ArrowDown size={20} aria-hidden className={clsx(styles.arrow, styles.arrowDown)} />
    </div>
  );
}

function EndPicture({
  kept,
  lit,
}: {
  readonly kept: readonly RecipeBranch[];
  readonly lit: boolean;
}) {
  const t = diagramText();
  const whole = kept.length === 0;
  return (
    <div className={clsx(styles.end, lit && styles.lit)}>
      <svg viewBox="0 0 62 64" aria-hidden>
        <rect className={styles.base} x={1} y={1} width={60} height={62} rx={3} />
        <text x={31} y={37} className={styles.letter}>
          {t.base}′
        </text>
      </svg>
      <strong>{whole ? t.merged : t.withBranches}</strong>
      <span>
        {whole
          ? t.mergedHelp
          : t.withBranchesHelp(kept.map(({ name }) => branchTitle(name)).join(t.comma))}
      </span>
    </div>
  );
}
