/** What a run measures beside its steps: validation losses and sample answers. Neither leaves a trace in the training. */
import type { BranchLayout } from '../../branches/layout.ts';
import { unpackParameters, type NamedParameters } from '../../branches/parameters.ts';
import { withBranches } from '../../branches/with-branches.ts';
import type { Gpu } from '../../gpu/device.ts';
import { Scorer, scoresOfRecords, type RecordScore } from '../../inference/scorer.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { DeviceBranches } from '../../model/passes/context.ts';
import { packRecords, type MicroBatch } from '../../model/packing.ts';
import type { ModelWeights } from '../../model/weights.ts';
import type { TrainingRecord } from './data-order.ts';
import { microBatchRows } from './lengths.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RecordLoss, RunActivity, RunEvent, ValidationPoint } from './run-events.ts';
import { takeSamples, type SamplePrompts } from './samples.ts';
import type { StageTrainer } from '../stage/stage-trainer.ts';
import { bestSnapshot } from './snapshots.ts';
import { branchMetadata, encodeBranches } from './checkpoint.ts';

type Kind = TrainingRecord['kind'];

/** Sum of −log p over the targets of a kind, and their number. */
type Loss = RecordScore;

/** Where in a run a measurement is made, and of which weights. */
export interface MeasuredAt {
  readonly stage: number;
  readonly step: number;
  /** A snapshot's id, or `training` within a stage. */
  readonly snapshot: string;
}

interface Measured {
  readonly point: ValidationPoint;
  /** Token mean over the validation records of the kinds that the stage trains on; null without any. */
  readonly loss: number | null;
}

export interface RunMeasuresOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly validation: readonly TrainingRecord[];
  readonly samples?: SamplePrompts;
  readonly onActivity?: (activity: RunActivity | null) => void;
}

function validationOf(measured: Measured | null): RunEvent[] {
  return measured ? [{ type: 'validation', point: measured.point }] : [];
}

export class RunMeasures {
  readonly #options: RunMeasuresOptions;
  readonly #weights: ModelWeights;
  /** The lowest loss of the stage so far. */
  #bestLoss = Number.POSITIVE_INFINITY;

  constructor(options: RunMeasuresOptions, weights: ModelWeights) {
    this.#options = options;
    this.#weights = weights;
  }

  /** Forgets the losses of an earlier stage. @param bestLoss of this stage in an earlier session */
  stageBegins(bestLoss: number | null = null): void {
    this.#bestLoss = bestLoss ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Validation loss of the parameters in training, with the stage's own plan; also the parameters, unless
   * others of the stage had a lower loss. Nothing without records.
   */
  async inTraining(trainer: StageTrainer, at: MeasuredAt): Promise<RunEvent[]> {
    const { recipe } = this.#options;
    const measured = await this.#validate(at, (part) => trainer.score(part));
    const events = validationOf(measured);
    const loss = measured?.loss ?? Number.NaN;
    // Without measurements in between, only the end exists, and it is kept anyway.
    if (recipe.validation.everySteps === 0 || !(loss < this.#bestLoss)) return events;
    this.#bestLoss = loss;
    const { stage, step } = at;
    const { layout } = trainer.plan.options;
    const named = unpackParameters(layout, await trainer.readParameters());
    const branches = encodeBranches(named, branchMetadata(stage, recipe.name));
    const snapshot = bestSnapshot(recipe, stage, step);
    return [...events, { type: 'best', stage, step, loss, branches, snapshot }];
  }

  /** Validation loss of the weights as they are now, with or without branches beside them. */
  async ofWeights(
    branches: { readonly layout: BranchLayout; readonly named: NamedParameters } | null,
    at: MeasuredAt,
  ): Promise<RunEvent[]> {
    if (!branches) return validationOf(await this.#withScorer(null, at));
    const { layout, named } = branches;
    const measured = await withBranches(this.#options.gpu, layout, named, (onDevice) =>
      this.#withScorer(onDevice, at),
    );
    return validationOf(measured);
  }

  /** Answers of the weights as they are now; nothing where the recipe asks for no samples. */
  async samples(branches: DeviceBranches | null, at: MeasuredAt): Promise<RunEvent[]> {
    const { gpu, config, recipe, samples, onActivity } = this.#options;
    if (!samples || samples.prompts.length === 0) return [];
    const count = { done: 0, total: samples.prompts.length };
    onActivity?.({ what: 'answering', stage: at.stage, count });
    const answers = await takeSamples(
      gpu,
      { config, weights: this.#weights, branches },
      recipe,
      samples,
    );
    return answers.length > 0 ? [{ type: 'samples', ...at, answers }] : [];
  }

  async #withScorer(branches: DeviceBranches | null, at: MeasuredAt): Promise<Measured | null> {
    const { gpu, config, recipe, validation } = this.#options;
    if (validation.length === 0) return null;
    const rows = microBatchRows(recipe);
    const scorer = await Scorer.create(gpu, { config, weights: this.#weights, branches, rows });
    try {
      return await this.#validate(at, (part) => scorer.targetLosses(part));
    } finally {
      scorer.release();
    }
  }

  /** @param lossesOf −log p of each target of a packed pass, in its order */
  async #validate(
    at: MeasuredAt,
    lossesOf: (part: MicroBatch) => Promise<Float32Array>,
  ): Promise<Measured | null> {
    const { validation, recipe, onActivity } = this.#options;
    if (validation.length === 0) return null;
    let done = 0;
    const tell = (): void =>
      onActivity?.({
        ...{ what: 'validating', stage: at.stage },
        count: { done, total: validation.length },
      });
    tell();
    const byRecord: RecordLoss[] = [];
    const ofKind = async (kind: Kind): Promise<Loss | null> => {
      const records = validation.filter((record) => record.kind === kind);
      if (records.length === 0) return null;
      const parts = packRecords(records, microBatchRows(recipe));
      const losses: Float32Array[] = [];
      for (const part of parts) {
        losses.push((await lossesOf(part)).slice());
        done += part.records.length;
        tell();
      }
      const scores = scoresOfRecords(records.length, parts, { losses, hits: null });
      scores.forEach(({ nll, targets }, index) => {
        byRecord.push({ dataSet: records[index]?.dataSet ?? -1, kind, nll, targets });
      });
      return {
        nll: scores.reduce((sum, score) => sum + score.nll, 0),
        targets: scores.reduce((sum, score) => sum + score.targets, 0),
      };
    };
    const knowledge = await ofKind('knowledge');
    const alignment = await ofKind('alignment');
    const mean = (loss: Loss | null): number | null => loss && loss.nll / loss.targets;
    const kinds = recipe.stages[at.stage]?.data.kinds ?? [];
    const counted = kinds.flatMap((kind) => (kind === 'knowledge' ? knowledge : alignment) ?? []);
    const targets = counted.reduce((sum, loss) => sum + loss.targets, 0);
    const nll = counted.reduce((sum, loss) => sum + loss.nll, 0);
    return {
      point: {
        ...at,
        knowledge: mean(knowledge),
        alignment: mean(alignment),
        // Points within a stage are many, and nobody compares their records.
        ...(at.snapshot !== 'training' && { records: byRecord }),
      },
      loss: targets > 0 ? nll / targets : null,
    };
  }
}
