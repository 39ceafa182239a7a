/** Passes steps on to the page at most ten times a second, and to storage about once a second. */
import type { Runs } from '../../storage/runs.ts';
import type { StoredStep } from '../../storage/stored.ts';
import type { StepMetrics, ValidationPoint } from '../../contract/runs.ts';
import type { WorkerEvent } from '../../contract/contract.ts';

const EVENT_INTERVAL_MS = 100;
const STORE_INTERVAL_MS = 1000;

/** Sends steps to the page at most ten times a second, and stores them about once a second. */
export class CurveWriter {
  readonly #runId: string;
  readonly #runs: Runs;
  readonly #emit: (event: WorkerEvent) => void;
  #unsent: StepMetrics[] = [];
  #unstored: StoredStep[] = [];
  #unstoredPoints: ValidationPoint[] = [];
  #lastEvent = Number.NEGATIVE_INFINITY;
  #lastStore = performance.now();
  #storing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(runId: string, runs: Runs, emit: (event: WorkerEvent) => void) {
    this.#runId = runId;
    this.#runs = runs;
    this.#emit = emit;
  }

  async step(metrics: StepMetrics, rows: Uint32Array): Promise<void> {
    this.#unsent.push(metrics);
    this.#unstored.push({ metrics, rows });
    const wait = this.#lastEvent + EVENT_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), wait);
    if (performance.now() - this.#lastStore >= STORE_INTERVAL_MS) await this.flush();
  }

  validation(point: ValidationPoint): void {
    this.#unstoredPoints.push(point);
    this.#send();
    this.#emit({ type: 'runs.validation', runId: this.#runId, point });
  }

  #send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#unsent.length === 0) return;
    this.#lastEvent = performance.now();
    this.#emit({ type: 'runs.steps', runId: this.#runId, steps: this.#unsent });
    this.#unsent = [];
  }

  /**
   * Everything is sent and stored when this resolves. Steps that could not be stored are kept for the next flush
   * that can store them.
   */
  flush(): Promise<void> {
    this.#send();
    // Flushes run one after the other: a checkpoint that waits for a flush also waits for the one under way.
    this.#storing = this.#storing.catch(() => undefined).then(() => this.#store());
    return this.#storing;
  }

  async #store(): Promise<void> {
    const steps = this.#unstored;
    const points = this.#unstoredPoints;
    this.#lastStore = performance.now();
    await this.#runs.appendCurves(this.#runId, steps, points);
    // Steps that came meanwhile are behind the stored ones.
    this.#unstored = this.#unstored.slice(steps.length);
    this.#unstoredPoints = this.#unstoredPoints.slice(points.length);
  }
}
