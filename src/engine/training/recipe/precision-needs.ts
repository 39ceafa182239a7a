/** Formats, exactness and planned bytes of a model in each precision. */
import type { Note } from '../../../faults/catalogue.ts';
import type { WeightsFolder } from '../../../formats/weights/weights-folder.ts';
import { StudioError } from '../../../faults/fault.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import { planChatMemory, type ChatMemory } from '../../inference/chat-memory.ts';
import { bitsPerWeight, type WeightFormat } from '../../kernels/linear/weight-formats.ts';
import type { ModelConfig } from '../../model/config.ts';
import {
  exactFormat,
  precisions,
  weightStorage,
  type Precision,
} from '../../model/weight-storage.ts';
import { describeWeights, frozenMatrices } from '../../model/weights.ts';
import { planMemory, type RunToPlan } from '../stage/memory.ts';
import type { Recipe } from './recipe.ts';

/** How many of a model's weights a format holds. */
export interface FormatShare {
  readonly format: WeightFormat;
  readonly bitsPerWeight: number;
  readonly weights: number;
}

/** What a model needs when its frozen weights are kept in a precision. */
export interface PrecisionNeeds {
  readonly precision: Precision;
  /** Formats of the matrices, the format of most weights first. */
  readonly formats: readonly FormatShare[];
  /** Whether every number equals the file's own. */
  readonly exact: boolean;
  /** Bytes of frozen weights on the device while training. */
  readonly weightBytes: number;
  /** Bytes at the peak of training with the recipe; null where it cannot be laid out. */
  readonly peak: number | null;
  /** Why training cannot run on this device, in words; empty when it can. */
  readonly obstacles: readonly Note[];
  readonly chat: ChatMemory;
}

/** The needs of a model in every precision. Precisions that lead to the same formats are laid out once. */
export async function precisionNeeds(options: {
  readonly config: ModelConfig;
  readonly tensors: WeightsFolder['tensors'];
  readonly recipe: Recipe;
  readonly traits: DeviceTraits;
  readonly tasks: number;
  /** Called between plans, which take up to a tenth of a second each. */
  readonly pause?: () => Promise<void>;
}): Promise<PrecisionNeeds[]> {
  const { config, tensors, recipe, traits, tasks, pause } = options;
  const known = new Map<string, Omit<PrecisionNeeds, 'precision'>>();
  const all: PrecisionNeeds[] = [];
  for (const precision of precisions) {
    const storage = weightStorage(tensors, precision, traits);
    const matrices = frozenMatrices(describeWeights(config, 1, storage));
    const key = matrices.map(({ format }) => format).join();
    let needs = known.get(key);
    if (!needs) {
      await pause?.();
      const chat = planChatMemory(config, storage, traits);
      await pause?.();
      const training = planTraining({ config, recipe, traits, tasks, storage });
      const exact = matrices.every(
        ({ name, format }) =>
          format === 'f32' || format === exactFormat(tensors.get(name)?.dtype ?? 'F32'),
      );
      needs = {
        ...training,
        weightBytes: training.weightBytes ?? chat.weights,
        exact,
        chat,
        formats: sharesOf(matrices),
      };
      known.set(key, needs);
    }
    all.push({ precision, ...needs });
  }
  return all;
}

interface TrainingNeeds extends Pick<PrecisionNeeds, 'peak' | 'obstacles'> {
  readonly weightBytes: number | null;
}

/** The peak of a run, or why it cannot be laid out. */
export function planTraining(run: RunToPlan): TrainingNeeds {
  try {
    const { peak, obstacles, stages } = planMemory(run);
    return { peak, obstacles, weightBytes: stages[0]?.bytes.weights ?? null };
  } catch (error) {
    // A recipe may ask for something that only some formats can do; that is no fault of the others.
    if (!(error instanceof StudioError)) throw error;
    return {
      peak: null,
      obstacles: [{ code: 'cannot-plan', fault: error.describe() }],
      weightBytes: null,
    };
  }
}

function sharesOf(
  matrices: readonly { format: WeightFormat; rows: number; columns: number }[],
): FormatShare[] {
  const counts = new Map<WeightFormat, number>();
  for (const { format, rows, columns } of matrices) {
    counts.set(format, (counts.get(format) ?? 0) + rows * columns);
  }
  return [...counts]
    .map(([format, weights]) => ({ format, bitsPerWeight: bitsPerWeight(format), weights }))
    .sort((a, b) => b.weights - a.weights);
}
