/**
 * Makes the word lists of the finder from texts in which nobody is named: English words that are written small, and
 * pairs of Chinese characters that words begin or end with.
 *
 *   node scripts/run-ts.mjs scripts/identifiers/lists.ts FILE.jsonl…
 *
 * Writes src/text/identifiers/lists/ordinary.txt and pairs.txt. docs/identifiers.md says from which texts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from '../setup.mjs';
import { COMMON_SURNAMES } from '../../src/text/identifiers/words/chinese-names.ts';

/** A word counts from so many occurrences. */
const LEAST = 2;
const LEAST_PAIR = 2;
const folder = `${root}src/text/identifiers/lists/`;

/** Every text in a value of JSON. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

function count(words: Iterable<string>, into: Map<string, number>): void {
  for (const word of words) into.set(word, (into.get(word) ?? 0) + 1);
}

function write(name: string, counts: Map<string, number>, least: number): void {
  const words = [...counts].filter(([, times]) => times >= least).map(([word]) => word);
  writeFileSync(`${folder}${name}`, `${words.toSorted().join('\n')}\n`);
  console.log(`${name}: ${String(words.length)}`);
}

export function main(files: readonly string[]): number {
  const [english, pairs] = [new Map<string, number>(), new Map<string, number>()];
  const surnames = new Set(COMMON_SURNAMES);
  for (const file of files) {
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      for (const text of textsOf(JSON.parse(line))) {
        count(
          text
            .match(/(?<![\p{L}\d'’.@/-])\p{Ll}{2,}(?:['’-]\p{Ll}+)*(?![\p{L}\d@])/gu)
            ?.map((w) => w.replaceAll('’', "'").replace(/'s$/, '')) ?? [],
          english,
        );
        const two: string[] = [];
        for (let i = 0; i + 1 < text.length; i += 1) {
          const pair = text.slice(i, i + 2);
          if (/^[\u4e00-\u9fff]{2}$/.test(pair)) two.push(pair);
        }
        count(two, pairs);
      }
    }
  }
  write('ordinary.txt', english, LEAST);
  // A pair matters where it begins with a surname, or is frequent enough to be a word.
  const useful = [...pairs].filter(([pair, times]) => surnames.has(pair[0] ?? '') || times >= 8);
  write('pairs.txt', new Map(useful), LEAST_PAIR);
  return 0;
}
