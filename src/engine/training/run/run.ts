/** Trains a recipe: steps, validation, checkpoints, ends of stages, resuming. */
import { fault } from '../../../faults/fault.ts';
import { unpackParameters } from '../../branches/parameters.ts';
import { Scorer } from '../../inference/scorer.ts';
import { packRecords, type MicroBatch } from '../../model/packing.ts';
import { BaseModel, describeWeights } from '../../model/weights.ts';
import { weightStorage } from '../../model/weight-storage.ts';
import { CarriedBranches } from './carried-branches.ts';
import {
  branchMetadata,
  decodeBranches,
  decodeCheckpoint,
  encodeBranches,
  encodeCheckpoint,
  type Checkpoint,
} from './checkpoint.ts';
import type { RecordPlace } from './data-order.ts';
import { dryRun, type DryRunResult } from '../stage/dry-run.ts';
import { growthDue, growthEvent } from '../stage/growth-event.ts';
import { longestRecord, microBatchRows, rotaryPositions } from './lengths.ts';
import { planRecipe } from '../recipe/recipe-stage.ts';
import { checkLength, sourceOf, StageRecords, type StepRecords } from './record-source.ts';
import { routingCounts } from '../stage/routing-counts.ts';
import type { TrainingRunOptions } from './run-options.ts';
import type { RoutingCounts, RunActivity, RunEvent, StageProgress } from './run-events.ts';
import { stepFault } from './run-faults.ts';
import { RunMeasures } from './run-measures.ts';
import { warmSamples } from './samples.ts';
import { learningRate } from '../recipe/schedule.ts';
import { snapshotsAfter, stageSnapshots, type Snapshot } from './snapshots.ts';
import { plansOf, type StagePlan } from '../stage/stage-plan.ts';
import { StageTrainer, type StepFigures } from '../stage/stage-trainer.ts';

interface InFlight {
  readonly step: number;
  readonly rate: number;
  readonly records: readonly number[];
  readonly batch: readonly MicroBatch[];
  readonly figures: Promise<StepFigures>;
}

/** A run of a recipe: advances step by step, and can stop and resume after any step. */
export class TrainingRun {
  readonly #options: TrainingRunOptions;
  readonly #base: BaseModel;
  readonly #carried: CarriedBranches;
  readonly #measures: RunMeasures;
  /** What each stage keeps and does on the device; released when the stage has been opened. */
  readonly #plans: (StagePlan | null)[] = [];
  readonly #records: readonly StageRecords[];
  #stage = 0;
  #step = 0;
  #trainer: StageTrainer | null = null;
  #inFlight: InFlight | null = null;
  #lastResult = 0;
  #pending: RunEvent[] = [];
  #resumed: Checkpoint | null = null;
  #dryRun: DryRunResult | null = null;
  #done = false;

  private constructor(
    options: TrainingRunOptions,
    base: BaseModel,
    records: readonly StageRecords[],
  ) {
    this.#options = options;
    this.#base = base;
    this.#carried = new CarriedBranches(options, base.weights);
    this.#measures = new RunMeasures(options, base.weights);
    this.#records = records;
  }

