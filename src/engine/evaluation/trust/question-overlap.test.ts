import { expect, test } from 'vitest';
import { randomWord } from '../../kernels/random-words.ts';
import { NGRAM_CHARACTERS, NGRAM_WORDS } from './question-grams.ts';
import { OverlapFinder } from './question-overlap.ts';
import { RecordTokens } from './record-tokens.ts';

const SHARED = 10;

/** A passage of English words, of Chinese characters, or of both. */
function passage(seed: number, length: number, kind: number): string[] {
  return Array.from({ length }, (_, i) => {
    const drawn = randomWord(seed, i, kind, 0);
    const chinese = kind === 1 || (kind === 2 && (drawn >>> 16) % 3 > 0);
    return chinese ? String.fromCharCode(0x4e00 + (drawn % 3000)) : `Word${drawn % 900}, `;
  });
}

const draw = (seed: number, place: number, below: number): number =>
  randomWord(seed, place, 9, 0) % below;

/** Texts that quote parts of shared passages, short enough and long enough to be a run. */
function texts(seed: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const kind = draw(seed, i, 3);
    const source = passage(draw(seed, i + 1000, 12), 60, kind);
    const from = draw(seed, i + 2000, 40);
    const quoted = source.slice(from, from + draw(seed, i + 3000, 34));
    const own = passage(seed * 1000 + i, 12, kind);
    return [...own, ...quoted, ...own].join('');
  });
}

/** The runs of a text, as text: words and characters apart from each other. */
function runs(text: string): Set<string> {
  const tokens = text.toLowerCase().match(/[a-z0-9]+|[一-鿿]/gu) ?? [];
  const found = new Set<string>();
  for (const [chinese, length] of [
    [false, NGRAM_WORDS],
    [true, NGRAM_CHARACTERS],
  ] as const) {
    const own = tokens.filter((token) => /[一-鿿]/u.test(token) === chinese);
    for (let i = 0; i + length <= own.length; i += 1) {
      found.add(own.slice(i, i + length).join(' '));
    }
  }
  return found;
}

/** What the test says, word for word: by place the first record, and the questions without a run. */
function expected(questions: readonly string[], records: readonly (readonly string[])[]) {
  const asked = questions.map(runs);
  const count = new Map<string, number>();
  for (const own of asked) for (const run of own) count.set(run, (count.get(run) ?? 0) + 1);
  const held = records.map((own) => new Set(own.flatMap((text) => [...runs(text)])));
  const rows = new Map<number, number>();
  for (const [place, own] of asked.entries()) {
    const says = [...own].filter((run) => {
      const holders = held.filter((record) => record.has(run)).length;
      return (count.get(run) ?? 0) <= SHARED && holders > 0 && holders <= SHARED;
    });
    const first = held.findIndex((record) => says.some((run) => record.has(run)));
    if (first >= 0) rows.set(place, first);
  }
  return { rows, short: asked.filter(({ size }) => size === 0).length };
}

/** Each record asks nothing, so that only runs are found. */
function see(finder: OverlapFinder, records: readonly (readonly string[])[]): void {
  const tokens = new RecordTokens();
  for (const record of records) {
    tokens.read(record.map((content) => ({ role: 'assistant', content })));
    finder.see(tokens);
  }
}

test('runs of random texts in English, Chinese and both are found as comparing their words finds them', () => {
  let found = 0;
  for (let seed = 1; seed <= 6; seed += 1) {
    const questions = texts(seed, 120);
    const records = Array.from({ length: 60 }, (_, i) => texts(seed * 100 + i, 1 + (i % 3)));
    const finder = new OverlapFinder([questions]);
    see(finder, records);
    const { rows, short } = expected(questions, records);
    found += rows.size;
    expect(finder.found).toMatchObject([{ ngram: new Set(rows.keys()), firstRow: rows, short }]);
  }
  // Neither all of them nor none.
  expect(found).toBeGreaterThan(60);
  expect(found).toBeLessThan(660);
});

test('lists are looked for as if each were alone, and a list that repeats another costs no more words', () => {
  const questions = texts(7, 80);
  const other = [...texts(8, 40), ...questions.slice(20, 60)];
  const records = Array.from({ length: 40 }, (_, i) => texts(900 + i, 2));
  const alone = [questions, other].map((list) => {
    const finder = new OverlapFinder([list]);
    see(finder, records);
    return finder.found[0];
  });
  const both = new OverlapFinder([questions, other]);
  see(both, records);
  expect(both.found).toEqual(alone);
  // Another set begins anew.
  both.begin();
  expect(both.found.map(({ ngram, firstRow }) => ngram.size + firstRow.size)).toEqual([0, 0]);
  see(both, records);
  expect(both.found).toEqual(alone);
});

test('what is beyond the most words is not looked for, and its place says where that begins', () => {
  const words = passage(1, 20, 0).join('');
  const others = [2, 3].map((seed) => passage(seed, 20, 0).join(''));
  const finder = new OverlapFinder([[words], [words, ...others]], 40);
  see(finder, [[words], others]);
  expect(finder.found.map(({ compared, ngram }) => [compared, [...ngram]])).toEqual([
    [1, [0]],
    [2, [0, 1]],
  ]);
  expect(new OverlapFinder([]).found).toEqual([]);
});

test('a question is found in what a record asks, also where a system text stands above it or within', () => {
  const asked = passage(40, 60, 0).join('');
  const finder = new OverlapFinder([[asked]]);
  const tokens = new RecordTokens();
  const system = { role: 'system', content: 'Short.' } as const;
  const user = { role: 'user', content: asked } as const;
  const answer = { role: 'assistant', content: 'Yes.' } as const;
  for (const messages of [
    [user, answer],
    [system, user, answer],
    [user, system, answer],
  ] as const) {
    finder.begin();
    tokens.read(messages);
    finder.see(tokens);
    expect(finder.found[0]?.near).toEqual(new Set([0]));
    // What every record is told is no part of what it says.
    const said = [...tokens.said];
    tokens.read([user, answer]);
    expect(said).toEqual([...tokens.said]);
  }
  tokens.read([system]);
  expect(tokens.said).toHaveLength(0);
});
