/** Runs one golden case: the largest error of every quantity. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  writeBranches,
  branchTensors,
  describeBranches,
} from '../../src/engine/branches/device-branches.ts';
import { layOutBranches, type BranchLayout } from '../../src/engine/branches/layout.ts';
import { mergeBranches } from '../../src/engine/branches/merge.ts';
import {
  packParameters,
  unpackParameters,
  type NamedParameters,
} from '../../src/engine/branches/parameters.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Generator } from '../../src/engine/inference/generator.ts';
import { Scorer } from '../../src/engine/inference/scorer.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import type { DeviceBranches } from '../../src/engine/model/passes/context.ts';
import type { Products } from '../../src/engine/kernels/linear/linear-kernels.ts';
import { buffersOf } from '../../src/engine/model/inputs.ts';
import { packRecords, type MicroBatch, type TokenRecord } from '../../src/engine/model/packing.ts';
import { MergedWeightReader } from '../../src/engine/inference/merged-weights.ts';
import { BaseModel, projectionShape } from '../../src/engine/model/weights.ts';
import { projectionModules, projections } from '../../src/engine/model/projections.ts';
import { stageBranches } from '../../src/engine/training/stage/branch-plans.ts';
import { paperRecipe } from '../../src/engine/training/recipe/presets.ts';
import { parseRecipe, type Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { learningRate } from '../../src/engine/training/recipe/schedule.ts';
import { planStage } from '../../src/engine/training/stage/stage-plan.ts';
import { StageTrainer } from '../../src/engine/training/stage/stage-trainer.ts';
import type { ParsedSafetensors } from '../../src/formats/weights/safetensors.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import { readGoldenTensors, readParameters } from './golden-files.ts';
import { relativeL2 } from '../../src/engine/testing/numbers.ts';

const stepSchema = z.object({
  step: z.number(),
  learningRate: z.number(),
  nll: z.number(),
  orthogonal: z.number(),
  gradNorm: z.number(),
});

const validationSchema = z.object({ knowledge: z.number(), alignment: z.number() });

const caseSchema = z.object({
  recipe: z.object({
    rank: z.int(),
    sharedExperts: z.int(),
    experts: z.int(),
    activeExperts: z.int(),
    alpha: z.number(),
    orthogonalWeight: z.number(),
    routerBias: z.boolean(),
    renormaliseTopK: z.boolean(),
    scaling: z.enum(['alpha/r', 'alpha/rank']),
  }),
  optimizer: z.object({
    learningRate: z.number(),
    beta1: z.number(),
    beta2: z.number(),
    epsilon: z.number(),
    weightDecay: z.number(),
    warmupRatio: z.number(),
    schedule: z.enum(['cosine', 'constant']),
    clipNorm: z.number(),
    accumulate: z.int(),
  }),
  padTokenId: z.int(),
  steps: z.int(),
  forward: z.object({ nll: z.number(), tokens: z.number() }),
  validation: z
    .object({
      base: validationSchema,
      stage1WithNA: validationSchema,
      stage1WithoutNA: validationSchema,
      stage2: validationSchema,
    })
    .optional(),
  mka: z.array(stepSchema),
  da: z.array(stepSchema),
});
type GoldenCase = z.infer<typeof caseSchema>;

/** The largest error found of one kind of quantity, and how much is allowed. */
export interface Finding {
  readonly quantity: string;
  readonly error: number;
  readonly bound: number;
  readonly detail: string;
}

/** How large errors may be: in short cases, as the README of the fixtures says, and in long real ones. */
interface Bounds {
  /** Share of the router's choices. */
  readonly choices: number;
  readonly logits: number;
  readonly nll: number;
  readonly orthogonal: number;
  readonly gradients: number;
  readonly gradientNorm: number;
  readonly change: number;
  readonly merged: number;
  readonly validation: number;
}
const shortBounds: Bounds = {
  choices: 0,
  logits: 1e-4,
  nll: 1e-5,
  orthogonal: 1e-5,
  gradients: 2e-4,
  gradientNorm: 2e-4,
  change: 2e-3,
  merged: 1e-3,
  validation: 5e-3,
};
/**
 * With multiplication in float16, whose sums of 16 products are wrong by 7e-4: two to four times what the cases show
 * on lavapipe, so that other orders of the same roundings fit.
 */
