/**
 * `medcare identifiers`: how many identifiers are in the records of files, by kind, and files in which they are replaced.
 * The texts themselves are not shown.
 */
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../../text/identifiers/kinds.ts';
import { loadLists, type Lists } from '../../text/identifiers/lists.ts';
import { allBy, Replacer } from '../../text/identifiers/replace/replacer.ts';
import { reportOf } from '../../text/identifiers/replace/report.ts';
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import { json, textFile } from '../../engine/exports/model-export.ts';
import { writeFiles } from '../../engine/node/index.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { EXIT } from '../exit-codes.ts';
import { readSets, type ReadSet } from '../inputs/record-files.ts';
import type { Terminal } from '../terminal.ts';
import { columns, whole } from '../words/figures.ts';
import { identifierWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

/** Records between two signs of progress. */
const AT_ONCE = 200;

export const identifiers: Command = {
  usage: '--data FILE … [--out DIR]', // words: what is typed
  options: ['data', 'out'],
  async run(given, _shell, terminal) {
    given.arguments([]);
    if (given.data.length === 0) throw given.missing('data');
    const out = given.text('out');
    const lists = await loadLists();
    // One key for all: a patient has one surrogate in all files.
    const key = crypto.getRandomValues(new Uint8Array(32));
    for (const set of await readSets(given.data)) {
      const replacer = new Replacer(key, SURROGATES, false);
      const counted = await count(set, { lists, replacer }, terminal);
      tell(set, counted, terminal);
      if (out !== undefined) await write(set, counted, { out, replacer }, terminal);
    }
    return EXIT.done;
  },
};

const SURROGATES = allBy('surrogate');

interface Counted {
  readonly withAny: number;
  /** By kind: all findings, and those that a person should look at first. */
  readonly kinds: ReadonlyMap<IdentifierKind, { readonly found: number; readonly unsure: number }>;
  /** The records with everything replaced that was found, as lines. */
  readonly lines: readonly string[];
}

async function count(
  { path, name, records }: ReadSet,
  { lists, replacer }: { readonly lists: Lists; readonly replacer: Replacer },
  terminal: Terminal,
): Promise<Counted> {
  const lines: string[] = [];
  const kinds = new Map<IdentifierKind, { found: number; unsure: number }>();
  let withAny = 0;
  for (const [row, { task, messages, choices = [] }] of records.entries()) {
    const texts = [...messages.map(({ content }) => content), ...choices];
    const findings = findInRecord(texts, lists);
    const after = replacer.replace(`${path} ${row}`, texts, findings);
    const replaced = {
      task,
      messages: messages.map((message, i) => ({ ...message, content: after[i] ?? '' })),
      ...(choices.length > 0 && { choices: after.slice(messages.length) }),
    };
    lines.push(`${JSON.stringify(replaced)}\n`);
    const found = findings.flat();
    if (found.length > 0) withAny += 1;
    for (const { kind, certainty } of found) {
      const before = kinds.get(kind) ?? { found: 0, unsure: 0 };
      const unsure = before.unsure + (certainty === 'unsure' ? 1 : 0);
      kinds.set(kind, { found: before.found + 1, unsure });
    }
    if (row % AT_ONCE !== 0) continue;
    terminal.status(identifierWords().searched(name, whole(row), whole(records.length)));
    await breathe();
  }
  terminal.endStatus();
  return { withAny, kinds, lines };
}

/** Writes the replaced records of a set, and the report of what was replaced. */
async function write(
  { name }: ReadSet,
  { lines }: Counted,
  { out, replacer }: { readonly out: string; readonly replacer: Replacer },
  terminal: Terminal,
): Promise<void> {
  const stem = fileStem(name, 'data');
  const done = replacer.report();
  const report = reportOf({ done, ways: SURROGATES, studio: STUDIO_VERSION });
  const files = [
    textFile(`${stem}.replaced.jsonl`, lines.join('')),
    textFile(`${stem}.identifiers.json`, json(report)),
  ];
  await writeFiles(out, files);
  for (const { path } of files) terminal.say(identifierWords().written(join(out, path)));
  terminal.value({ type: 'replaced', path: join(out, `${stem}.replaced.jsonl`), report });
}

function tell({ path, name, records }: ReadSet, counted: Counted, terminal: Terminal): void {
  const words = identifierWords();
  const { withAny, kinds } = counted;
  terminal.say(words.set(name, whole(records.length), whole(withAny)));
  const rows = IDENTIFIER_KINDS.flatMap((kind) => {
    const known = kinds.get(kind);
    return known ? [[kind, whole(known.found), whole(known.unsure)]] : [];
  });
  const heads = [words.kind, words.found, words.unsure];
  if (rows.length > 0) for (const line of columns([heads, ...rows])) terminal.say(line);
  const found = { records: records.length, withAny, kinds: Object.fromEntries(kinds) };
  terminal.value({ type: 'identifiers', path, ...found });
}
