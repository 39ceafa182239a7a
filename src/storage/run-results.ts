/** Stores a run's results beside curves and checkpoints: sample answers, and the best step of each stage. */
import { fault, type StudioError } from '../faults/fault.ts';
import type { RunSamples, SamplePoint } from '../contract/runs.ts';
import type { StudioDatabase } from './database.ts';

export class RunResults {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** Answers so far; none for a run without samples. */
  async samples(id: string): Promise<RunSamples> {
    return (await this.#database.get('samples', id)) ?? { prompts: [], points: [] };
  }

  async beginSamples(id: string, prompts: RunSamples['prompts']): Promise<void> {
    await this.#database.put('samples', { prompts, points: [] }, id);
  }

  /** Adds answers; they replace earlier answers at the same place. */
  async addSamples(id: string, point: SamplePoint): Promise<void> {
    await this.#changePoints(id, (points) => [
      ...points.filter((other) => placeOf(other) !== placeOf(point)),
      point,
    ]);
  }

  /** Removes the answers after a checkpoint: the run will give them again. */
  async truncateSamples(id: string, stage: number, step: number): Promise<void> {
    await this.#changePoints(id, (points) =>
      points.filter(
        (point) => point.stage < stage || (point.stage === stage && point.step <= step),
      ),
    );
  }

  async #changePoints(
    id: string,
    change: (points: readonly SamplePoint[]) => readonly SamplePoint[],
  ): Promise<void> {
    await this.#database.change(
      'samples',
      id,
      (before) => before && { ...before, points: change(before.points) },
    );
  }
}

function placeOf({ stage, step, snapshot }: SamplePoint): string {
  return `${stage}.${step}.${snapshot}`;
}

/** @returns the error for a best snapshot that a run does not have */
export function bestMissing(id: string, stage: number): StudioError {
  return fault('best-missing', { id, stage }, { kept: 'run-with-stage-ends' });
}
