/** A search beside the reading thread finds what one in it finds, whatever becomes of that thread. */
import { expect, test } from 'vitest';
import type { DataSetSummary } from '../../contract/data.ts';
import { randomWord } from '../../engine/kernels/random-words.ts';
import { publicFolder, openStudio, textFile } from '../testing/studio.ts';
import { sampleItems } from '../evaluation/evaluation-items.ts';
import { searching, type SearchChannel, type ToSearch } from './searcher.ts';

const RECORDS = 1500;

/** Records of made-up words, in three messages; every fiftieth is nearly the one before it. */
function line(record: number): string {
  const words = Array.from({ length: 40 }, (_, i) =>
    (randomWord(record - (record % 50 === 1 ? 1 : 0), i, 0, 0) >>> 12).toString(36),
  );
  const [question, answer] = [words.slice(0, 15).join(' '), words.slice(15).join(' ')];
  return JSON.stringify({
    messages: [
      { role: 'system', content: 'Answer briefly. 请简短回答。' },
      { role: 'user', content: question },
      { role: 'assistant', content: record % 50 === 1 ? `${answer} end` : answer },
    ],
  });
}

const questions = await sampleItems(publicFolder);
const lines = Array.from({ length: RECORDS }, (_, i) =>
  i % 300 === 7
    ? JSON.stringify({ prompt: questions[i % questions.length]?.prompt ?? '', response: 'A' })
    : line(i),
);

/** Threads of this process; each ends by itself at its `last` message, if that is given. */
function threads(last = Number.POSITIVE_INFINITY) {
  const started: { messages: number; ended: boolean }[] = [];
  const spawn = (): SearchChannel => {
    const own = { messages: 0, ended: false };
    started.push(own);
    const listeners = new Map<string, (event: object) => void>();
    const act = searching((data, transfer) =>
      listeners.get('message')?.({ data: structuredClone(data, { transfer }) }),
    );
    return {
      postMessage: (message: ToSearch, transfer) => {
        const copy = structuredClone(message, { transfer });
        own.messages += 1;
        const isLast = own.messages === last;
        setTimeout(() => {
          if (own.ended) return;
          if (isLast) listeners.get('error')?.({ message: 'out of memory' });
          else act(copy);
        });
      },
      terminate: () => {
        own.ended = true;
      },
      addEventListener: (type: string, listener: (event: never) => void) => {
        listeners.set(type, listener as (event: object) => void);
      },
    };
  };
  return { started, spawn };
}

async function imported(
  searchThread: (() => SearchChannel) | null,
  content: readonly string[] = lines,
): Promise<readonly DataSetSummary[]> {
  const studio = await openStudio(undefined, undefined, undefined, undefined, searchThread);
  const files = [textFile('one.jsonl', content), textFile('two.jsonl', content.slice(0, -1))];
  const sets = await studio.client.call('data.import', {
    files,
    nearDuplicates: true,
    task: 'import',
  });
  studio.close();
  return sets;
}

/** What was found, without moments and names that are drawn anew. */
function found(sets: readonly DataSetSummary[]) {
  const place = (id: string | null): number => sets.findIndex((set) => set.id === id);
  return sets.map(({ near, questions: held }) => ({
    within: near?.within,
    between: near?.between.map(({ id, records }) => [place(id), records]),
    examples: near?.examples.map((pair) => ({ ...pair, set: place(pair.set) })),
    lists: held?.lists,
  }));
}

const here = found(await imported(null));

test('records that come in are searched beside the thread that reads them, with the same outcome', async () => {
  expect(here[0]?.within).toBe(RECORDS / 50);
  // What all records of a set share is left out of their signatures, and the sets differ by a record.
  expect(here[1]?.between?.[0]?.[1]).toBeGreaterThan(RECORDS - 10);
  expect(here[0]?.lists?.[0]?.held).toBeGreaterThanOrEqual(5);
  const { started, spawn } = threads();
  expect(found(await imported(spawn))).toEqual(here);
  expect(started.map(({ ended }) => ended)).toEqual([true]);
  expect(started[0]?.messages).toBeGreaterThan(10);
});

test('a small import needs no thread', async () => {
  const { started, spawn } = threads();
  await imported(spawn, lines.slice(0, 100));
  expect(started).toEqual([]);
});

test.each([1, 2, 3, 5, 6, 9])(
  'a thread that ends at its message %i costs nothing but time',
  async (last) => {
    const { started, spawn } = threads(last);
    expect(found(await imported(spawn))).toEqual(here);
    expect(started.map(({ ended }) => ended)).toEqual([true]);
  },
);
