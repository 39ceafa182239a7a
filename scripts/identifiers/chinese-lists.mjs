#!/usr/bin/env node
/**
 * Makes the table that tells Chinese names from ordinary words: how often characters stand in given names, and how
 * often words and single characters stand in texts. From the dictionary of cppjieba in nodejieba 3.5.8 (MIT), the
 * given names of @faker-js/faker 10.6.0 (MIT), and Chinese texts in which nobody is named.
 *
 *   node scripts/identifiers/chinese-lists.mjs FOLDER FILE.jsonl…    the folder in which the packages were installed
 *
 * Writes src/text/identifiers/lists/chinese.txt. src/text/identifiers/words/chinese-costs.ts says how it is laid out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { root } from '../setup.mjs';

const [folder, ...files] = process.argv.slice(2);
if (folder === undefined || files.length === 0) {
  console.error('usage: node scripts/identifiers/chinese-lists.mjs FOLDER FILE.jsonl…');
  process.exit(2);
}
const load = createRequire(resolve(folder, 'package.json'));
const { allLocales } = load('@faker-js/faker');
const jieba = dirname(load.resolve('nodejieba/package.json'));

/** What costs more than this is left out: it costs as much as anything that is not listed. */
const MOST_WORD = 12.5;
/** A word whose characters could be a name is kept though it is rarer. */
const MOST_LIKE_NAME = 13.3;
const MOST_GIVEN = 9.5;
const MOST_SINGLE = 12;
/** A word that somebody does counts from so many occurrences in the dictionary. */
const LEAST_ACT = 10;
/** Names that the dictionary holds of each surname are many; this many stand for one name of the other list. */
const OF_FAKER = 40;

/** Characters written into the rules: surnames by how many bear them, and those that are typical of given names. */
const rules = readFileSync(`${root}src/text/identifiers/words/chinese-names.ts`, 'utf8');
const surnames = /COMMON_SURNAMES =\s*'([^']+)'/.exec(rules)?.[1] ?? '';
const typical = /TYPICAL = new Set\(\s*'([^']+)'/.exec(rules)?.[1] ?? '';
const MOST_PEOPLE = new Set(surnames.slice(0, 150));
const rare = /RARE_SURNAMES =\s*'([^']+)'/.exec(rules)?.[1] ?? '';
const SURNAMES = new Set(surnames + rare);

/** @type {Map<string, number>} */
const dictionary = new Map();
/** Words of what somebody does, and of when: they begin what follows a name. @type {Map<string, number>} */
const acts = new Map();
/** @type {string[]} */
const named = [];
for (const line of readFileSync(`${jieba}/submodules/cppjieba/dict/jieba.dict.utf8`, 'utf8').split(
  '\n',
)) {
  const [word = '', times = '', part = ''] = line.split(' ');
  if (!/^[\u4e00-\u9fff]+$/.test(word)) continue;
  if (/^nr/.test(part) && word.length > 1) {
    if (part === 'nr') named.push(word);
  } else {
    dictionary.set(word, Number(times));
    if (/^(?:v|vd|vi|vq|d|t|ad)$/.test(part) && word.length === 2 && Number(times) >= LEAST_ACT)
      acts.set(word, Number(times));
  }
}
const all = [...dictionary.values()].reduce((sum, times) => sum + times, 0);

/** The likeliest words of a run of Chinese characters. @param {string} run */
function segmented(run) {
  /** @type {number[]} */
  const best = [0];
  /** @type {number[]} */
  const from = [0];
  for (let end = 1; end <= run.length; end += 1) {
    best[end] = Number.POSITIVE_INFINITY;
    for (let start = Math.max(0, end - 5); start < end; start += 1) {
      const times = dictionary.get(run.slice(start, end)) ?? (end - start === 1 ? 0.5 : 0);
      if (times === 0) continue;
      const cost = (best[start] ?? 0) - Math.log(times / all);
      if (cost < (best[end] ?? 0)) [best[end], from[end]] = [cost, start];
    }
  }
  const words = [];
  for (let end = run.length; end > 0; end = from[end] ?? 0) words.push(run.slice(from[end], end));
  return words;
}