  /**
   * Loads the base weights and, for a resumed run, replays the merges of stages that ended.
   * @throws StudioError `products-need-float16`, `stage-without-data`, `record-too-long`, `no-targets`, `merge-needs-float32`, and what loading throws
   */
  static async create(options: TrainingRunOptions): Promise<TrainingRun> {
    const { gpu, config, recipe, resume, precision = 'float32' } = options;
    if (recipe.products === 'float16' && !gpu.traits.f16) throw fault('products-need-float16');
    const source = sourceOf(options.records);
    const records = recipe.stages.map(
      (_, stage) => new StageRecords(config, recipe, stage, source),
    );
    for (const record of options.validation) checkLength(record, longestRecord(config, recipe));
    for (const [stage, { data }] of recipe.stages.entries())
      await records[stage]?.check(data.kinds);
    const storage = weightStorage(options.weights.tensors, precision, gpu.traits);
    const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
    // A recipe that this base cannot follow is refused now, not after its first stage.
    const { length: tasks } = options.tasks;
    const plans = planRecipe({ config, weights, recipe, tasks, traits: gpu.traits });
    // Kernels that the run will need compile, and are tested, while the weights load.
    const vetted = [gpu.warm(plans.slice(resume?.stageBranches.length ?? 0).flatMap(plansOf))];
    const scorer = { config, weights, branches: null, rows: microBatchRows(recipe) };
    if (!resume && options.validation.length > 0) vetted.push(Scorer.warm(gpu, scorer));
    const sampled = { config, weights, branches: null };
    if (options.samples) vetted.push(warmSamples(gpu, sampled, recipe));
    const base = await BaseModel.load(gpu, config, options.weights, { weights });
    const run = new TrainingRun(options, base, records);
    run.#plans.push(...plans);
    try {
      // What a later stage computes wrong is found before the first step.
      await Promise.all(vetted);
      if (options.dryRun) {
        const { longest } = options.dryRun;
        run.#dryRun = await dryRun({ gpu, config, weights, recipe, tasks, longest });
      }
      if (resume) await run.#takeUp(resume);
      else await run.#measureBase();
      // A run without room fails before the first step, and the kernels compiled here serve that step.
      if (run.#plans[run.#stage]) run.#trainer = await run.#openStage();
    } catch (error) {
      run.release();
      throw error;
    }
    return run;
  }

  get stages(): StageProgress[] {
    return this.#options.recipe.stages.map(({ name }, stage) => {
      const { steps = 0, records = 0 } = this.#records[stage] ?? {};
      const done = stage < this.#stage ? steps : stage === this.#stage ? this.#step : 0;
      return { name, steps, stepsDone: done, records };
    });
  }

  get done(): boolean {
    return this.#done;
  }

  /** The findings of the dry run before the first step; null without a dry run. */
  get dryRun(): DryRunResult | null {
    return this.#dryRun;
  }

  async #takeUp(resume: NonNullable<TrainingRunOptions['resume']>): Promise<void> {
    for (const [stage, bytes] of resume.stageBranches.entries()) {
      await this.#carried.replay(stage, await decodeBranches(bytes));
      this.#stage = stage + 1;
    }
    if (resume.checkpoint) {
      const checkpoint = await decodeCheckpoint(resume.checkpoint);
      if (checkpoint.stage === this.#stage) {
        this.#resumed = checkpoint;
        this.#step = checkpoint.step;
      }
    }
    this.#measures.stageBegins(resume.bestLoss);
  }

  /**
   * Goes on by one optimiser step, or finishes a stage; resolves with the events, in order. Between
   * consecutive steps one is always in flight; with `settle` exactly one is taken and waited for.
   */
  async advance(options: { readonly settle?: boolean } = {}): Promise<RunEvent[]> {
    if (this.#done) return [{ type: 'done', snapshots: this.#snapshots() }];
    if (this.#stage >= this.#options.recipe.stages.length) {
      // Nothing to train: the base model, measured as it is.
      this.#done = true;
      this.#pending.push({ type: 'done', snapshots: this.#snapshots() });
      return this.#take();
    }
    this.#trainer ??= await this.#openStage();
    const own = this.#records[this.#stage];
    const total = own?.steps ?? 0;
    // While the next records are still being read, report the step in flight first.
    if (this.#step < total && !own?.ready(this.#step)) await this.#drain();
    const next = this.#step < total ? await own?.take(this.#step) : undefined;
    const previous = this.#inFlight;
    this.#inFlight = next ? this.#submitStep(this.#trainer, total, next) : null;
    if (previous) await this.#report(previous);
    const { recipe } = this.#options;
    if (this.#inFlight) {
      if (options.settle) await this.#drain();
      const done = this.#step;
      const due = (every: number): boolean => done < total && every > 0 && done % every === 0;
      if (due(recipe.validation.everySteps)) await this.#beside(() => this.#validateTraining());
      if (due(recipe.samples?.everySteps ?? 0)) await this.#beside(() => this.#sampleTraining());
      if (growthDue(done, total)) await this.#beside(() => this.#measureGrowth());
      if (due(recipe.checkpointEverySteps)) {
        await this.#beside(async () => {
          this.#tell('checkpoint');
          this.#pending.push(await this.#checkpointEvent());
        });
      }
      // The first step of a stage has no predecessor to report: its own figures come with the next.
      return this.#pending.length > 0 ? this.#take() : this.advance();
    }
    // The last step is told before the end of its stage, which may take long.
    if (this.#pending.length > 0) return this.#take();
    await this.#endStage();
    return this.#take();
  }

  /** Ends the current stage where it is; its branches are kept as if it had run to its end. */
  async finishEarly(): Promise<RunEvent[]> {
    if (this.#done || this.#stage >= this.#options.recipe.stages.length) {
      this.#done = true;
      return this.#take();
    }
    this.#trainer ??= await this.#openStage();
    await this.#drain();
    await this.#endStage();
    this.#done = true;
    return this.#take();
  }

  /** Waits for the step in flight, so that the parameters agree with the reported events. */
  async settle(): Promise<RunEvent[]> {
    await this.#drain();
    return this.#take();
  }

  /** Everything needed to go on from here bit for bit; waits for the step in flight. */
  async checkpoint(): Promise<{
    data: Uint8Array<ArrayBuffer>;
    stage: number;
    step: number;
  } | null> {
    if (!this.#trainer) return null;
    await this.#drain();
    const event = await this.#checkpointEvent();
    return { data: event.data, stage: event.stage, step: event.step };
  }

  /** How often each expert and pair was chosen so far in this stage. */
  async routing(): Promise<RoutingCounts[]> {
    return this.#trainer ? routingCounts(this.#trainer, this.#options.tasks) : [];
  }

  release(): void {
    this.#trainer?.release();
    this.#trainer = null;
    this.#base.release();
  }

  #take(): RunEvent[] {
    const events = this.#pending;
    this.#pending = [];
    return events;
  }

  #snapshots(): Snapshot[] {
    return snapshotsAfter(this.#options.recipe, this.#stage);
  }

  async #openStage(): Promise<StageTrainer> {
    const { gpu } = this.#options;
    const plan = this.#plans[this.#stage];
    if (!plan) throw new Error('The stage was opened before');
    this.#tell('opening');
    const { layout } = plan.options;
    const resumed = this.#resumed;
    this.#resumed = null;
    const state = resumed?.state ?? {
      parameters: this.#carried.firstParameters(layout),
      firstMoment: null,
      secondMoment: null,
    };
    if (state.parameters.length !== layout.elements) {
      throw fault(
        'checkpoint-mismatch',
        { elements: state.parameters.length, expected: layout.elements },
        { kept: 'checkpoint-file' },
      );
    }
    const trainer = await StageTrainer.create(gpu, plan, state);
    this.#plans[this.#stage] = null;
    // The run owns these from here on: a later failure releases them with the run.
    this.#trainer = trainer;
    if (resumed) trainer.writeRouting(resumed.routing);
    else await this.#measureGrowth(trainer);
    this.#tell(null);
    this.#lastResult = performance.now();
    return trainer;
  }

  /** Norms and overlaps of the branches as they are now; no step may be in flight. */
  async #measureGrowth(trainer = this.#trainer): Promise<void> {
    if (!trainer) return;
    this.#tell('growth');
    const place = { stage: this.#stage, step: this.#step };
    this.#pending.push(await growthEvent(trainer, this.#options.tasks, place));
  }

  #submitStep(trainer: StageTrainer, total: number, chosen: StepRecords): InFlight {
    const { recipe } = this.#options;
    const step = this.#step;
    const batch = packRecords(chosen.records, microBatchRows(recipe));
    const rate = learningRate(step, total, recipe.optimizer);
    const seed = (recipe.seed ^ Math.imul(this.#stage + 1, 0x9e3779b1)) >>> 0;
    const figures = trainer.step(batch, { learningRate: rate, step, seed });
    // The next caller who awaits it reports the failure; before then it must not count as unhandled.
    figures.catch(() => undefined);
    this.#step += 1;
    this.#records[this.#stage]?.prefetch(this.#step);
    return { step, rate, records: chosen.indices, batch, figures };
  }

  /** Does something between two steps whose time does not count as the next step's. */
  async #beside(work: () => Promise<void>): Promise<void> {
    await this.#drain();
    await work();
    this.#tell(null);
    this.#lastResult = performance.now();
  }

  #tell(what: RunActivity['what'] | null): void {
    this.#options.onActivity?.(what && { what, stage: this.#stage });
  }

  async #drain(): Promise<void> {
    const flight = this.#inFlight;
    this.#inFlight = null;
    if (flight) await this.#report(flight);
  }

  async #report(flight: InFlight): Promise<void> {
    const figures = await flight.figures;
    const now = performance.now();
    const milliseconds = now - this.#lastResult;
    this.#lastResult = now;
    const { step, rate, records, batch } = flight;
    const sum = (value: (part: MicroBatch) => number): number =>
      batch.reduce((total, part) => total + value(part), 0);
    this.#pending.push({
      type: 'step',
      metrics: {
        stage: this.#stage,
        step,
        nll: figures.nll,
        orthogonal: figures.orthogonal,
        learningRate: rate,
        gradientNorm: figures.gradientNorm,
        targetTokens: sum(({ targets }) => targets),
        tokens: sum(({ tokens }) => tokens),
        milliseconds,
      },
      records,
    });
    if (figures.fault) throw stepFault(figures.fault, this.#stage, step, this.#placesOf(records));
  }

  #placesOf(records: readonly number[]): RecordPlace[] {
    const { places } = sourceOf(this.#options.records);
    return records.flatMap((index) => places[index] ?? []);
  }

  async #checkpointEvent(): Promise<Extract<RunEvent, { type: 'checkpoint' }>> {
    if (!this.#trainer) throw new Error('No stage is open');
    const state = await this.#trainer.readState();
    const routing = await this.#trainer.readRouting();
    const stage = this.#stage;
    const step = this.#step;
    const data = encodeCheckpoint({ stage, step, state, routing });
    return { type: 'checkpoint', data, stage, step };
  }

  async #endStage(): Promise<void> {
    const trainer = this.#trainer;
    if (!trainer) throw new Error('No stage is open');
    const { recipe, tasks } = this.#options;
    const stage = this.#stage;
    this.#tell('growth');
    const snapshots = stageSnapshots(recipe, stage);
    const { layout } = trainer.plan.options;
    const named = unpackParameters(layout, await trainer.readParameters());
    const routing = await routingCounts(trainer, tasks);
    const branches = encodeBranches(named, branchMetadata(stage, recipe.name));
    await this.#measureGrowth();
    const endSnapshot = snapshots[0];
    if (endSnapshot) {
      await this.#validateTraining(endSnapshot.id);
      await this.#sampleTraining(endSnapshot.id);
    }
    this.#tell('merging');
    await this.#carried.leave(stage, named, trainer.plan.branches);
    trainer.release();
    this.#trainer = null;
    const after = snapshots[1];
    if (after) {
      const at = { stage, step: this.#step, snapshot: after.id };
      this.#pending.push(...(await this.#measures.ofWeights(this.#carried.beside(stage), at)));
    }
    this.#tell(null);
    this.#measures.stageBegins();
    this.#stage = stage + 1;
    this.#step = 0;
    const ended = this.#snapshots();
    this.#pending.push({ type: 'stage-end', stage, branches, snapshots: ended, routing });
    if (this.#stage === recipe.stages.length) {
      this.#done = true;
      this.#pending.push({ type: 'done', snapshots: ended });
    }
  }

  async #measureBase(): Promise<void> {
    const at = { stage: 0, step: 0, snapshot: 'base' };
    this.#pending.push(...(await this.#measures.ofWeights(null, at)));
    this.#pending.push(...(await this.#measures.samples(null, at)));
    this.#tell(null);
  }

  async #validateTraining(snapshot = 'training'): Promise<void> {
    if (!this.#trainer) return;
    const at = { stage: this.#stage, step: this.#step, snapshot };
    this.#pending.push(...(await this.#measures.inTraining(this.#trainer, at)));
  }

  async #sampleTraining(snapshot = 'training'): Promise<void> {
    if (!this.#trainer) return;
    const at = { stage: this.#stage, step: this.#step, snapshot };
    this.#pending.push(...(await this.#measures.samples(this.#trainer.plan.branches, at)));
  }
}
