/** The curves of runs while they grow, read from the worker when they are first asked for. */
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { StepMetrics, ValidationPoint } from '../../contract/runs.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import type { LoadPhase } from '../load-phase.ts';
import { CurveBook } from './curves.ts';

/** Curves of one run, with news as they grow. Not part of the store: thousands of numbers change often. */
export interface LiveCurves {
  readonly book: CurveBook;
  /** Whether they are still being read, are ready, or why they could not be read. */
  readonly status: LoadPhase | StudioError;
  subscribe(listener: () => void): () => void;
}

class RunCurvesSource implements LiveCurves {
  readonly book = new CurveBook();
  status: LiveCurves['status'] = 'loading';
  /** Steps that the run reported while its curves were read: the answer may be older than these. */
  steps: StepMetrics[] = [];
  points: ValidationPoint[] = [];
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The curves that were asked for, by run. */
export class LiveCurvesByRun {
  readonly #client: WorkerClient;
  readonly #sources = new Map<string, RunCurvesSource>();

  constructor(client: WorkerClient) {
    this.#client = client;
    client.subscribe((event) => this.#receive(event));
  }

  /** Curves of a run; read from the worker when they are first asked for, kept up to date after. */
  of(id: string): LiveCurves {
    const known = this.#sources.get(id);
    if (known) return known;
    const source = new RunCurvesSource();
    this.#sources.set(id, source);
    void this.#read(id, source);
    return source;
  }

  forget(id: string): void {
    this.#sources.delete(id);
  }

  async #read(id: string, source: RunCurvesSource): Promise<void> {
    source.status = 'loading';
    source.steps = [];
    source.points = [];
    try {
      source.book.replace(await this.#client.call('runs.curves', { id }));
      source.book.append(source.steps);
      for (const point of source.points) source.book.addValidation(point);
      source.status = 'ready';
    } catch (thrown) {
      source.status = asStudioError(thrown);
    }
    source.changed();
  }

  #receive(event: WorkerEvent): void {
    if (event.type !== 'runs.steps' && event.type !== 'runs.validation') return;
    const source = this.#sources.get(event.runId);
    if (!source) return;
    if (source.status !== 'ready') {
      if (event.type === 'runs.steps') source.steps.push(...event.steps);
      else source.points.push(event.point);
      return;
    }
    if (event.type === 'runs.steps') {
      const known = source.book.missing;
      source.book.append(event.steps);
      // Only once: when the worker itself lacks steps, reading again does not help.
      if (source.book.missing && !known) void this.#read(event.runId, source);
    } else {
      source.book.addValidation(event.point);
    }
    source.changed();
  }
}
