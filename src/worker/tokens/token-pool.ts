/** A pool of workers that turn text into tokens, the most urgent first. */
import { asStudioError, fault, faultFrom, type StudioError } from '../../faults/fault.ts';
import { cancelled } from '../tasks/tasks.ts';
import type { TokenChannel } from './token-channel.ts';
import type { EncoderFiles, FromEncoder, TokenJob, TokenOutput } from './token-encoder.ts';
import { secondsFor, TICK_MS } from './token-patience.ts';
import type { PoolPatience } from './token-patience.ts';

/** The encoder for a job; its files are read when a worker without them needs them. */
export interface EncoderSource {
  readonly key: string;
  files(): Promise<EncoderFiles>;
  /** Called when encoding one of its texts did not end, before the jobs fail. */
  stuck?(error: StudioError): void;
}

export interface JobOptions {
  /** Goes before all jobs that are not urgent: somebody waits for it. */
  readonly urgent?: boolean;
  /** Ends the job at once; a worker that still works on it soon after is ended, too. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly id: number;
  readonly source: EncoderSource;
  readonly job: TokenJob;
  readonly urgent: boolean;
  /** Settles the call once; later ones do nothing. */
  readonly settle: (result: { readonly output: TokenOutput } | { readonly error: Error }) => void;
  /** Whether the call was settled, by an answer or by its signal. */
  settled: boolean;
}

interface Hand {
  readonly channel: TokenChannel;
  /** Encoders sent to the worker, oldest first; each promise gives the size of the vocabulary once it was sent. */
  readonly known: Map<string, Promise<number>>;
  /** Jobs in the order in which they were given; the worker is at the first sent one. */
  readonly jobs: Map<number, Waiting>;
  /** Jobs sent to the worker, with the seconds that each may take. */
  readonly sent: Map<number, number>;
  /** Seconds since the worker last sent anything while it had work. */
  silent: number;
  idle: ReturnType<typeof setTimeout> | null;
}

/** Jobs per worker: one at work and one ready, so that no worker waits until its answer is received. */
const JOBS_PER_HAND = 2;
/** Encoders per worker: a large vocabulary takes much memory. */
const ENCODERS_PER_HAND = 2;
/** A worker without work is ended after this time, to free its memory: another is soon started. */
const IDLE_MS = 5_000;
/** The last idle worker keeps its tokenizer longer: chat uses it again, and a large one loads slowly. */
const LAST_IDLE_MS = 300_000;
/** Seconds that a worker may spend on a job for which nobody waits. */
const GRACE = 1;

/** Number of useful workers: one core is left to the page and the device. */
export function poolSize(cores: number): number {
  return Math.max(1, Math.min(8, cores - 1));
}

/**
 * Workers that turn text into tokens. A worker is started when there is work for one more, and ends when it has
 * been idle for a while. Workers take jobs in the order given, urgent ones first. Answers may come in any
 * order: each belongs to its call.
 *
 * Tokenizers and templates come from strangers, and a regular expression may take longer than the universe
 * lasts. A worker that says nothing for longer than an honest text can take is ended; its job fails with
 * `text-stuck`, and its other jobs go to another worker.
 */
export class TokenPool {
  /** Jobs that can be under way at once; a caller with more waits before it asks for the next. */
  readonly capacity: number;
  readonly #spawn: () => TokenChannel;
  readonly #size: number;
  readonly #patience: PoolPatience;
  readonly #hands = new Set<Hand>();
  readonly #urgent: Waiting[] = [];
  readonly #patient: Waiting[] = [];
  /** Files being read, so that two workers that need them read them once. */
  readonly #files = new Map<string, Promise<EncoderFiles>>();
  #clock: ReturnType<typeof setInterval> | null = null;
  #nextId = 1;

  /** @param patience limits for tests; the default is token-patience.ts */
  constructor(spawn: () => TokenChannel, size: number, patience: PoolPatience = {}) {
    this.#spawn = spawn;
    this.#size = size;
    this.#patience = patience;
    this.capacity = size * JOBS_PER_HAND;
  }

  /** @throws StudioError what encoding throws, `cancelled`, `tokeniser-crashed`, `text-stuck` */
  run(source: EncoderSource, job: TokenJob, options: JobOptions = {}): Promise<TokenOutput> {
    const { urgent = false, signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(cancelled());
        return;
      }
      const stop = (): void => {
        waiting.settle({ error: cancelled() });
        this.#drop(waiting);
      };
      const waiting: Waiting = {
        ...{ id: this.#nextId++, source, job, urgent, settled: false },
        settle: (result) => {
          if (waiting.settled) return;
          waiting.settled = true;
          signal?.removeEventListener('abort', stop);
          if ('output' in result) resolve(result.output);
          else reject(result.error);
        },
      };
      signal?.addEventListener('abort', stop);
      (urgent ? this.#urgent : this.#patient).push(waiting);
      this.#deal();
    });
  }