export const float16Bounds: Bounds = {
  choices: 5e-2,
  logits: 1e-2,
  nll: 5e-4,
  orthogonal: 5e-5,
  gradients: 5e-2,
  gradientNorm: 3e-3,
  change: 2e-1,
  merged: 1e-2,
  validation: 5e-3,
};
/** Over many steps a near-tie of the router may flip a choice; what follows then differs in kind. */
const longBounds: Partial<Bounds> = { nll: 5e-3, orthogonal: 1e-2 };
const longCaseSteps = 20;

class Findings {
  readonly #largest = new Map<string, Finding>();

  note(quantity: string, error: number, bound: number, detail = ''): void {
    const before = this.#largest.get(quantity);
    if (!before || !(error <= before.error)) {
      this.#largest.set(quantity, { quantity, error, bound, detail });
    }
  }

  all(): Finding[] {
    return [...this.#largest.values()];
  }
}

function goldenRecipe({ recipe, optimizer }: GoldenCase): Recipe {
  const base = paperRecipe({
    rank: recipe.rank,
    sharedExperts: recipe.sharedExperts,
    experts: recipe.experts,
    active: recipe.activeExperts,
  });
  const stages = base.stages.map((stage) => ({
    ...stage,
    dropout: {},
    orthogonal: stage.orthogonal && { ...stage.orthogonal, weight: recipe.orthogonalWeight },
    attach: stage.attach.map((branch) =>
      branch.type === 'mixture'
        ? { ...branch, routerBias: recipe.routerBias, renormalise: recipe.renormaliseTopK }
        : branch,
    ),
  }));
  const { accumulate: _, ...settings } = optimizer;
  return parseRecipe({
    ...base,
    alpha: recipe.alpha,
    scaling: recipe.scaling,
    stages,
    optimizer: settings,
  });
}

/** Rows of a [B, T] batch as records of T tokens, padding kept: it comes last and nothing sees it. */
function rowsAsRecords(ids: Int32Array, labels: Int32Array, length: number): TokenRecord[] {
  return Array.from({ length: ids.length / length }, (_, row) => ({
    ids: Uint32Array.from(ids.subarray(row * length, (row + 1) * length)),
    labels: labels.slice(row * length, (row + 1) * length),
    task: 0,
  }));
}

interface MicroBatches {
  readonly parts: readonly MicroBatch[];
  readonly rows: number;
}

async function microBatches(file: ParsedSafetensors, stage: 'mka' | 'da'): Promise<MicroBatches> {
  const shape = file.tensors.get(`${stage}.input_ids`)?.shape ?? [];
  const [count = 0, batch = 0, length = 0] = shape;
  const ids = await file.readIntegers(`${stage}.input_ids`);
  const labels = await file.readIntegers(`${stage}.labels`);
  const rows = batch * length;
  const parts = Array.from({ length: count }, (_, index) => {
    const range = [index * rows, (index + 1) * rows] as const;
    const records = rowsAsRecords(ids.subarray(...range), labels.subarray(...range), length);
    const [part] = packRecords(records, rows);
    if (!part) throw new Error('a golden micro-batch is empty');
    return part;
  });
  return { parts, rows };
}

function largestRelative(actual: Float32Array, expected: Float32Array): number {
  let scale = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const e = expected[i] ?? Number.NaN;
    const difference = Math.abs((actual[i] ?? Number.NaN) - e);
    if (Number.isNaN(difference)) return Number.NaN;
    scale = Math.max(scale, Math.abs(e));
    error = Math.max(error, difference);
  }
  return error / scale;
}

async function attach(
  gpu: Gpu,
  layout: BranchLayout,
  named: NamedParameters,
): Promise<DeviceBranches> {
  const branches = describeBranches(layout);
  await gpu.allocate(buffersOf(branchTensors(branches)));
  writeBranches(gpu, branches, packParameters(layout, named));
  return branches;
}

