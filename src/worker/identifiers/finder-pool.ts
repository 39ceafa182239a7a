/** Looks for identifiers in batches of records beside the thread that reads them. */
import { packFindings } from '../../storage/identifiers/finding-table.ts';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { loadLists } from '../../text/identifiers/lists.ts';
import type { WorkerChannel } from '../worker-channel.ts';

/** The texts of each record of a batch. */
export type RecordTexts = readonly (readonly string[])[];

export interface ToFinder {
  readonly id: number;
  readonly records: RecordTexts;
}

interface FromFinder {
  readonly id: number;
  readonly words: Uint32Array<ArrayBuffer>;
}

export interface FinderChannel extends WorkerChannel {
  postMessage(message: ToFinder): void;
}

interface Batch extends ToFinder {
  readonly found: (words: Uint32Array<ArrayBuffer> | PromiseLike<Uint32Array<ArrayBuffer>>) => void;
}

interface Hand {
  readonly channel: FinderChannel;
  /** Batches that it was given, by id. */
  readonly given: Map<number, Batch>;
}

/** Batches per worker: one at work and one ready. */
const BATCHES_PER_HAND = 2;
/** Workers without a batch are ended after this time, to free their memory. */
const IDLE_MS = 5_000;

/**
 * Workers that look for identifiers; the first batch starts the first, and they end when nothing has come for a while.
 * What a worker that failed was given is searched in the caller's thread.
 */
export class FinderPool {
  /** Batches that can be under way at once; a caller with more waits for the first of them. */
  readonly capacity: number;
  readonly #spawn: () => FinderChannel;
  readonly #size: number;
  readonly #hands = new Set<Hand>();
  #idle: ReturnType<typeof setTimeout> | null = null;
  #nextId = 1;

  /** @param size most workers; 0 looks in the caller's thread */
  constructor(spawn: () => FinderChannel, size: number) {
    this.#spawn = spawn;
    this.#size = size;
    this.capacity = Math.max(1, size * BATCHES_PER_HAND);
  }

  /** Findings as the table holds them (packFindings). */
  find(records: RecordTexts): Promise<Uint32Array<ArrayBuffer>> {
    if (this.#size === 0) return findHere(records);
    return new Promise((found) => {
      const hand = this.#freest();
      const batch: Batch = { id: this.#nextId++, records, found };
      hand.given.set(batch.id, batch);
      hand.channel.postMessage({ id: batch.id, records });
    });
  }

  /** The worker with the fewest batches; a new one where each has some and one more is allowed. */
  #freest(): Hand {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const [least] = [...this.#hands].sort((one, other) => one.given.size - other.given.size);
    return least && (least.given.size === 0 || this.#hands.size >= this.#size)
      ? least
      : this.#hire();
  }

  #hire(): Hand {
    const hand: Hand = { channel: this.#spawn(), given: new Map() };
    hand.channel.addEventListener('message', ({ data }) => {
      const { id, words } = data as FromFinder;
      hand.given.get(id)?.found(words);
      hand.given.delete(id);
      this.#rest();
    });
    const fail = (event: { preventDefault?(): void }): void => {
      event.preventDefault?.();
      this.#hands.delete(hand);
      hand.channel.terminate();
      for (const { records, found } of hand.given.values()) found(findHere(records));
    };
    hand.channel.addEventListener('error', fail);
    hand.channel.addEventListener('messageerror', fail);
    this.#hands.add(hand);
    return hand;
  }

  #rest(): void {
    if (this.#idle !== null || [...this.#hands].some(({ given }) => given.size > 0)) return;
    this.#idle = setTimeout(() => {
      for (const { channel } of this.#hands) channel.terminate();
      this.#hands.clear();
      this.#idle = null;
    }, IDLE_MS);
    // In Node a waiting timer would keep the process alive.
    if (typeof this.#idle === 'object') this.#idle.unref();
  }
}

async function findHere(records: RecordTexts): Promise<Uint32Array<ArrayBuffer>> {
  const lists = await loadLists();
  return packFindings(records, (texts) => findInRecord(texts, lists));
}
