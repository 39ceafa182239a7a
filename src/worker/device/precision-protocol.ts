/** What page and worker say about how a model's weights are kept: what it needs, what it costs, what fits. */
import type { FormatError } from '../../engine/evaluation/format-error.ts';
import type { Precision } from '../../engine/model/weight-storage.ts';
import type { PrecisionNeeds } from '../../engine/training/recipe/precision-needs.ts';
import type { TrainingProposal } from '../../engine/training/recipe/proposal.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';

export interface PrecisionCalls {
  /** Bytes and exactness of a model in every precision, with this recipe; laid out, nothing is allocated. */
  'model.precisions': {
    in: { modelId: string; recipe: Recipe };
    out: readonly PrecisionNeeds[];
  };
  /** What of the recipe to change so that a run stays within `budget` bytes and the device's limits. */
  'model.proposals': {
    in: {
      modelId: string;
      recipe: Recipe;
      budget: number;
      /** Tokens of the longest record in use; null where that is not known. */
      longest: number | null;
    };
    out: TrainingProposal;
  };
  /** Error of a precision against the file's own numbers. Progress comes as `progress` events. */
  'model.formatError': {
    in: { modelId: string; precision: Precision; task: string };
    out: FormatError;
  };
}