  /** Ends all workers; jobs under way fail as cancelled. */
  close(): void {
    const queued = [...this.#urgent.splice(0), ...this.#patient.splice(0)];
    const given = [...this.#hands].flatMap(({ jobs }) => [...jobs.values()]);
    for (const hand of [...this.#hands]) this.#dismiss(hand);
    for (const waiting of [...queued, ...given]) waiting.settle({ error: cancelled() });
    this.#windClock();
  }

  #deal(): void {
    for (;;) {
      const next = this.#urgent[0] ?? this.#patient[0];
      const hand = next && (next.settled ? null : this.#freeHand(next));
      if (!next || (!hand && !next.settled)) break;
      (this.#urgent[0] === next ? this.#urgent : this.#patient).shift();
      if (hand) this.#give(hand, next);
    }
    this.#windClock();
  }

  /** The worker with the fewest jobs, preferring one that knows the tokenizer; a new worker where allowed. */
  #freeHand({ source, urgent }: Waiting): Hand | null {
    const rank = ({ jobs, known }: Hand): number => 2 * jobs.size + (known.has(source.key) ? 0 : 1);
    const [least] = [...this.#hands].sort((a, b) => rank(a) - rank(b));
    if (least?.jobs.size === 0) return least;
    // If every worker has been silent for a while, an urgent job does not queue behind them.
    const held = urgent && [...this.#hands].every(({ silent }) => silent > 0);
    if (this.#hands.size < (held ? this.#size + 1 : this.#size)) return this.#hire();
    return least && !held && least.jobs.size < JOBS_PER_HAND ? least : null;
  }

  #hire(): Hand {
    const channel = this.#spawn();
    const hand: Hand = {
      ...{ channel, known: new Map(), jobs: new Map(), sent: new Map() },
      ...{ silent: 0, idle: null },
    };
    channel.addEventListener('message', ({ data }) => this.#receive(hand, data as FromEncoder));
    const fail = (event: { readonly message?: string; preventDefault?(): void }): void => {
      event.preventDefault?.();
      const jobs = [...hand.jobs.values()];
      this.#dismiss(hand);
      for (const waiting of jobs) waiting.settle({ error: crashed(event.message ?? '') });
      this.#deal();
    };
    channel.addEventListener('error', fail);
    channel.addEventListener('messageerror', fail);
    this.#hands.add(hand);
    return hand;
  }

  #give(hand: Hand, waiting: Waiting): void {
    if (hand.idle !== null) clearTimeout(hand.idle);
    hand.idle = null;
    hand.jobs.set(waiting.id, waiting);
    this.#send(hand, waiting).catch((error: unknown) => {
      if (!hand.jobs.delete(waiting.id)) return;
      waiting.settle({ error: asStudioError(error) });
      this.#rest(hand);
      this.#deal();
    });
  }

  async #send(hand: Hand, waiting: Waiting): Promise<void> {
    const { id, source, job } = waiting;
    const { key } = source;
    let sent = hand.known.get(key);
    if (!sent) {
      this.#forgetOne(hand);
      sent = this.#read(source).then((files) => {
        hand.channel.postMessage({ type: 'encoder', files }, []);
        return files.tokenizer.tokenizerJson.length;
      });
      hand.known.set(key, sent);
      sent.catch(() => hand.known.delete(key));
    }
    const toLoad = await sent;
    if (!this.#hands.has(hand) || !hand.jobs.has(id)) return;
    if (waiting.settled) {
      hand.jobs.delete(id);
      this.#rest(hand);
      this.#deal();
      return;
    }
    if (hand.sent.size === 0) hand.silent = 0;
    hand.sent.set(id, secondsFor(job, toLoad, this.#patience));
    hand.channel.postMessage({ type: 'job', id, key, job }, []);
  }

  /** Makes room for one more encoder; jobs under way keep theirs. */
  #forgetOne({ known, jobs, channel }: Hand): void {
    if (known.size < ENCODERS_PER_HAND) return;
    const inUse = new Set([...jobs.values()].map(({ source }) => source.key));
    const oldest = [...known.keys()].find((key) => !inUse.has(key));
    if (oldest === undefined) return;
    known.delete(oldest);
    channel.postMessage({ type: 'forget', key: oldest }, []);
  }

  #read(source: EncoderSource): Promise<EncoderFiles> {
    const known = this.#files.get(source.key);
    if (known) return known;
    const files = source.files().finally(() => this.#files.delete(source.key));
    this.#files.set(source.key, files);
    return files;
  }

  #receive(hand: Hand, message: FromEncoder): void {
    hand.silent = 0;
    if ('alive' in message) return;
    const waiting = hand.jobs.get(message.id);
    hand.sent.delete(message.id);
    if (!waiting) return;
    hand.jobs.delete(message.id);
    if ('output' in message) waiting.settle({ output: message.output });
    else waiting.settle({ error: faultFrom(message.error) });
    this.#rest(hand);
    this.#deal();
  }

  #rest(hand: Hand): void {
    if (hand.jobs.size > 0 || hand.idle !== null || !this.#hands.has(hand)) return;
    const others = [...this.#hands].filter((other) => other !== hand && other.idle !== null);
    hand.idle = setTimeout(() => this.#dismiss(hand), others.length === 0 ? LAST_IDLE_MS : IDLE_MS);
    // In Node a waiting timer would keep the process alive.
    if (typeof hand.idle === 'object') hand.idle.unref();
  }

  #dismiss(hand: Hand): void {
    if (!this.#hands.delete(hand)) return;
    if (hand.idle !== null) clearTimeout(hand.idle);
    hand.channel.terminate();
  }

  /** Drops a cancelled call from the queue; if a worker has it already, the worker gets a moment to finish. */
  #drop(waiting: Waiting): void {
    for (const queue of [this.#urgent, this.#patient]) {
      const at = queue.indexOf(waiting);
      if (at >= 0) queue.splice(at, 1);
    }
    this.#windClock();
  }

  /** Runs the clock while a worker has work. It counts ticks, so a machine that slept counts one second. */
  #windClock(): void {
    const busy = [...this.#hands].some(({ jobs }) => jobs.size > 0);
    if (busy === (this.#clock !== null)) return;
    if (this.#clock !== null) clearInterval(this.#clock);
    const { tickMs = TICK_MS } = this.#patience;
    this.#clock = busy ? setInterval(() => this.#tick(), tickMs) : null;
    if (this.#clock !== null && typeof this.#clock === 'object') this.#clock.unref();
  }

  #tick(): void {
    for (const hand of [...this.#hands]) {
      const [first] = hand.sent;
      if (!first) continue;
      const [id, seconds] = first;
      const waiting = hand.jobs.get(id);
      hand.silent += 1;
      if (hand.silent > 1) this.#takeBack(hand, id);
      const unwanted = waiting?.settled !== false;
      if (hand.silent <= (unwanted ? GRACE : seconds)) continue;
      if (!unwanted) this.#stuck(waiting, seconds);
      this.#end(hand, id);
    }
    this.#deal();
  }

  /** Ends a worker that is held by one job. */
  #end(hand: Hand, held: number): void {
    this.#dismiss(hand);
    this.#takeBack(hand, held);
  }

  /** Puts a worker's jobs, except the job that holds it, at the front of the queue for other workers. */
  #takeBack(hand: Hand, held: number): void {
    const left = [...hand.jobs.values()].filter(({ id, settled }) => id !== held && !settled);
    for (const { id } of left) {
      hand.jobs.delete(id);
      hand.sent.delete(id);
    }
    this.#urgent.unshift(...left.filter(({ urgent }) => urgent));
    this.#patient.unshift(...left.filter(({ urgent }) => !urgent));
  }

  /** Fails a job that did not end, and all jobs with the same tokenizer and template. */
  #stuck({ source }: Waiting, seconds: number): void {
    const error = stuck(seconds);
    source.stuck?.(error);
    const given = [...this.#hands].flatMap(({ jobs }) => [...jobs.values()]);
    const same = [...given, ...this.#urgent, ...this.#patient].filter(
      (waiting) => waiting.source.key === source.key,
    );
    for (const waiting of same) {
      waiting.settle({ error });
      this.#drop(waiting);
    }
  }
}

function stuck(seconds: number): StudioError {
  return fault('text-stuck', { seconds }, { kept: 'studio' });
}

function crashed(detail: string): StudioError {
  return fault('tokeniser-crashed', { detail }, { kept: 'data-model-tokens' });
}
