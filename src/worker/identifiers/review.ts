/** Answers what a person asks while looking through the findings of a set: counts, lists, sentences, records. */
import { fault } from '../../faults/fault.ts';
import type { CallInput } from '../../contract/contract.ts';
import {
  DECISIONS,
  type FindingCount,
  type FindingInSentence,
  type RecordWithFindings,
} from '../../contract/identifiers.ts';
import type { FindingTable, PlacedFinding } from '../../storage/identifiers/finding-table.ts';
import type { Storage } from '../../storage/storage.ts';
import { CERTAINTIES, IDENTIFIER_KINDS } from '../../text/identifiers/kinds.ts';
import { Replacer } from '../../text/identifiers/replace/replacer.ts';
import { breathing, type Task } from '../tasks/tasks.ts';
import { textsOf } from './look.ts';

type Stored = Pick<Storage, 'dataSets' | 'identifiers'>;

/** Characters of a sentence that are shown before a finding and after it. */
const BEFORE = 60;
const AFTER = 160;
/** Records that are read at once while their identifiers are compared with a text. */
const ROWS_AT_ONCE = 200;

const languageOf = (chinese: boolean): 'en' | 'zh' => (chinese ? 'zh' : 'en');

/** What was found and what is decided of it, as they are stored. */
export interface Found {
  readonly table: FindingTable;
  readonly decided: Uint8Array;
}

export async function foundIn({ identifiers }: Stored, id: string): Promise<Found> {
  const table = await identifiers.table(id);
  return { table, decided: await identifiers.decisions(id, table.count) };
}

/** How often findings of each sort occur; sorts that do not occur are left out. */
export async function counts(stored: Stored, id: string): Promise<FindingCount[]> {
  const { table, decided } = await foundIn(stored, id);
  const cells = new Uint32Array(
    IDENTIFIER_KINDS.length * CERTAINTIES.length * 2 * DECISIONS.length,
  );
  for (let at = 0; at < table.count; at += 1) {
    const { kind, certainty, chinese } = table.sort(at);
    const cell = (kind * CERTAINTIES.length + certainty) * 2 + Number(chinese);
    const index = cell * DECISIONS.length + (decided[at] ?? 0);
    cells[index] = (cells[index] ?? 0) + 1;
  }
  return IDENTIFIER_KINDS.flatMap((kind, k) =>
    CERTAINTIES.flatMap((certainty, c) =>
      [false, true].flatMap((chinese) =>
        DECISIONS.flatMap((decision, d) => {
          const cell = (k * CERTAINTIES.length + c) * 2 + Number(chinese);
          const count = cells[cell * DECISIONS.length + d] ?? 0;
          return count > 0
            ? [{ kind, certainty, language: languageOf(chinese), decision, count }]
            : [];
        }),
      ),
    ),
  );
}

/** Places of the findings that a filter lets pass. */
export async function select(
  stored: Stored,
  { id, kind, certainty, language, decision, text }: CallInput<'identifiers.select'>,
  task: Task,
): Promise<Uint32Array> {
  const { table, decided } = await foundIn(stored, id);
  const [wantedKind, wantedCertainty, wantedDecision] = [
    kind === null ? null : IDENTIFIER_KINDS.indexOf(kind),
    certainty === null ? null : CERTAINTIES.indexOf(certainty),
    decision === null ? null : DECISIONS.indexOf(decision),
  ];
  const passing: number[] = [];
  for (let at = 0; at < table.count; at += 1) {
    const sort = table.sort(at);
    if (wantedKind !== null && sort.kind !== wantedKind) continue;
    if (wantedCertainty !== null && sort.certainty !== wantedCertainty) continue;
    if (wantedDecision !== null && decided[at] !== wantedDecision) continue;
    if (language !== null && languageOf(sort.chinese) !== language) continue;
    passing.push(at);
  }
  return text === ''
    ? new Uint32Array(passing)
    : withText(stored, { id, text, table, passing }, task);
}

interface TextSearch {
  readonly id: string;
  readonly text: string;
  readonly table: FindingTable;
  readonly passing: readonly number[];
}

/** Those whose own text holds a text, whatever the case. */
async function withText(
  { dataSets }: Stored,
  { id, text, table, passing }: TextSearch,
  task: Task,
): Promise<Uint32Array> {
  const wanted = text.toLowerCase();
  const rows = new Set(
    await dataSets.findRows(id, text, (fraction) => {
      task.check();
      task.progress(fraction / 2, null);
    }),
  );
  const candidates = passing.filter((at) => rows.has(table.row(at)));
  const check = breathing(task);
  const holding: number[] = [];
  for (let from = 0; from < candidates.length; from += ROWS_AT_ONCE) {
    const part = candidates.slice(from, from + ROWS_AT_ONCE);
    for (const { place, found, content } of await inTheirTexts(dataSets, {
      id,
      table,
      places: part,
    })) {
      if (content.slice(found.start, found.end).toLowerCase().includes(wanted)) holding.push(place);
    }
    task.progress(0.5 + from / candidates.length / 2, null);
    await check();
  }
  return new Uint32Array(holding);
}

