/**
 * The paper's ablations as changes to a recipe: every row of its tables is a different document, not different
 * code.
 */
import { fault } from '../../../faults/fault.ts';
import type { Recipe, RecipeBranch, RecipeStage, StageAct } from './recipe.ts';

/**
 * `base` trains nothing. `without-ka`, `without-lora-1` and `without-lora-2` remove a branch after training it
 * beside the other, as the method itself does with NA.
 */
export const ablationIds = [
  'base',
  'mka-keep-na',
  'mka-drop-na',
  'without-ka',
  'parallel-lora',
  'without-lora-1',
  'without-lora-2',
  'mka-da-without-orthogonal',
  'mka-da',
  'da-keep-na',
  'da-only',
  'stage1-10',
  'stage1-25',
  'stage1-50',
  'stage2-10',
  'stage2-25',
  'stage2-50',
  'forced-pair',
] as const;

export type AblationId = (typeof ablationIds)[number];

export interface Ablation {
  readonly id: AblationId;
  /** As the paper writes the row. */
  readonly name: string;
  /** Its table or figure in the paper: `Table 3`, `Figure 4 (b)`. */
  readonly table: string;
  /**
   * The ablation of a two-stage recipe with the branches `lora`, `ka`, `na` and `align`, whatever its sizes,
   * data and optimiser.
   * @throws StudioError `ablation-needs-medcare` for a recipe of another form
   */
  readonly recipe: (base: Recipe) => Recipe;
}

export const ablations: readonly Ablation[] = [
  row('base', 'Base model', 'Table 3', () => []),
  row('mka-keep-na', 'MKA, NA kept', 'Tables 1, 3', ({ first }) => [
    { ...first, after: [merge('lora')] },
  ]),
  row('mka-drop-na', 'MKA, NA dropped (w/o DA)', 'Tables 1, 3, 4', ({ first }) => [
    { ...first, after: [drop('na'), merge('lora'), merge('ka')] },
  ]),
  row('without-ka', 'MKA w/o KA', 'Tables 1, 4', ({ first }) => [
    { ...first, after: [drop('ka'), merge('lora')] },
  ]),
  row('parallel-lora', 'Parallel LoRA', 'Table 4', (parts) => [
    { ...parallel(parts), after: [merge('lora'), merge('lora1'), merge('lora2')] },
  ]),
  row('without-lora-1', 'Parallel LoRA w/o LoRA 1', 'Table 4', (parts) => [
    { ...parallel(parts), after: [drop('lora1'), merge('lora'), merge('lora2')] },
  ]),
  row('without-lora-2', 'Parallel LoRA w/o LoRA 2', 'Table 4', (parts) => [
    { ...parallel(parts), after: [drop('lora2'), merge('lora'), merge('lora1')] },
  ]),
  row('mka-da-without-orthogonal', 'MKA + DA w/o L_orth', 'Table 3', ({ first, second }) => [
    first,
    { ...second, orthogonal: second.orthogonal && { ...second.orthogonal, weight: 0 } },
  ]),
  row('mka-da', 'MKA + DA w/ L_orth', 'Table 3', ({ first, second }) => [first, second]),
  row('da-keep-na', 'MKA + DA, NA kept', 'Table 3, Figure 5', ({ first, second }) => [
    { ...first, after: first.after.filter(({ branch }) => branch !== 'na') },
    { ...second, dropout: withSharedRate(second.dropout, 'ka', 'na') },
  ]),
  row('da-only', 'DA only (w/o MKA)', 'Table 3, Figure 5', ({ second }) => [alignmentOnly(second)]),
  ...([10, 25, 50] as const).map((percent) => fraction('stage1', percent)),
  ...([10, 25, 50] as const).map((percent) => fraction('stage2', percent)),
  row('forced-pair', 'MKA, routing forced to experts 1 and 2', 'Figure 4 (b)', ({ first, na }) => [
    forcedStage(
      first,
      Array.from({ length: na.active }, (_, expert) => expert),
    ),
  ]),
];

/**
 * The recipe with a share of one stage's records, chosen by its seed (figures 5 and 6).
 * @param fraction above 0, at most 1
 * @throws StudioError `ablation-needs-medcare`
 */
export function withDataFraction(base: Recipe, stage: 0 | 1, fraction: number): Recipe {
  const { first, second } = partsOf(base);
  const stages = [first, second].map((description, index) =>
    index === stage ? { ...description, data: { ...description.data, fraction } } : description,
  );
  return named(base, `${Math.round(fraction * 1000) / 10} % of stage ${stage + 1} data`, stages);
}

