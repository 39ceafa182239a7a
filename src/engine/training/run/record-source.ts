/** Gives the records of a stage step by step, whether they are tokenised already or still being tokenised. */
import { fault, type StudioError } from '../../../faults/fault.ts';
import type { ModelConfig } from '../../model/config.ts';
import { countTargets } from '../../model/packing.ts';
import { DataOrder, type RecordPlace, type TrainingRecord } from './data-order.ts';
import { longestRecord } from './lengths.ts';
import type { Recipe } from '../recipe/recipe.ts';

/**
 * The records of a run. Their origins are known from the start, and so are the order of training,
 * the number of steps and the memory plan; tokens may come later. The result of `read` for an index
 * depends on the index alone, never on the time of the call, so a run gives the same bits whether or not
 * everything was tokenised before it began.
 */
export interface RecordSource {
  readonly places: readonly RecordPlace[];
  /**
   * The records at these indices, in order, once they are known; null for a record that teaches nothing: it
   * was refused, or has no target left.
   * @throws StudioError what tokenising throws
   */
  read(indices: readonly number[]): Promise<readonly (TrainingRecord | null)[]>;
  /**
   * Leave the place of a record that teaches nothing empty, for runs that began this way; otherwise the next
   * record takes it.
   */
  readonly leavesGaps?: boolean;
}

/** Records in memory as a source. */
export function sourceOf(records: readonly TrainingRecord[] | RecordSource): RecordSource {
  if ('read' in records) return records;
  const read: RecordSource['read'] = async (indices) => indices.map((i) => records[i] ?? null);
  return { places: records, read, leavesGaps: true };
}

/** The records of one step that teach something. */
export interface StepRecords {
  readonly indices: readonly number[];
  readonly records: readonly TrainingRecord[];
}

interface Placed {
  readonly index: number;
  readonly record: TrainingRecord;
}

/** Records read together to find the first that teaches: one by one at first, then more. */
const MOST_LOOKED_AT = 256;

/** The records of a stage by step, each step read before it is needed. */
export class StageRecords {
  readonly #source: RecordSource;
  readonly #order: DataOrder;
  readonly #name: string;
  /** Tokens of the longest record that fits. */
  readonly #limit: number;
  readonly #stage: number;
  /** Records met that teach nothing. */
  readonly #empty = new Set<number>();
  #ahead: { readonly step: number; readonly records: Promise<StepRecords>; ready: boolean } | null =
    null;

  constructor(config: ModelConfig, recipe: Recipe, stage: number, source: RecordSource) {
    this.#source = source;
    this.#stage = stage;
    this.#order = new DataOrder(recipe, stage, source.places);
    this.#name = recipe.stages[stage]?.name ?? '';
    this.#limit = longestRecord(config, recipe);
  }

  get steps(): number {
    return this.#order.steps;
  }

  /** Records of the stage, including any that turn out to teach nothing. */
  get records(): number {
    return this.#order.records;
  }

  /**
   * Refuses a stage with nothing to learn from; reads no more records than this needs.
   * @throws StudioError `stage-without-data`, `no-targets`, as `take`
   */
  async check(kinds: readonly string[]): Promise<void> {
    if (this.records === 0) throw withoutData(this.#stage, this.#name, kinds);
    let together = 1;
    for (let step = 0; step < this.steps; step += 1) {
      const indices = this.#order.step(step);
      for (let first = 0; first < indices.length;) {
        const read = await this.#source.read(indices.slice(first, first + together));
        if (read.some((record) => record && countTargets(record) > 0)) return;
        first += together;
        together = Math.min(2 * together, MOST_LOOKED_AT);
      }
    }
    throw noTargets(this.#stage, this.#name);
  }

  /** Begins to read a step. */
  prefetch(step: number): void {
    if (step >= this.steps || this.#ahead?.step === step) return;
    const records = this.#read(step);
    const ahead = { step, records, ready: false };
    // The caller of take() hears of a failure; before then it must not count as unhandled.
    records.then(
      () => (ahead.ready = true),
      () => (ahead.ready = true),
    );
    this.#ahead = ahead;
  }

  /** Whether this step can be taken without waiting. */
  ready(step: number): boolean {
    return this.#ahead?.step === step && this.#ahead.ready;
  }

  /**
   * The records of a step. The next record of the epoch that teaches something and is not in the step takes
   * the place of a record that teaches nothing: this depends only on seed, step and the records.
   * @throws StudioError `no-targets` when no record has any, `record-too-long`, what tokenising throws
   */
  async take(step: number): Promise<StepRecords> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead?.step === step ? ahead.records : this.#read(step);
  }

  async #read(step: number): Promise<StepRecords> {
    const kept = this.#source.leavesGaps
      ? await this.#withGaps(step)
      : await this.#filled(step, this.#order.step(step));
    for (const { record } of kept) checkLength(record, this.#limit);
    return { indices: kept.map(({ index }) => index), records: kept.map(({ record }) => record) };
  }

  /** The records at these indices, with others in place of those that teach nothing. */
  async #filled(step: number, indices: readonly number[]): Promise<Placed[]> {
    const places: (Placed | null)[] = [...(await this.#placed(indices))];
    let skipped = 0;
    let together = 1;
    const teaches = (): boolean =>
      places.some((placed) => placed !== null && countTargets(placed.record) > 0);
    for (;;) {
      const missing = places.flatMap((placed, place) => (placed ? [] : [place]));
      if (missing.length === 0) break;
      // Records known to teach nothing are skipped without reading them again.
      const next = this.#order.following(step, skipped, Math.max(missing.length, together));
      if (next.length === 0) break;
      skipped += next.length;
      together = Math.min(2 * together, MOST_LOOKED_AT);
      const found = await this.#placed(next.filter((index) => !this.#empty.has(index)));
      const fitting = found.filter((placed) => placed !== null);
      for (const [i, place] of missing.entries()) places[place] = fitting[i] ?? null;
    }
    if (!teaches()) throw noTargets(this.#stage, this.#name);
    return places.filter((placed) => placed !== null);
  }

  async #placed(indices: readonly number[]): Promise<(Placed | null)[]> {
    const read = await this.#source.read(indices);
    return indices.map((index, i) => {
      const record = read[i];
      if (!record) this.#empty.add(index);
      return record ? { index, record } : null;
    });
  }

  /** The records of a step that teach something, or of the next step that has any. */
  async #withGaps(step: number): Promise<Placed[]> {
    for (let tried = 0; tried < this.steps; tried += 1) {
      const placed = await this.#placed(this.#order.step((step + tried) % this.steps));
      const kept = placed.filter((one) => one !== null);
      if (kept.some(({ record }) => countTargets(record) > 0)) return kept;
    }
    throw noTargets(this.#stage, this.#name);
  }
}

/** @throws StudioError `record-too-long` */
export function checkLength({ ids }: Pick<TrainingRecord, 'ids'>, limit: number): void {
  if (ids.length <= limit) return;
  throw fault('record-too-long', { tokens: ids.length, limit }, { kept: 'data-and-model' });
}

function withoutData(stage: number, name: string, kinds: readonly string[]): StudioError {
  return fault(
    'stage-without-data',
    { stage, name, kinds: [...kinds] },
    { kept: 'data-and-model' },
  );
}

function noTargets(stage: number, name: string): StudioError {
  return fault('no-targets', { stage, name }, { kept: 'data-and-model' });
}