/** Runs one golden case on a device and returns the largest error of every quantity in it. */
export async function runGoldenCase(
  gpu: Gpu,
  folder: string,
  {
    products = 'float32',
    log = () => undefined,
  }: { readonly products?: Products; readonly log?: (line: string) => void } = {},
): Promise<Finding[]> {
  const golden = caseSchema.parse(JSON.parse(await readFile(join(folder, 'case.json'), 'utf8')));
  const short = products === 'float16' ? float16Bounds : shortBounds;
  const bounds: Bounds = golden.steps >= longCaseSteps ? { ...short, ...longBounds } : short;
  const findings = new Findings();
  const recipe = goldenRecipe(golden);
  const tensors = await readGoldenTensors(join(folder, 'tensors.safetensors'));
  const model = await openCheckpoint(join(folder, 'model'));
  const base = await BaseModel.load(gpu, model.config, model.weights);
  const context: CaseContext = {
    gpu,
    golden,
    bounds,
    findings,
    recipe,
    tensors,
    folder,
    base,
    products,
    log,
  };
  try {
    await checkForward(context);
    await checkGeneration(context);
    await checkValidation(context, null, 'base');
    await checkStage(context, 0, 'mka');
    await checkStage(context, 1, 'da');
    await checkMerged(context);
  } finally {
    base.release();
  }
  gpu.check();
  return findings.all();
}

interface CaseContext {
  readonly gpu: Gpu;
  readonly golden: GoldenCase;
  readonly bounds: Bounds;
  readonly findings: Findings;
  readonly recipe: Recipe;
  readonly tensors: ParsedSafetensors;
  readonly folder: string;
  readonly base: BaseModel;
  readonly products: Products;
  readonly log: (line: string) => void;
}

/**
 * Which rows of a [B, T] batch hold tokens rather than padding. The reference keeps padded positions from
 * attending to one another; they lie after every token of their row, and nothing reads what they give.
 */
function realRows({ ids, segmentEnd, segmentStart }: MicroBatch, padTokenId: number): boolean[] {
  const real = [...ids].map(() => true);
  for (let row = ids.length - 1; row >= 0; row -= 1) {
    const last = row + 1 === segmentEnd[row];
    const tail = last || (segmentStart[row + 1] === segmentStart[row] && real[row + 1] === false);
    if (tail && ids[row] === padTokenId) real[row] = false;
  }
  return real;
}

/** The values of the given rows, `width` to a row. */
function keepRows<T extends Float32Array | Uint32Array | Int32Array>(
  values: T,
  rows: readonly boolean[],
): T {
  const width = values.length / rows.length;
  return values.filter((_, i) => rows[Math.floor(i / width)]) as T;
}

/** Logits of `forward.input_ids`, as many rows as the golden tensor holds, and optionally the routing. */
async function forwardPass(
  { gpu, golden, tensors, base, products }: CaseContext,
  branches: DeviceBranches | null,
  expected: string,
  check: (scorer: Scorer, logits: Float32Array, real: readonly boolean[]) => Promise<void> | void,
): Promise<void> {
  const [batch = 0, length = 0] = tensors.tensors.get(expected)?.shape ?? [];
  const ids = await tensors.readIntegers('forward.input_ids');
  const labels = await tensors.readIntegers('forward.labels');
  const rows = batch * length;
  const records = rowsAsRecords(ids.subarray(0, rows), labels.subarray(0, rows), length);
  const [part] = packRecords(records, rows);
  if (!part) throw new Error('forward.input_ids is empty');
  const scorer = await Scorer.create(gpu, {
    config: base.config,
    weights: base.weights,
    branches,
    rows,
    products,
    logits: true,
    routing: true,
  });
  try {
    scorer.submit(part);
    const real = realRows(part, golden.padTokenId);
    await check(scorer, keepRows(await scorer.readLogits(), real), real);
  } finally {
    scorer.release();
  }
}

async function checkForward(context: CaseContext): Promise<void> {
  const { tensors, findings, bounds } = context;
  await forwardPass(context, null, 'forward.logits', async (_, logits, real) => {
    const expected = keepRows(await tensors.readFloat32('forward.logits'), real);
    findings.note('base logits', largestRelative(logits, expected), bounds.logits);
  });
}

