import { StudioError } from '../errors.ts';
import { cancelled } from './tasks.ts';
import { createTokenEncoder } from './token-encoder.ts';
import type {
  EncoderFiles,
  FromEncoder,
  ToEncoder,
  TokenJob,
  TokenOutput,
} from './token-encoder.ts';

/** The part of a Worker that is used here. */
export interface TokenChannel {
  postMessage(message: ToEncoder, transfer: Transferable[]): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'error' | 'messageerror',
    listener: (event: { readonly message?: string; preventDefault?(): void }) => void,
  ): void;
}

/** What a job is encoded with; the files are read when a worker needs them that has not got them. */
export interface EncoderSource {
  readonly key: string;
  files(): Promise<EncoderFiles>;
}

export interface JobOptions {
  /** Goes before all that is not: somebody waits for it. */
  readonly urgent?: boolean;
  /** A job that has not begun is given up; one that has comes to its end and is thrown away. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly id: number;
  readonly source: EncoderSource;
  readonly job: TokenJob;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (output: TokenOutput) => void;
  readonly reject: (error: unknown) => void;
}

interface Hand {
  readonly channel: TokenChannel;
  /** Encoders that it was sent, oldest first, each with the moment that it was. */
  readonly known: Map<string, Promise<void>>;
  readonly jobs: Map<number, Waiting>;
  idle: ReturnType<typeof setTimeout> | null;
}

/** One at work and one ready to begin, so that no worker waits for the answer to be taken. */
const JOBS_PER_HAND = 2;
/** A large vocabulary takes some 100 MB. */
const ENCODERS_PER_HAND = 2;
/** A worker without work gives its memory back: one more is started in a tenth of a second. */
const IDLE_MS = 5_000;

/** Workers worth having: one core is left to the page and the device. */
export function poolSize(cores: number): number {
  return Math.max(1, Math.min(8, cores - 1));
}

/**
 * Workers that turn text into tokens. They are started when there is work for one more, end when there has
 * been none for a while, and take jobs in the order given, urgent ones first. Answers say nothing about
 * order: each belongs to its call.
 */
export class TokenPool {
  /** Jobs that can be under way at once; who has more waits before asking for the next. */
  readonly capacity: number;
  readonly #spawn: () => TokenChannel;
  readonly #size: number;
  readonly #hands = new Set<Hand>();
  readonly #urgent: Waiting[] = [];
  readonly #patient: Waiting[] = [];
  /** Files being read, so that two workers that need them read them once. */
  readonly #files = new Map<string, Promise<EncoderFiles>>();
  #nextId = 1;

  constructor(spawn: () => TokenChannel, size: number) {
    this.#spawn = spawn;
    this.#size = size;
    this.capacity = size * JOBS_PER_HAND;
  }

  /** @throws StudioError what encoding throws, `cancelled`, `tokeniser-crashed` */
  run(source: EncoderSource, job: TokenJob, options: JobOptions = {}): Promise<TokenOutput> {
    const { urgent = false, signal } = options;
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      (urgent ? this.#urgent : this.#patient).push({ id, source, job, signal, resolve, reject });
      this.#deal();
    });
  }

  /** Ends all workers; jobs under way fail as cancelled. */
  close(): void {
    for (const hand of [...this.#hands]) this.#dismiss(hand, cancelled());
    for (const { reject } of [...this.#urgent.splice(0), ...this.#patient.splice(0)]) {
      reject(cancelled());
    }
  }

  #deal(): void {
    for (;;) {
      const next = this.#urgent[0] ?? this.#patient[0];
      if (!next) return;
      if (next.signal?.aborted === true) {
        this.#take(next).reject(cancelled());
        continue;
      }
      const hand = this.#freeHand();
      if (!hand) return;
      this.#give(hand, this.#take(next));
    }
  }

  #take(next: Waiting): Waiting {
    (this.#urgent[0] === next ? this.#urgent : this.#patient).shift();
    return next;
  }

  /** The one with least to do; a new one where all have something and there may be more. */
  #freeHand(): Hand | null {
    const [least] = [...this.#hands].sort((a, b) => a.jobs.size - b.jobs.size);
    if (least?.jobs.size === 0) return least;
    if (this.#hands.size < this.#size) return this.#hire();
    return least && least.jobs.size < JOBS_PER_HAND ? least : null;
  }

  #hire(): Hand {
    const channel = this.#spawn();
    const hand: Hand = { channel, known: new Map(), jobs: new Map(), idle: null };
    channel.addEventListener('message', ({ data }) => this.#receive(hand, data as FromEncoder));
    const fail = (event: { readonly message?: string; preventDefault?(): void }): void => {
      event.preventDefault?.();
      this.#dismiss(hand, crashed(event.message ?? ''));
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
      waiting.reject(error);
      this.#rest(hand);
      this.#deal();
    });
  }

  async #send(hand: Hand, { id, source, job }: Waiting): Promise<void> {
    const { key } = source;
    let sent = hand.known.get(key);
    if (!sent) {
      this.#forgetOne(hand);
      sent = this.#read(source).then((files) => {
        hand.channel.postMessage({ type: 'encoder', files }, []);
      });
      hand.known.set(key, sent);
      sent.catch(() => hand.known.delete(key));
    }
    await sent;
    const transfer = job.what === 'records' ? [job.lines.buffer as ArrayBuffer] : [];
    if (this.#hands.has(hand)) hand.channel.postMessage({ type: 'job', id, key, job }, transfer);
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
    const waiting = hand.jobs.get(message.id);
    if (!waiting) return;
    hand.jobs.delete(message.id);
    if (waiting.signal?.aborted === true) waiting.reject(cancelled());
    else if ('output' in message) waiting.resolve(message.output);
    else waiting.reject(new StudioError(message.error));
    this.#rest(hand);
    this.#deal();
  }

  #rest(hand: Hand): void {
    if (hand.jobs.size > 0 || hand.idle !== null) return;
    hand.idle = setTimeout(() => this.#dismiss(hand, cancelled()), IDLE_MS);
    // In Node a waiting timer would keep the process alive.
    if (typeof hand.idle === 'object') hand.idle.unref();
  }

  #dismiss(hand: Hand, error: StudioError): void {
    if (!this.#hands.delete(hand)) return;
    if (hand.idle !== null) clearTimeout(hand.idle);
    hand.channel.terminate();
    for (const { reject } of hand.jobs.values()) reject(error);
  }
}

function crashed(detail: string): StudioError {
  return new StudioError({
    code: 'tokeniser-crashed',
    message: `A worker stopped while it turned records into tokens: ${detail || 'the browser gave no reason'}.`,
    kept: 'Data sets, model and what was tokenised before.',
    remedy: 'Try again. If it stops at the same records, look at the longest of them.',
  });
}

/** An encoder beside its caller, for places without workers. One job at a time, none at once. */
export function localChannel(): TokenChannel {
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  const encoder = createTokenEncoder((data) => {
    for (const listener of listeners) listener({ data });
  });
  let open = true;
  return {
    postMessage: (message) => {
      setTimeout(() => {
        if (open) encoder(message);
      }, 0);
    },
    terminate: () => {
      open = false;
    },
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === 'message') listeners.push(listener as (typeof listeners)[number]);
    },
  };
}
