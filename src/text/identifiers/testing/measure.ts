/** Measures what is found in marked notes: recall and precision for each kind and language. */
import { z } from 'zod';
import { findIdentifiers } from '../finder.ts';
import { IDENTIFIER_KINDS, type IdentifierFinding, type IdentifierKind } from '../kinds.ts';
import type { Lists } from '../lists.ts';

const note = z.object({
  id: z.string().optional(),
  lang: z.string(),
  text: z.string(),
  spans: z.array(z.tuple([z.int(), z.int(), z.enum(IDENTIFIER_KINDS)])),
});

/** A note with its marked identifiers: start, end, kind. */
export type MarkedNote = z.infer<typeof note>;

/** Reads notes, one JSON object a line. @throws Error with the line where one has another layout */
export function readNotes(lines: string): MarkedNote[] {
  return lines
    .split('\n')
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      const read = note.safeParse(JSON.parse(line));
      if (!read.success) throw new Error(`line ${String(number)}: ${z.prettifyError(read.error)}`);
      return read.data;
    });
}

/** How one kind fared in one language. */
export interface KindScore {
  readonly lang: string;
  readonly kind: IdentifierKind;
  readonly marked: number;
  readonly found: number;
  /** Found and marked, with the same kind: with the same bounds, and with any overlap. */
  readonly exact: number;
  readonly overlapping: number;
  /** Findings that overlap a mark of their kind. */
  readonly right: number;
}

/** A mark that was not found, or a finding that is no mark. */
export interface Difference {
  readonly what: 'missed' | 'false' | 'bounds';
  readonly note: string;
  readonly lang: string;
  readonly kind: IdentifierKind;
  readonly text: string;
  readonly around: string;
}

export interface Measured {
  readonly scores: readonly KindScore[];
  readonly differences: readonly Difference[];
  /** Findings in notes without any mark. */
  readonly inCleanNotes: number;
  readonly cleanNotes: number;
}

const overlaps = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start < b.end && b.start < a.end;

type Counts = { -readonly [K in keyof KindScore]: KindScore[K] };

export function measure(
  notes: readonly MarkedNote[],
  lists: Lists,
  find: (text: string) => readonly IdentifierFinding[] = (text) => findIdentifiers(text, lists),
): Measured {
  const counts = new Map<string, Counts>();
  const differences: Difference[] = [];
  let [inCleanNotes, cleanNotes] = [0, 0];
  const of = (lang: string, kind: IdentifierKind): Counts => {
    const key = `${lang} ${kind}`;
    const known = counts.get(key) ?? {
      lang,
      kind,
      marked: 0,
      found: 0,
      exact: 0,
      overlapping: 0,
      right: 0,
    };
    counts.set(key, known);
    return known;
  };
  for (const { id = '', lang, text, spans } of notes) {
    const marks = spans.map(([start, end, kind]) => ({ start, end, kind }));
    const findings = find(text);
    if (marks.length === 0) {
      cleanNotes += 1;
      inCleanNotes += findings.length;
    }
    const differ = (
      what: Difference['what'],
      { kind, start, end }: { kind: IdentifierKind; start: number; end: number },
    ): void => {
      const around = text.slice(Math.max(0, start - 24), end + 24).replaceAll('\n', '⏎');
      differences.push({ what, note: id, lang, kind, text: text.slice(start, end), around });
    };
    for (const mark of marks) {
      const score = of(lang, mark.kind);
      score.marked += 1;
      const same = findings.filter((f) => f.kind === mark.kind && overlaps(f, mark));
      if (same.length > 0) score.overlapping += 1;
      if (same.some((f) => f.start === mark.start && f.end === mark.end)) score.exact += 1;
      else differ(same.length > 0 ? 'bounds' : 'missed', mark);
    }
    for (const finding of findings) {
      const score = of(lang, finding.kind);
      score.found += 1;
      if (marks.some((mark) => mark.kind === finding.kind && overlaps(mark, finding)))
        score.right += 1;
      else differ('false', finding);
    }
  }
  const order = (a: Counts, b: Counts): number =>
    a.lang.localeCompare(b.lang) ||
    IDENTIFIER_KINDS.indexOf(a.kind) - IDENTIFIER_KINDS.indexOf(b.kind);
  return { scores: [...counts.values()].toSorted(order), differences, inCleanNotes, cleanNotes };
}

/** Share of the marks that were found with their bounds; 1 where nothing was marked. */
export const recall = ({ exact, marked }: KindScore): number => (marked === 0 ? 1 : exact / marked);

/** Share of the findings with the bounds of a mark; 1 where nothing was found. */
export const precision = ({ exact, found }: KindScore): number => (found === 0 ? 1 : exact / found);