async function checkGeneration({ gpu, tensors, base, findings }: CaseContext): Promise<void> {
  if (!tensors.tensors.has('generate.prompt')) return;
  const prompt = Uint32Array.from(await tensors.readIntegers('generate.prompt'));
  const expected = await tensors.readIntegers('generate.greedy');
  const { config, weights } = base;
  const capacity = prompt.length + expected.length;
  const generator = await Generator.create(gpu, {
    config,
    weights,
    branches: null,
    slots: 1,
    capacity,
  });
  try {
    const [output] = await generator.greedy([prompt], expected.length, []);
    const wrong = expected.filter((id, i) => output?.[i] !== id).length;
    findings.note('greedy tokens that differ', wrong, 0);
  } finally {
    generator.release();
  }
}

async function checkRouting(context: CaseContext, layout: BranchLayout): Promise<void> {
  const { gpu, tensors, findings, bounds, folder } = context;
  const branches = await attach(
    gpu,
    layout,
    await readParameters(join(folder, 'mka.start.safetensors')),
  );
  await forwardPass(context, branches, 'mka.logits', async (scorer, logits, real) => {
    findings.note(
      'stage-1 logits',
      largestRelative(logits, keepRows(await tensors.readFloat32('mka.logits'), real)),
      bounds.logits,
    );
    for (const routing of await scorer.readRouting()) {
      const name = `mka.router.layers.${routing.layer}.${projectionModules[routing.projection]}`;
      const { experts, active } = routing;
      const indices = keepRows(await tensors.readIntegers(`${name}.index`), real);
      const chosen = keepRows(routing.indices, real);
      const wrong = indices.filter((index, i) => chosen[i] !== index).length;
      const allowed = Math.floor(bounds.choices * indices.length);
      findings.note('router choices that differ', wrong, allowed, name);
      const probabilities = keepRows(await tensors.readFloat32(`${name}.probs`), real);
      const gates = keepRows(await tensors.readFloat32(`${name}.gate`), real);
      const dense = new Float32Array(gates.length);
      const weights = keepRows(routing.weights, real);
      chosen.forEach((expert, i) => {
        dense[Math.floor(i / active) * experts + expert] = weights[i] ?? Number.NaN;
      });
      const probabilityError = largestRelative(
        keepRows(routing.probabilities, real),
        probabilities,
      );
      findings.note('router probabilities', probabilityError, bounds.logits, name);
      findings.note('router gates', largestRelative(dense, gates), bounds.logits, name);
    }
  });
  gpu.release(buffersOf(branchTensors(branches)));
}

async function checkStage(context: CaseContext, stage: number, name: 'mka' | 'da'): Promise<void> {
  const { gpu, golden, recipe, tensors, folder, base, products } = context;
  const layout = layOutBranches(base.config, stageBranches(recipe, stage));
  if (stage === 0 && tensors.tensors.has('mka.logits')) await checkRouting(context, layout);
  const { parts, rows } = await microBatches(tensors, name);
  const start = await readParameters(join(folder, `${name}.start.safetensors`));
  const trainer = await StageTrainer.create(
    gpu,
    planStage({
      config: base.config,
      weights: base.weights,
      layout,
      optimizer: recipe.optimizer,
      orthogonal: recipe.stages[stage]?.orthogonal ?? null,
      rows,
      checkpointing: 'block',
      products,
      tasks: 1,
      traits: gpu.traits,
    }),
    { parameters: packParameters(layout, start), firstMoment: null, secondMoment: null },
  );
  try {
    await checkSteps(context, name, trainer, parts);
    const end = unpackParameters(layout, await trainer.readParameters());
    if (golden.steps < longCaseSteps) await checkChange(context, name, start, end);
    await checkValidation(context, trainer.plan.branches, stage === 0 ? 'stage1WithNA' : 'stage2');
    const merges = (recipe.stages[stage]?.after ?? [])
      .filter(({ action }) => action === 'merge')
      .map(({ branch }) => branch);
    await mergeBranches(gpu, base.weights, trainer.plan.branches, merges);
    if (stage === 0 && golden.validation) {
      const kept = stageBranches(recipe, stage).filter(({ name: branch }) => branch === 'ka');
      const keptLayout = layOutBranches(base.config, kept);
      const branches = await attach(gpu, keptLayout, end);
      await checkValidation(context, branches, 'stage1WithoutNA');
      gpu.release(buffersOf(branchTensors(branches)));
    }
  } finally {
    trainer.release();
  }
}

