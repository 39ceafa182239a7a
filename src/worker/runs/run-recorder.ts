/** Writes down what a run reports: curves, checkpoints, best steps, samples and routing. */
import { storedRouting } from '../../archive/run-parts.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import type { RecordPlace } from '../../engine/training/run/data-order.ts';
import type { RunEvent } from '../../engine/training/run/run-events.ts';
import type { TrainingRun } from '../../engine/training/run/run.ts';
import { withBest } from '../../engine/training/run/snapshots.ts';
import type { StoredRouting } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import type { CurveWriter } from './curve-writer.ts';
import type { ModelText } from '../tokens/model-text.ts';
import type { PreparedRecords } from '../data/prepare.ts';
import type { UnwrittenEnds } from './unwritten-ends.ts';
import type { RunSummary, StepMetrics } from '../../contract/runs.ts';

/** The parts of a run that the recorder needs. */
export interface RecordedRun {
  readonly id: string;
  readonly gpu: Gpu;
  readonly training: TrainingRun;
  readonly prepared: PreparedRecords;
  readonly texts: ModelText;
  readonly curves: CurveWriter;
}

const CHANGE_INTERVAL_MS = 500;

export class RunRecorder {
  readonly #context: WorkerContext;
  readonly #run: RecordedRun;
  #lastChange = 0;
  #last: RunSummary;
  /** Fixed step counts to report; null: report the training's counts. */
  #stages: RunSummary['stages'] | null = null;

  /** @param told the summary that the page has */
  constructor(context: WorkerContext, run: RecordedRun, told: RunSummary) {
    this.#context = context;
    this.#run = run;
    this.#last = told;
  }

  /** Whether the last report to the page is long enough ago for another. */
  get due(): boolean {
    return performance.now() - this.#lastChange >= CHANGE_INTERVAL_MS;
  }

  /** The summary as it was last reported. */
  get last(): RunSummary {
    return this.#last;
  }

  /** Fixes the reported progress, because a run that is ended early counts its stages as done. */
  holdProgress(): void {
    this.#stages = this.#stagesNow();
  }

  #stagesNow(): RunSummary['stages'] {
    return this.#stages ?? this.#run.training.stages.map((stage) => ({ ...stage }));
  }

  #endsStage({ stage, step }: StepMetrics): boolean {
    return this.#stagesNow()[stage]?.steps === step + 1;
  }

  async take(event: RunEvent): Promise<void> {
    const { runs, runResults, experts } = this.#context.storage;
    const { id, curves, prepared, texts } = this.#run;
    switch (event.type) {
      case 'step': {
        await curves.step(event.metrics, rowsOf(event.records, prepared.places));
        // What follows the last step of a stage may take long.
        if (this.due || this.#endsStage(event.metrics)) {
          await this.update({});
          this.#tellExperts();
        }
        break;
      }
      case 'validation':
        curves.validation(event.point);
        break;
      case 'samples': {
        const { stage, step, snapshot } = event;
        const answers = await Promise.all(event.answers.map((ids) => texts.answer(ids)));
        const { recipe } = (await runs.get(id)).summary;
        const most = recipe.samples?.maxTokens ?? Number.POSITIVE_INFINITY;
        const endless = event.answers.map((ids) => ids.length >= most);
        const point = { stage, step, snapshot, answers, endless };
        await runResults.addSamples(id, point);
        this.#context.emit({ type: 'runs.samples', runId: id, point });
        break;
      }
      case 'best': {
        const { stage, step, loss, snapshot } = event;
        await runs.saveBest(id, event.branches, { stage, step, loss, snapshot });
        // The earlier states; the best one is put among them.
        await this.update({ snapshots: (await runs.get(id)).summary.snapshots });
        break;
      }
      case 'stage-end':
        await curves.flush();
        await runs.saveStage(id, event.stage, event.branches);
        await this.#saveRouting(event.routing);
        await this.update({ snapshots: event.snapshots, ...this.#pastRecovery() });
        this.#tellExperts();
        break;
      case 'growth':
        await experts.putGrowth(id, { point: event.point, routing: event.routing });
        this.#tellExperts();
        break;
      case 'checkpoint':
        await this.saveCheckpoint(event);
        await this.update(this.#pastRecovery());
        break;
      case 'done':
        await this.update({ state: 'finalising', snapshots: event.snapshots });
        break;
    }
  }

  async saveCheckpoint({
    data,
    stage,
    step,
  }: Omit<Extract<RunEvent, { type: 'checkpoint' }>, 'type'>): Promise<void> {
    await this.#run.curves.flush();
    await this.storeRouting();
    await this.#context.storage.runs.saveCheckpoint(this.#run.id, data, { stage, step });
  }

  /** Changes the summary, adds the run's current progress, and tells the page. */
  async update(change: Partial<RunSummary>): Promise<void> {
    this.#lastChange = performance.now();
    const { id, prepared } = this.#run;
    const { runs } = this.#context.storage;
    const stages = this.#stagesNow();
    const { snapshots: states } = change;
    const snapshots = states && withBest(states, (await runs.get(id)).best ?? []);
    const run = await runs.update(id, {
      ...{ stages, data: prepared.facts() },
      ...change,
      ...(snapshots ? { snapshots } : {}),
    });
    this.#last = run;
    this.#context.emit({ type: 'runs.changed', run });
  }

  /** A recovery ends at the next checkpoint: losses after it are counted anew. */
  #pastRecovery(): Partial<RunSummary> {
    return this.#last.recovery ? { recovery: null } : {};
  }

  /** Never throws: an end that cannot be written is reported to the page, and written once there is room. */
  async end(
    ended: Pick<RunSummary, 'state' | 'error' | 'recovery'>,
    unwritten: UnwrittenEnds,
  ): Promise<void> {
    await this.update(ended).catch(() => {
      unwritten.put(this.#run.id, ended);
      this.#context.emit({ type: 'runs.changed', run: { ...this.#last, ...ended } });
    });
  }

  async storeRouting(): Promise<void> {
    if (this.#run.gpu.fault) return;
    await this.#saveRouting(await this.#run.training.routing());
  }

  #tellExperts(): void {
    this.#context.emit({ type: 'experts.changed', runId: this.#run.id });
  }

  /** Stores routing counts; those of an earlier stage stay when a later stage has no mixture. */
  async #saveRouting(counts: StoredRouting['counts']): Promise<void> {
    const { runs } = this.#context.storage;
    const routing = storedRouting((await runs.get(this.#run.id)).summary.recipe, counts);
    if (routing) await runs.saveRouting(this.#run.id, routing);
  }
}

/** Data set and row of each record, in pairs. */
function rowsOf(records: readonly number[], places: readonly RecordPlace[]): Uint32Array {
  const rows = new Uint32Array(records.length * 2);
  records.forEach((index, i) => {
    const place = places[index];
    rows[2 * i] = place?.dataSet ?? 0;
    rows[2 * i + 1] = place?.row ?? 0;
  });
  return rows;
}
