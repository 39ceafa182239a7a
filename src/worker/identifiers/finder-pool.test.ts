/** Batches come back to whoever asked, in any order; a worker that fails loses nothing; idle workers end. */
import { afterEach, expect, test, vi } from 'vitest';
import { packFindings } from '../../storage/identifiers/finding-table.ts';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { loadLists } from '../../text/identifiers/lists.ts';
import { FinderPool, type FinderChannel, type ToFinder } from './finder-pool.ts';

afterEach(() => {
  vi.useRealTimers();
});

type Listener = (event: { readonly data?: unknown }) => void;

/** Workers that answer when the test says so, with the number of records as their finding. */
function channels() {
  const made: {
    readonly sent: ToFinder[];
    readonly answer: (place: number) => void;
    readonly fail: () => void;
    ended: boolean;
  }[] = [];
  const spawn = (): FinderChannel => {
    const listeners = new Map<string, Listener>();
    const sent: ToFinder[] = [];
    const own = {
      ...{ sent, ended: false },
      answer: (place: number) => {
        const { id = 0, records = [] } = sent[place] ?? {};
        listeners.get('message')?.({ data: { id, words: Uint32Array.of(records.length) } });
      },
      fail: () => listeners.get('error')?.({}),
    };
    made.push(own);
    return {
      postMessage: (message) => void sent.push(message),
      terminate: () => {
        own.ended = true;
      },
      addEventListener: (type: string, listener: (event: never) => void) => {
        listeners.set(type, listener as Listener);
      },
    };
  };
  return { made, spawn };
}

const batch = (records: number): string[][] =>
  Array.from({ length: records }, () => ['Dr Adaeze Nwosu saw her on 3 May 2021.']);

test('batches go to the freest worker, and each answer to its caller', async () => {
  const { made, spawn } = channels();
  const pool = new FinderPool(spawn, 2);
  expect(pool.capacity).toBe(4);
  const found = [1, 2, 3].map((records) => pool.find(batch(records)));
  expect(made.map(({ sent }) => sent.length)).toEqual([2, 1]);
  made[1]?.answer(0);
  made[0]?.answer(1);
  made[0]?.answer(0);
  expect((await Promise.all(found)).map(([words]) => words)).toEqual([1, 2, 3]);
});

test('what a failed worker was given is found all the same', async () => {
  const { made, spawn } = channels();
  const pool = new FinderPool(spawn, 1);
  const found = pool.find(batch(2));
  made[0]?.fail();
  const lists = await loadLists();
  const right = packFindings(batch(2), (texts) => findInRecord(texts, lists));
  expect(right.length).toBeGreaterThan(0);
  expect(await found).toEqual(right);
  // The next batch has a worker of its own.
  void pool.find(batch(1));
  expect(made).toHaveLength(2);
});

test('workers end when nothing comes, and others start when something does', async () => {
  vi.useFakeTimers();
  const { made, spawn } = channels();
  const pool = new FinderPool(spawn, 2);
  const first = pool.find(batch(1));
  made[0]?.answer(0);
  await first;
  vi.advanceTimersByTime(10_000);
  expect(made[0]?.ended).toBe(true);
  void pool.find(batch(1));
  expect(made).toHaveLength(2);
  expect(made[1]?.sent).toHaveLength(1);
});
