/** Checks the branches and the checkpoint of an archive against its recipe, before anything is shown. */
import type { ArchiveReason } from '../faults/catalogue/results.ts';
import { layOutBranches } from '../engine/branches/layout.ts';
import type { BranchPlan } from '../engine/branches/layout.ts';
import { eightBitMoment } from '../engine/kernels/optimizer/adamw-eight-bit.ts';
import { elementCount } from '../engine/gpu/tensor.ts';
import type { ModelConfig } from '../engine/model/config.ts';
import { projectionModules, projections } from '../engine/model/projections.ts';
import type { Projection } from '../engine/model/projections.ts';
import { projectionShape } from '../engine/model/weights.ts';
import { stageBranches } from '../engine/training/stage/branch-plans.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { StudioError } from '../faults/fault.ts';
import type { ByteSource } from '../formats/files/byte-source.ts';
import { readSafetensorsHeader } from '../formats/weights/safetensors.ts';
import type { SafetensorsHeader, TensorEntry } from '../formats/weights/safetensors.ts';
import { invalidArchive } from './archive-files.ts';

const PIECE_BYTES = 4_000_000;
const BRANCH_TENSOR =
  /^layers\.(\d{1,3})\.([a-z_.]{1,40})\.([a-z][a-z0-9_]{0,23})\.([AB]|experts\.0\.[AB])$/;

/** The layers of a model, and the inputs and outputs of its linears. */
interface Skeleton {
  readonly layers: number;
  readonly shapeOf: (projection: Projection) => { inputs: number; outputs: number } | null;
}

export interface BranchFile {
  readonly source: ByteSource;
  readonly stage: number;
}

/**
 * Checks that every branch file has each tensor that its stage of the recipe implies in its shape, float32
 * and finite, and no other tensor. Without the base its sizes are taken from the tensors themselves, which
 * then have to agree with one another.
 * @throws StudioError `run-archive-invalid`, `safetensors-…`
 */
export async function checkBranchFiles(
  files: readonly BranchFile[],
  recipe: Recipe,
  config: ModelConfig | null,
): Promise<void> {
  let skeleton: Skeleton | null = config && skeletonOf(config);
  for (const { source, stage } of files) {
    const { tensors } = await readSafetensorsHeader(source);
    const known = (skeleton ??= inferred(source.name, tensors));
    const possible = possiblePlans(recipe, stage).map((plans) => tensorsOf(plans, known));
    checkNames(source.name, tensors, possible);
    for (const [name, entry] of tensors) await checkFinite(source, name, entry);
  }
}

/**
 * Checks the state from which an interrupted stage goes on: its place, and that parameters and moments have
 * one length and are finite. @throws StudioError `run-archive-invalid`, `safetensors-…`
 */
export async function checkCheckpoint(
  source: ByteSource,
  place: { readonly stage: number; readonly step: number },
  recipe: Recipe,
  config: ModelConfig | null,
): Promise<void> {
  const header = await readSafetensorsHeader(source);
  const flaw = (why: ArchiveReason): StudioError => invalidArchive(source.name, source.name, why);
  for (const key of ['stage', 'step'] as const) {
    if (header.metadata.get(key) !== String(place[key])) throw flaw({ reason: 'other-place', key });
  }
  const parameters = header.tensors.get('parameters');
  const elements = parameters?.shape[0] ?? 0;
  if (parameters?.dtype !== 'F32' || parameters.shape.length !== 1) {
    throw flaw({ reason: 'parameters-no-list' });
  }
  const due =
    config &&
    possiblePlans(recipe, place.stage).map((plans) => layOutBranches(config, plans).elements);
  if (due && !due.includes(elements)) throw flaw({ reason: 'parameters', count: elements });
  checkMoments(header, elements, flaw);
  for (const [name, entry] of header.tensors) {
    if (entry.dtype === 'F32') await checkFinite(source, name, entry);
  }
}

function checkMoments(
  { tensors, metadata }: SafetensorsHeader,
  elements: number,
  flaw: (why: ArchiveReason) => StudioError,
): void {
  const words = elementCount(eightBitMoment('moment', elements).shape);
  const moments = ['first_moment', 'second_moment'].map((name) => tensors.get(name));
  for (const moment of moments) {
    if (!moment) continue;
    const length = moment.dtype === 'I32' ? words : elements;
    const typed = moment.dtype === 'I32' || moment.dtype === 'F32';
    if (!typed || moment.shape.length !== 1 || moment.shape[0] !== length) {
      throw flaw({ reason: 'moments' });
    }
  }
  if (moments[0]?.dtype !== moments[1]?.dtype) throw flaw({ reason: 'moment-missing' });
  const counters = Number(metadata.get('routing'));
  const known = new Set(['parameters', 'first_moment', 'second_moment']);
  for (let index = 0; index < counters; index += 1) {
    const pairs = tensors.get(`routing.${index}.pairs`);
    const weights = tensors.get(`routing.${index}.weights`);
    if (pairs?.dtype !== 'U32' || weights?.dtype !== 'F32') {
      throw flaw({ reason: 'routing-incomplete' });
    }
    known.add(`routing.${index}.pairs`).add(`routing.${index}.weights`);
    if (index > tensors.size) break;
  }
  for (const name of tensors.keys())
    if (!known.has(name)) throw flaw({ reason: 'no-checkpoint-part', name });
}