/** @type {Map<string, number>} */
const medical = new Map();
let read = 0;
for (const file of files)
  for (const [run] of readFileSync(file, 'utf8').matchAll(/[\u4e00-\u9fff]+/g))
    for (const word of segmented(run)) {
      medical.set(word, (medical.get(word) ?? 0) + 1);
      read += 1;
    }

/** What a word costs: the less, the likelier it is, in any text or in a medical one. @param {string} word */
const costOf = (word) => {
  const general = (dictionary.get(word) ?? 0) / all;
  const here = (medical.get(word) ?? 0) / read;
  return -Math.log((general + here) / 2);
};

/** Given names: those of the dictionary, and of the package. */
/** @type {Record<'f' | 'l' | 'o', Map<string, number>>} */
const given = { f: new Map(), l: new Map(), o: new Map() };
/** @param {Map<string, number>} counts @param {string} character @param {number} times */
const add = (counts, character, times) =>
  counts.set(character, (counts.get(character) ?? 0) + times);
/** @param {string} name @param {number} times */
function addGiven(name, times) {
  if (name.length === 1) add(given.o, name, times);
  else if (name.length === 2) {
    add(given.f, name.charAt(0), times);
    add(given.l, name.charAt(1), times);
  }
}
for (const name of named)
  if (MOST_PEOPLE.has(name[0] ?? '') && name.length <= 3) addGiven(name.slice(1), 1);
const faker = new Set(Object.values(allLocales.zh_CN.person.first_name).flat());
for (const name of faker) addGiven(name, OF_FAKER);
for (const character of new Set(typical)) {
  add(given.f, character, 60);
  add(given.l, character, 60);
  add(given.o, character, 8);
}

/** @type {Map<string, string[]>} */
const rows = new Map();
/** @param {string} kind @param {number} cost @param {string} entry */
function row(kind, cost, entry) {
  const key = `${kind}${Math.min(15, Math.max(0, Math.round(cost))).toString(16)}`;
  rows.set(key, [...(rows.get(key) ?? []), entry]);
}
for (const [kind, counts] of Object.entries(given)) {
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  for (const [character, times] of counts) {
    const cost = -Math.log(times / sum);
    if (cost <= MOST_GIVEN) row(kind, cost, character);
  }
}
/** @param {string} character */
const likely = (character) => given.f.has(character) || given.l.has(character);
/** @type {Map<string, Map<string, string>>} */
const heads = new Map();
for (const word of new Set([...dictionary.keys(), ...medical.keys()])) {
  const cost = costOf(word);
  if (word.length === 1) {
    if (cost <= MOST_SINGLE) row('c', cost, word);
    continue;
  }
  if (word.length > 3) continue;
  const like = SURNAMES.has(word[0] ?? '') && [...word.slice(1)].every(likely);
  const most = word.length === 2 ? (like ? MOST_LIKE_NAME : MOST_WORD) : like ? 13.4 : 10.5;
  if (cost > most) continue;
  const key = `${word.length === 2 ? 'w' : 'v'}${Math.round(cost).toString(16)}`;
  const head = word.slice(0, -1);
  const tails = heads.get(key) ?? new Map();
  heads.set(key, tails);
  tails.set(head, (tails.get(head) ?? '') + word.slice(-1));
}
/** @type {Map<string, string>} */
const actTails = new Map();
for (const word of acts.keys())
  actTails.set(word.charAt(0), (actTails.get(word.charAt(0)) ?? '') + word.charAt(1));
heads.set('a0', actTails);
const lines = [...rows].map(([key, entries]) => `${key} ${entries.toSorted().join('')}`);
for (const [key, tails] of heads)
  lines.push(
    `${key} ${[...tails]
      .map(([head, tail]) => head + tail)
      .toSorted()
      .join(' ')}`,
  );
writeFileSync(`${root}src/text/identifiers/lists/chinese.txt`, `${lines.toSorted().join('\n')}\n`);
console.log(`chinese.txt: ${String(lines.length)} lines`);