interface InText {
  readonly place: number;
  readonly found: PlacedFinding;
  readonly content: string;
}

/** Findings with the whole text in which each stands. */
async function inTheirTexts(
  dataSets: Storage['dataSets'],
  { id, table, places }: { id: string; table: FindingTable; places: readonly number[] },
): Promise<InText[]> {
  const known = places.filter((place) => place < table.count);
  const rows = await dataSets.rowsAt(id, [...new Set(known.map((place) => table.row(place)))]);
  const texts = new Map(rows.map((row) => [row.index, textsOf(row)]));
  return known.map((place) => {
    const found = table.get(place);
    return { place, found, content: texts.get(found.row)?.[found.message] ?? '' };
  });
}

/** Ends of sentences; a full stop after a short title or an initial is none. */
const BEGINS = /[。！？；\n]|[!?] |(?<!\b(?:[A-Z]|St|Dr|Mr|Mrs|Ms|Prof|No))\. /g;
const ENDS = /[。！？；\n]|[!?](?= |$)|(?<!\b(?:[A-Z]|St|Dr|Mr|Mrs|Ms|Prof|No))\.(?= |$)/;

/** Where the sentence around a finding begins and ends, or as much of it as is shown. */
function sentenceAround(text: string, start: number, end: number): { from: number; to: number } {
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const marks = [...before.matchAll(BEGINS)];
  const lastMark = marks.at(-1);
  const from = start - before.length + (lastMark ? lastMark.index + lastMark[0].length : 0);
  const after = text.slice(end, end + AFTER);
  const next = ENDS.exec(after);
  return { from, to: end + (next ? next.index + next[0].length : after.length) };
}

/** Findings in their sentences, in the order asked for. */
export async function sentences(
  stored: Stored,
  { id, places }: CallInput<'identifiers.findings'>,
): Promise<FindingInSentence[]> {
  const { table, decided } = await foundIn(stored, id);
  const found = await inTheirTexts(stored.dataSets, { id, table, places });
  return found.map(({ place, found: { row, kind, certainty, reason, start, end }, content }) => {
    const { from, to } = sentenceAround(content, start, end);
    return {
      ...{ place, row, kind, certainty, reason },
      decision: DECISIONS[decided[place] ?? 0] ?? 'open',
      before: content.slice(from, start),
      text: content.slice(start, end),
      after: content.slice(end, to),
    };
  });
}

/** The findings of one row by message, with their places; those to be kept as they are can be left out. */
export function findingsOfRow(
  { table, decided }: Found,
  row: number,
  messages: number,
  withKept: boolean,
): (PlacedFinding & { readonly place: number })[][] {
  const byMessage: (PlacedFinding & { readonly place: number })[][] = Array.from(
    { length: messages },
    () => [],
  );
  for (let at = table.from(row); at < table.count && table.row(at) === row; at += 1) {
    if (!withKept && DECISIONS[decided[at] ?? 0] === 'keep') continue;
    const finding = table.get(at);
    byMessage[finding.message]?.push({ ...finding, place: at });
  }
  return byMessage;
}

/** The name under which the dates of a record move together. */
export const dateName = (id: string, row: number): string => `${id} ${row}`;

/** A whole record with everything found in it, and what would stand there. */
export async function recordWith(
  stored: Stored,
  key: Uint8Array,
  { id, row, ways }: CallInput<'identifiers.record'>,
): Promise<RecordWithFindings> {
  const found = await foundIn(stored, id);
  const [record] = await stored.dataSets.rows(id, row, 1);
  if (!record) throw fault('row-missing', { index: row }, { kept: 'data-set' });
  const texts = textsOf(record);
  const all = findingsOfRow(found, row, texts.length, true);
  const replaced = findingsOfRow(found, row, texts.length, false);
  const parts = new Replacer(key, ways, false).parts(dateName(id, row), texts, replaced);
  return {
    row,
    line: record.line,
    messages: texts.map((text, i) => {
      const standing = new Map(
        (replaced[i] ?? []).map(({ place }, at) => [place, parts[i]?.[at]] as const),
      );
      return {
        role: record.messages[i]?.role ?? 'choice',
        text,
        findings: (all[i] ?? []).map(({ place, start, end, kind, certainty, reason }) => ({
          ...{ place, start, end, kind, certainty, reason },
          decision: DECISIONS[found.decided[place] ?? 0] ?? 'open',
          replacement: standing.get(place)?.replacement ?? null,
          to: standing.get(place)?.to ?? end,
        })),
      };
    }),
  };
}