/** The ablation with this id. */
export function ablationOf(id: AblationId): Ablation {
  const found = ablations.find((candidate) => candidate.id === id);
  if (!found) throw new RangeError(`No ablation ${id}`);
  return found;
}

/** Whether a recipe has the stages and branches that the ablations need. */
export function canBeAblated(recipe: Recipe): boolean {
  try {
    partsOf(recipe);
    return true;
  } catch {
    return false;
  }
}

interface Parts {
  readonly first: RecipeStage;
  readonly second: RecipeStage;
  readonly ka: Extract<RecipeBranch, { type: 'lora' }>;
  readonly na: Extract<RecipeBranch, { type: 'mixture' }>;
}

function row(
  id: AblationId,
  name: string,
  table: string,
  stages: (parts: Parts) => RecipeStage[],
): Ablation {
  return { id, name, table, recipe: (base) => named(base, name, stages(partsOf(base))) };
}

function fraction(stage: 'stage1' | 'stage2', percent: 10 | 25 | 50): Ablation {
  const index = stage === 'stage1' ? 0 : 1;
  return {
    id: `${stage}-${percent}`,
    name: `${percent} % of stage ${index + 1} data`,
    table: 'Figures 5, 6',
    recipe: (base) => withDataFraction(base, index, percent / 100),
  };
}

const longestName = 120;

function named(base: Recipe, name: string, stages: RecipeStage[]): Recipe {
  return { ...base, name: `${name} · ${base.name}`.slice(0, longestName), stages };
}

function partsOf(base: Recipe): Parts {
  const [first, second] = base.stages;
  const attached = (stage: RecipeStage | undefined, name: string): RecipeBranch | undefined =>
    stage?.attach.find((branch) => branch.name === name);
  const ka = attached(first, 'ka');
  const na = attached(first, 'na');
  const complete = attached(first, 'lora') && attached(second, 'align');
  if (first && second && complete && ka?.type === 'lora' && na?.type === 'mixture') {
    return { first, second, ka, na };
  }
  throw fault('ablation-needs-medcare', { recipe: base.name }, { kept: 'recipe-unchanged' });
}

function merge(branch: string): StageAct {
  return { action: 'merge', branch };
}

function drop(branch: string): StageAct {
  return { action: 'drop', branch };
}

/** Two plain LoRAs in place of KA and NA: one as wide as KA, one as wide as the part of NA that a token uses. */
function parallel({ first, ka, na }: Parts): RecipeStage {
  const one: RecipeBranch = { ...ka, name: 'lora1' };
  const other: RecipeBranch = { ...ka, name: 'lora2', rank: na.rank * na.active };
  const attach = first.attach.filter(({ name }) => name !== 'ka' && name !== 'na');
  const train = first.train.filter((name) => name !== 'ka' && name !== 'na');
  const dropout = { ...first.dropout };
  for (const name of ['ka', 'na']) Reflect.deleteProperty(dropout, name);
  const rate = first.dropout['ka'] ?? 0;
  if (rate > 0) Object.assign(dropout, { lora1: rate, lora2: rate });
  return {
    ...first,
    attach: [...attach, one, other],
    train: [...train, 'lora1', 'lora2'],
    dropout,
    after: [],
  };
}

/** The second stage alone: the branches that stage 1 would have left are absent, and so is their loss. */
function alignmentOnly(second: RecipeStage): RecipeStage {
  const own = new Set(second.attach.map(({ name }) => name));
  const dropout = Object.entries(second.dropout).filter(([name]) => own.has(name));
  return {
    ...second,
    train: second.train.filter((name) => own.has(name)),
    dropout: Object.fromEntries(dropout),
    orthogonal: null,
    after: second.after.filter(({ branch }) => own.has(branch)),
  };
}

/** Branches that share an input share its dropout mask: the branch that stays takes the other's rate. */
function withSharedRate(
  dropout: RecipeStage['dropout'],
  from: string,
  to: string,
): RecipeStage['dropout'] {
  const rate = dropout[from];
  return rate === undefined ? dropout : { ...dropout, [to]: rate };
}

function forcedStage(first: RecipeStage, experts: readonly number[]): RecipeStage {
  const force: StageAct = { action: 'force', branch: 'na', experts: [...experts] };
  return { ...first, after: [force, merge('lora')] };
}