/** Takes the steps of a stage and holds rate, losses and norm of each to PyTorch's. */
async function checkSteps(
  context: CaseContext,
  name: 'mka' | 'da',
  trainer: StageTrainer,
  parts: readonly MicroBatch[],
): Promise<void> {
  const { golden, bounds, findings, log } = context;
  const { accumulate } = golden.optimizer;
  const error = (actual: number, wanted: number): number =>
    Math.abs(actual - wanted) / Math.abs(wanted);
  for (const expected of golden[name]) {
    const { step } = expected;
    const where = `step ${step}`;
    const rate = learningRate(step, golden.steps, golden.optimizer);
    const rateError = Math.abs(rate - expected.learningRate);
    findings.note('learning rate', rateError, 1e-12, `${name} ${step}`);
    const batch = parts.slice(step * accumulate, (step + 1) * accumulate);
    const figures = await trainer.step(batch, { learningRate: rate, step, seed: 0 });
    if (step === 0) await checkGradients(context, trainer, name);
    findings.note(`${name} nll`, error(figures.nll, expected.nll), bounds.nll, where);
    if (golden.steps < longCaseSteps || step === 0) {
      const normError = error(figures.gradientNorm, expected.gradNorm);
      findings.note(`${name} gradient norm`, normError, bounds.gradientNorm, where);
    }
    if (figures.orthogonal !== null && expected.orthogonal !== 0) {
      const orthogonalError = error(figures.orthogonal, expected.orthogonal);
      findings.note(`${name} orthogonal loss`, orthogonalError, bounds.orthogonal, where);
    }
    log(`  ${name} step ${step}: nll ${figures.nll.toFixed(6)} (${expected.nll.toFixed(6)})`);
  }
}

/** The arena after a step still holds the batch's gradient as it was before clipping. */
async function checkGradients(
  { golden, bounds, findings, folder, products }: CaseContext,
  trainer: StageTrainer,
  name: 'mka' | 'da',
): Promise<void> {
  const all = new Together();
  const expected = await readParameters(join(folder, `${name}.grads.safetensors`));
  const { layout } = trainer.plan.options;
  const actual = unpackParameters(layout, await trainer.readGradients());
  for (const [parameter, { data }] of expected) {
    const found = actual.get(parameter);
    const error = found ? relativeL2(found.data, data) : Number.NaN;
    all.add(found?.data ?? [], data);
    if (products === 'float16') continue;
    if (!isRoundingNoise(golden, name, data)) {
      findings.note(`${name} gradients`, error, bounds.gradients, parameter);
      continue;
    }
    const norm = l2(found?.data ?? [Number.NaN]) / (golden[name][0]?.gradNorm ?? 0);
    findings.note(`${name} gradients, truly zero`, norm, noiseShare, parameter);
  }
  if (products === 'float16') {
    findings.note(`${name} gradients, together`, all.relativeL2, bounds.gradients);
  }
}

/**
 * The relative L2 error of all parameters of a stage. With float16 the router chooses another of two nearly equal
 * experts for a few tokens, which changes what single experts learn and not what all learn together.
 */
class Together {
  #error = 0;
  #norm = 0;

  add(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    for (let i = 0; i < expected.length; i += 1) {
      const value = expected[i] ?? Number.NaN;
      this.#error += ((actual[i] ?? Number.NaN) - value) ** 2;
      this.#norm += value ** 2;
    }
  }

