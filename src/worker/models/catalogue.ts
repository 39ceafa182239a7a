/** The catalogue of known bases: whether the engine reads them, and what a run on them takes on this device. */
import type { CatalogueEntry, CatalogueNeeds } from '../../contract/models.ts';
import { parseModelConfig, type ModelConfig } from '../../engine/model/config.ts';
import { checkpointShapes, describeWeights, parameterCount } from '../../engine/model/weights.ts';
import {
  weightStorage,
  type Precision,
  type StoredTypes,
} from '../../engine/model/weight-storage.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { planTraining } from '../../engine/training/recipe/precision-needs.ts';
import type { DeviceTraits } from '../../engine/gpu/kernel.ts';
import { StudioError } from '../../faults/fault.ts';
import { breathe } from '../tasks/tasks.ts';
import { knownBases, type KnownBase } from './known-bases.ts';

/** Kept exactly as published (bfloat16), and in the fewest bits. */
const PRECISIONS = ['16-bit', '4-bit'] as const satisfies readonly Precision[];

/** Every known base; one that the architecture reader refuses has its reason in place of its shape. */
export function catalogue(bases: readonly KnownBase[] = knownBases): CatalogueEntry[] {
  return bases.map((base) => {
    const { name, licence } = base;
    try {
      const config = parseModelConfig(base.config);
      const { architecture, contextLength } = config;
      const parameters = parameterCount(config);
      const bytes = downloadBytes(base, config, parameters);
      return { name, licence, bytes, architecture, contextLength, parameters, refused: null };
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const unknown = { bytes: 0, architecture: '', contextLength: 0, parameters: 0 };
      return { name, licence, ...unknown, refused: error.describe() };
    }
  });
}

/** Two bytes a weight, and the tokenizer. */
function downloadBytes(
  { tokenizerBytes, storesTiedHead }: KnownBase,
  { vocabularySize, hiddenSize }: ModelConfig,
  parameters: number,
): number {
  const copies = storesTiedHead ? vocabularySize * hiddenSize : 0;
  return 2 * (parameters + copies) + tokenizerBytes;
}

/** Types of the tensors of a published checkpoint: all these bases are published in bfloat16. */
function publishedTypes(config: ModelConfig): StoredTypes {
  const shapes = checkpointShapes(describeWeights(config, 1));
  return new Map(shapes.map(({ name }) => [name, { dtype: 'BF16' }]));
}

/** The memory that runs of a recipe take on a known base, by precision; null for a name that is not known. */
export async function catalogueNeeds(
  name: string,
  {
    recipe,
    traits,
    tasks,
  }: { readonly recipe: Recipe; readonly traits: DeviceTraits; readonly tasks: number },
): Promise<CatalogueNeeds | null> {
  const base = knownBases.find((known) => known.name === name);
  if (!base) return null;
  const config = parseModelConfig(base.config);
  const types = publishedTypes(config);
  const needs: CatalogueNeeds[number][] = [];
  for (const precision of PRECISIONS) {
    // Other calls come in between plans.
    await breathe();
    const storage = weightStorage(types, precision, traits);
    const { peak, obstacles } = planTraining({ config, recipe, traits, tasks, storage });
    needs.push({ precision, peak, obstacles });
  }
  return needs;
}
