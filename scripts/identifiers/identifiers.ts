/**
 * Measures the finder of identifiers on marked notes, and prints recall and precision for each kind and language.
 *
 *   npm run identifiers -- FILE [--show]
 *
 * FILE has one JSON object a line: `lang`, `text`, and `spans` of [start, end, kind] in UTF-16 units. `--show` lists
 * what was missed, what was found without a mark, and what was found with other bounds. A mark counts as found when
 * kind, start and end agree; the last two columns count any overlap with a mark of the kind.
 */
import { readFileSync } from 'node:fs';
import { loadLists } from '../../src/text/identifiers/lists.ts';
import {
  measure,
  precision,
  readNotes,
  recall,
} from '../../src/text/identifiers/testing/measure.ts';

const share = (part: number, of: number): string => (of === 0 ? '-' : (part / of).toFixed(3));

export async function main(args: readonly string[]): Promise<number> {
  const [file] = args.filter((arg) => !arg.startsWith('--'));
  if (file === undefined) {
    console.error('Name a file: npm run identifiers -- test/fixtures/identifiers/notes.jsonl');
    return 2;
  }
  const notes = readNotes(readFileSync(file, 'utf8'));
  const lists = await loadLists();
  const { scores, differences, cleanNotes, inCleanNotes } = measure(notes, lists);
  console.log('lang kind      marked  found  recall precision  overlapping: recall precision');
  for (const score of scores) {
    const { lang, kind, marked, found, overlapping, right } = score;
    const exact = `${(marked === 0 ? '-' : recall(score).toFixed(3)).padStart(7)} ${(found === 0 ? '-' : precision(score).toFixed(3)).padStart(9)}`;
    const loose = `${share(overlapping, marked).padStart(20)} ${share(right, found).padStart(9)}`;
    console.log(
      `${lang.padEnd(4)} ${kind.padEnd(9)} ${String(marked).padStart(6)} ${String(found).padStart(6)} ${exact} ${loose}`,
    );
  }
  console.log(
    `\n${String(notes.length)} notes; ${String(inCleanNotes)} findings in the ${String(cleanNotes)} without marks`,
  );
  if (args.includes('--show')) {
    for (const { what, note, lang, kind, text, around } of differences) {
      console.log(
        `${what.padEnd(6)} ${lang} ${kind.padEnd(8)} ${JSON.stringify(text)}  in ${JSON.stringify(around)} ${note}`,
      );
    }
  }
  const [began, rounds] = [
    performance.now(),
    Math.max(
      1,
      Math.ceil(
        2e6 /
          Math.max(
            1,
            notes.reduce((sum, { text }) => sum + text.length, 0),
          ),
      ),
    ),
  ];
  let bytes = 0;
  for (let i = 0; i < rounds; i += 1) {
    measure(notes, lists);
    bytes += notes.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  }
  console.log(`${(bytes / 1e3 / (performance.now() - began)).toFixed(1)} MB/s on one core`);
  return 0;
}