  get relativeL2(): number {
    return Math.sqrt(this.#error / this.#norm);
  }
}

function l2(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

/** Share of the whole gradient's norm below which a tensor's reference gradient is rounding alone. */
const noiseShare = 1e-8;

/**
 * Where the exact gradient is zero (a router whose one chosen expert always gets the weight 1), the
 * reference holds about 1e-10 of rounding, which AdamW then blows up to steps of visible size.
 */
function isRoundingNoise(golden: GoldenCase, name: 'mka' | 'da', gradient: Float32Array): boolean {
  return l2(gradient) < noiseShare * (golden[name][0]?.gradNorm ?? 0);
}

async function checkChange(
  { golden, bounds, findings, folder, products }: CaseContext,
  name: 'mka' | 'da',
  start: NamedParameters,
  end: NamedParameters,
): Promise<void> {
  const expected = await readParameters(join(folder, `${name}.end.safetensors`));
  const gradients = await readParameters(join(folder, `${name}.grads.safetensors`));
  const all = new Together();
  const rates = golden[name].reduce((sum, { learningRate: rate }) => sum + rate, 0);
  for (const [parameter, { data }] of expected) {
    const before = start.get(parameter)?.data;
    const after = end.get(parameter)?.data;
    if (!before || !after) throw new Error(`${parameter} is missing`);
    const difference = (values: Float32Array): Float64Array =>
      Float64Array.from(values, (value, i) => value - (before[i] ?? Number.NaN));
    all.add(difference(after), difference(data));
    if (products === 'float16') continue;
    if (isRoundingNoise(golden, name, gradients.get(parameter)?.data ?? new Float32Array())) {
      // The reference moved by amplified noise, at most a small part of what a real gradient moves.
      const moved = Math.max(...difference(after).map(Math.abs)) / rates;
      findings.note(`${name} change, truly zero`, moved, 2e-2, parameter);
      continue;
    }
    const error = relativeL2(difference(after), difference(data));
    findings.note(`${name} parameter change`, error, bounds.change, parameter);
  }
  if (products === 'float16') {
    findings.note(`${name} parameter change, together`, all.relativeL2, bounds.change);
  }
}

async function checkValidation(
  { gpu, golden, bounds, findings, folder, base, log }: CaseContext,
  branches: DeviceBranches | null,
  when: keyof NonNullable<GoldenCase['validation']>,
): Promise<void> {
  if (!golden.validation) return;
  const file = await readGoldenTensors(join(folder, 'validation.safetensors'));
  for (const kind of ['knowledge', 'alignment'] as const) {
    const [, length = 0] = file.tensors.get(`${kind}.input_ids`)?.shape ?? [];
    const ids = await file.readIntegers(`${kind}.input_ids`);
    const labels = await file.readIntegers(`${kind}.labels`);
    const scorer = await Scorer.create(gpu, {
      config: base.config,
      weights: base.weights,
      branches,
      rows: length * 8,
    });
    const scores = await scorer.score(rowsAsRecords(ids, labels, length));
    scorer.release();
    const targets = scores.reduce((sum, score) => sum + score.targets, 0);
    const nll = scores.reduce((sum, score) => sum + score.nll, 0) / targets;
    const expected = golden.validation[when][kind];
    log(`  validation ${when} ${kind}: ${nll.toFixed(4)} (${expected.toFixed(4)})`);
    const error = Math.abs(nll - expected) / expected;
    findings.note('validation nll', error, bounds.validation, `${when} ${kind}`);
  }
}

async function checkMerged(context: CaseContext): Promise<void> {
  const { gpu, golden, tensors, findings, bounds, folder, base } = context;
  const long = golden.steps >= longCaseSteps;
  if (!long) {
    const expected = await readGoldenTensors(join(folder, 'merged.weights.safetensors'));
    const merged = new MergedWeightReader(gpu, base.weights, null, []);
    for (let layer = 0; layer < base.config.layers; layer += 1) {
      for (const projection of projections) {
        const name = `layers.${layer}.${projectionModules[projection]}`;
        const { outputs } = projectionShape(base.config, projection);
        const actual = await merged.readRows(`model.${name}.weight`, 0, outputs);
        checkShape(base.config, expected, name, projection);
        const error = largestRelative(actual, await expected.readFloat32(name));
        findings.note('merged weights', error, bounds.merged, name);
      }
    }
  }
  await forwardPass(context, null, 'merged.logits', async (_, logits, real) => {
    const expected = keepRows(await tensors.readFloat32('merged.logits'), real);
    const error = largestRelative(logits, expected);
    // After 40 real steps of either side's own rounding the logits agree in kind, not in digits.
    findings.note('merged logits', error, long ? 5e-2 : bounds.merged);
  });
}

function checkShape(
  config: ModelConfig,
  file: ParsedSafetensors,
  name: string,
  projection: (typeof projections)[number],
): void {
  const { inputs, outputs } = projectionShape(config, projection);
  const shape = file.tensors.get(name)?.shape ?? [];
  if (shape[0] !== outputs || shape[1] !== inputs) throw new Error(`${name} has another shape`);
}