function skeletonOf(config: ModelConfig): Skeleton {
  return { layers: config.layers, shapeOf: (projection) => projectionShape(config, projection) };
}

/** Sizes inferred from the branch tensors: A is [rank, inputs], B is [outputs, rank]. */
function inferred(file: string, tensors: ReadonlyMap<string, TensorEntry>): Skeleton {
  let layers = 0;
  const shapes = new Map<string, { inputs: number; outputs: number }>();
  for (const [name, { shape }] of tensors) {
    const [, layer, module = '', , part = ''] = BRANCH_TENSOR.exec(name) ?? [];
    if (layer === undefined) continue;
    layers = Math.max(layers, Number(layer) + 1);
    const known = shapes.get(module) ?? { inputs: 0, outputs: 0 };
    if (part.endsWith('A')) shapes.set(module, { ...known, inputs: shape[1] ?? 0 });
    else shapes.set(module, { ...known, outputs: shape[0] ?? 0 });
  }
  if (layers === 0) throw invalidArchive(file, file, { reason: 'no-branch' });
  return { layers, shapeOf: (projection) => shapes.get(projectionModules[projection]) ?? null };
}

/** Branches that a stage may have been trained with: packed weights keep merged branches beside them. */
function possiblePlans(recipe: Recipe, stage: number): readonly (readonly BranchPlan[])[] {
  const merged = stageBranches(recipe, stage, 'into-weights');
  try {
    const beside = stageBranches(recipe, stage, 'beside-weights');
    return beside.length === merged.length ? [merged] : [merged, beside];
  } catch (thrown) {
    if (thrown instanceof StudioError) return [merged];
    throw thrown;
  }
}

/** @param possible tensors by name, with their shapes, of each way in which the stage may have been trained */
function checkNames(
  file: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  possible: readonly ReadonlyMap<string, readonly number[]>[],
): void {
  const none: ReadonlyMap<string, readonly number[]> = new Map();
  const due = possible.find(({ size }) => size === tensors.size) ?? possible[0] ?? none;
  for (const [name, { dtype, shape }] of tensors) {
    const expected = due.get(name);
    const where = `${file}: ${name}`;
    if (!expected) throw invalidArchive(file, where, { reason: 'of-no-branch' });
    const fits = shape.length === expected.length && shape.every((size, i) => size === expected[i]);
    if (dtype !== 'F32' || !fits) {
      const [found, due] = [`${dtype} [${shape.join(', ')}]`, `F32 [${expected.join(', ')}]`];
      throw invalidArchive(file, where, { reason: 'shape', found, due });
    }
  }
  for (const name of due.keys()) {
    if (!tensors.has(name)) throw invalidArchive(file, `${file}: ${name}`, { reason: 'missing' });
  }
}

/** Every tensor of the branches by name, with its shape. */
function tensorsOf(
  plans: readonly BranchPlan[],
  { layers, shapeOf }: Skeleton,
): ReadonlyMap<string, readonly number[]> {
  const due = new Map<string, readonly number[]>();
  for (let layer = 0; layer < layers; layer += 1) {
    for (const plan of plans) {
      for (const projection of projections) {
        if (!plan.targets.includes(projection)) continue;
        const { inputs, outputs } = shapeOf(projection) ?? { inputs: 0, outputs: 0 };
        const name = `layers.${layer}.${projectionModules[projection]}.${plan.name}`;
        const pair = (prefix: string): void => {
          due.set(`${prefix}.A`, [plan.rank, inputs]).set(`${prefix}.B`, [outputs, plan.rank]);
        };
        if (plan.type === 'lora') {
          pair(name);
          continue;
        }
        for (let expert = 0; expert < plan.experts; expert += 1) pair(`${name}.experts.${expert}`);
        due.set(`${name}.router.weight`, [plan.experts, inputs]);
        if (plan.routerBias) due.set(`${name}.router.bias`, [plan.experts]);
      }
    }
  }
  return due;
}

async function checkFinite(source: ByteSource, name: string, entry: TensorEntry): Promise<void> {
  for (let at = entry.begin; at < entry.end; at += PIECE_BYTES) {
    const { buffer } = await source.read(at, Math.min(entry.end, at + PIECE_BYTES));
    if (new Float32Array(buffer).every(Number.isFinite)) continue;
    throw invalidArchive(source.name, `${source.name}: ${name}`, { reason: 'no-number' });
  }
}
