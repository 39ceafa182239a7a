/** `medcare identifiers`: how many identifiers are in the records of files, by kind; the texts themselves are not shown. */
import { setImmediate as breathe } from 'node:timers/promises';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../../text/identifiers/kinds.ts';
import { loadLists } from '../../text/identifiers/lists.ts';
import { EXIT } from '../exit-codes.ts';
import { readSets, type ReadSet } from '../inputs/record-files.ts';
import type { Terminal } from '../terminal.ts';
import { columns, whole } from '../words/figures.ts';
import { identifierWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

/** Records between two signs of progress. */
const AT_ONCE = 200;

export const identifiers: Command = {
  usage: '--data FILE …', // words: what is typed
  options: ['data'],
  async run(given, _shell, terminal) {
    given.arguments([]);
    if (given.data.length === 0) throw given.missing('data');
    for (const set of await readSets(given.data)) tell(set, await count(set, terminal), terminal);
    return EXIT.done;
  },
};

interface Counted {
  readonly withAny: number;
  /** By kind: all findings, and those that a person should look at first. */
  readonly kinds: ReadonlyMap<IdentifierKind, { readonly found: number; readonly unsure: number }>;
}

async function count({ name, records }: ReadSet, terminal: Terminal): Promise<Counted> {
  const lists = await loadLists();
  const kinds = new Map<IdentifierKind, { found: number; unsure: number }>();
  let withAny = 0;
  for (const [row, { messages }] of records.entries()) {
    const texts = messages.map(({ content }) => content);
    const found = findInRecord(texts, lists).flat();
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
  return { withAny, kinds };
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
