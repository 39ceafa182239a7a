/** Searches records beside the thread that reads them, or in it. */
import type { WorkerChannel } from '../worker-channel.ts';
import { buffersOf, type RecordBatch } from './record-batch.ts';
import { RecordSearch, type QuestionLists, type Searched, type Sought } from './record-search.ts';

/** The steps of a search, in their order; batches and ends are answered, in that order. */
export type ToSearch =
  | { readonly type: 'lists'; readonly lists: QuestionLists }
  | { readonly type: 'begin'; readonly sought: Sought }
  | { readonly type: 'records'; readonly batch: RecordBatch }
  | { readonly type: 'end' };

export interface SearchChannel extends WorkerChannel {
  postMessage(message: ToSearch, transfer: ArrayBuffer[]): void;
}

/** Searches one set after the other: begin, any number of batches, end. */
export interface Searcher {
  /** Whether its thread has ended. */
  readonly lost: boolean;
  begin(sought: Sought): void;
  /** @throws SearchLost */
  add(batch: RecordBatch): Promise<Searched>;
  /** @throws SearchLost */
  end(): Promise<Searched>;
  close(): void;
}

/** The thread that searched has ended before its time; the set has to be read again. */
export class SearchLost extends Error {}

/** What is done where a search was lost; other faults stay what they are. */
export function onceLost<T>(again: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof SearchLost) return again();
    throw error;
  };
}

/** Searches in the caller's thread. */
export function searchHere(lists: QuestionLists): Searcher {
  const search = new RecordSearch(lists);
  return {
    lost: false,
    begin: (sought) => search.begin(sought),
    add: async (batch) => search.add(batch),
    end: async () => search.end(),
    close: () => undefined,
  };
}

/** What such a thread does with each message. */
export function searching(
  post: (searched: Searched, transfer: ArrayBuffer[]) => void,
): (message: ToSearch) => void {
  const answer = (searched: Searched): void => {
    const { signatures, batch } = searched;
    post(searched, [signatures.buffer, ...(batch ? buffersOf(batch) : [])]);
  };
  let search = new RecordSearch([]);
  return (message) => {
    switch (message.type) {
      case 'lists':
        search = new RecordSearch(message.lists);
        break;
      case 'begin':
        search.begin(message.sought);
        break;
      case 'records':
        answer(search.add(message.batch));
        break;
      case 'end':
        answer(search.end());
        break;
    }
  };
}

/** Searches in a thread of its own, which lives until it is closed or fails. */
export function searchBeside(spawn: () => SearchChannel, lists: QuestionLists): Searcher {
  const channel = spawn();
  const waiting: {
    readonly resolve: (searched: Searched) => void;
    readonly reject: (error: SearchLost) => void;
  }[] = [];
  let lost = false;
  const lose = (): void => {
    lost = true;
    channel.terminate();
    for (const { reject } of waiting.splice(0)) reject(new SearchLost());
  };
  const fail = (event: { preventDefault?(): void }): void => {
    event.preventDefault?.();
    lose();
  };
  channel.addEventListener('message', ({ data }) => waiting.shift()?.resolve(data as Searched));
  channel.addEventListener('error', fail);
  channel.addEventListener('messageerror', fail);
  const post = (message: ToSearch, transfer: ArrayBuffer[] = []): void => {
    if (!lost) channel.postMessage(message, transfer);
  };
  const ask = (message: ToSearch, transfer: ArrayBuffer[] = []): Promise<Searched> =>
    new Promise((resolve, reject) => {
      if (lost) throw new SearchLost();
      waiting.push({ resolve, reject });
      post(message, transfer);
    });
  post({ type: 'lists', lists });
  return {
    get lost() {
      return lost;
    },
    begin: (sought) => post({ type: 'begin', sought }),
    add: (batch) => ask({ type: 'records', batch }, buffersOf(batch)),
    end: () => ask({ type: 'end' }),
    close: lose,
  };
}
