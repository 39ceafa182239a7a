/** A download that goes on in this worker: how far it is, how fast it comes, and what it says of itself. */
import type { Note } from '../../faults/catalogue.ts';
import type { StudioError } from '../../faults/fault.ts';
import type { DownloadWatch } from '../../storage/downloads.ts';

/** Shortest time between two events of one download. */
const EVENT_INTERVAL_MS = 200;
/** The rate is measured over this time. */
const RATE_WINDOW_MS = 3000;
const RATE_STEP_MS = 100;

type State = 'running' | 'waiting' | 'checking';

export class LiveDownload implements DownloadWatch {
  readonly controller = new AbortController();
  /** Bytes of each file that are on disk. */
  readonly onDisk: number[] = [];
  /** Why the download was ended before it was complete. */
  ending: 'pause' | 'discard' | null = null;
  /** Resolves once nothing is written any more. */
  finished: Promise<void> = Promise.resolve();
  readonly #tell: (live: LiveDownload) => void;
  #lastTold = Number.NEGATIVE_INFINITY;
  #state: State = 'running';
  #note: Note | null = { code: 'reading-present' };
  /** Times with bytes received in this session, newest last. */
  readonly #arrivals: { at: number; bytes: number }[] = [];
  #fresh = 0;

  /** @param tell called when there is news, at most a few times a second */
  constructor(tell: (live: LiveDownload) => void) {
    this.#tell = tell;
  }

  get state(): State {
    return this.#state;
  }

  get note(): Note | null {
    return this.#note;
  }

  /** Bytes a second; null while nothing comes, or too little to measure. */
  get rate(): number | null {
    const first = this.#arrivals[0];
    const last = this.#arrivals.at(-1);
    if (this.#state !== 'running' || !first || !last || last.at - first.at < 250) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Reports at once what the download does now. */
  says(note: Note, state: State = this.#state): void {
    this.#note = note;
    this.#state = state;
    this.#tellNow();
  }

  begun(path: string): void {
    this.#note = { code: 'asking-for', file: path };
    this.#tellSoon();
  }

  connected(): void {
    this.#state = 'running';
    this.#note = null;
    this.#tellSoon();
  }

  received(index: number, bytes: number): void {
    const more = bytes - (this.onDisk[index] ?? 0);
    this.onDisk[index] = bytes;
    if (more > 0) this.#arrive(more);
    this.#tellSoon();
  }

  waiting(error: StudioError, milliseconds: number): void {
    this.#arrivals.length = 0;
    const seconds = Math.ceil(milliseconds / 1000);
    this.says({ code: 'trying-again', fault: error.describe(), seconds }, 'waiting');
  }

  #arrive(bytes: number): void {
    const at = performance.now();
    this.#fresh += bytes;
    if (at - (this.#arrivals.at(-1)?.at ?? 0) < RATE_STEP_MS) return;
    this.#arrivals.push({ at, bytes: this.#fresh });
    while ((this.#arrivals[0]?.at ?? at) < at - RATE_WINDOW_MS) this.#arrivals.shift();
  }

  #tellSoon(): void {
    if (performance.now() - this.#lastTold >= EVENT_INTERVAL_MS) this.#tellNow();
  }

  #tellNow(): void {
    this.#lastTold = performance.now();
    this.#tell(this);
  }
}
