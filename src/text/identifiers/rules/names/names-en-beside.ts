/** What stands beside English names: their suffix, other names of a list, and the lines of a conversation. */
import type { Found, Place } from '../../kinds.ts';
import { isGiven, sortOf, wordAt } from './names-en-facts.ts';
import { type Context } from './names-en-words.ts';

const SUFFIX = /(?:,? (?:Jr|Sr|Snr|Jnr|II|III|IV)(?![A-Za-z'-]))?/y;

/** The end of a name with its "Jr." or "III". The point of "Jr." belongs to it. */
export function suffixed(text: string, end: number): number {
  SUFFIX.lastIndex = end;
  const to = end + (SUFFIX.exec(text)?.[0].length ?? 0);
  return text[to] === '.' && / (?:Jr|Sr|Snr|Jnr)$/.test(text.slice(to - 4, to)) ? to + 1 : to;
}

/** The first letter of a surname: "Hafiz C", "Abeba N., student". No sex (M, F), no "I"; not "C spine". */
const INITIAL =
  /^ [B-EGHJ-LN-Z](?:\.(?=[,;)]| [a-z\d])|(?=[,;.)\n\/]|$| [@+&\/\d(]| (?!spine|diff|dimer|reactive|section|peptide|level)[a-z]))/;

/** The end of a name of one word with the first letter of the surname. */
export function initialAfter(text: string, { start, end }: Place): number {
  if (/[ .,]/.test(text.slice(start, end))) return end;
  return end + (INITIAL.exec(text.slice(end, end + 12))?.[0].length ?? 0);
}

/** Whether a list joins a word to the name that ends before it: "Jurgensen/Wu", "Deborah and Sang-woo". */
export function besides(text: string, end: number, start: number): boolean {
  if (start - end > 24) return false;
  return /^(?: \([^()]{1,14}\))?(?:,? ?\/ ?|,? and |,? & |, | \+ )$/.test(text.slice(end, start));
}

/** A line of a conversation: perhaps the time, who speaks, a colon. */
const LINE =
  /^(\[?(?:\d{4}-\d\d-\d\d )?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?\]?[ ,-]*)?(\p{Lu}[\p{L}'-]+)(?: \p{Lu}[\p{L}'.-]*){0,2}: \S/gmu;

/** Who speaks in a conversation. A word of no list has to speak twice, at times that are told. */
export function findSpeakers({ text, lists }: Context, found: Found): void {
  if (!text.includes('\n')) return;
  const lines: { start: number; end: number; first: string; timed: boolean }[] = [];
  const times = new Map<string, number>();
  for (const match of text.matchAll(LINE)) {
    const [line, time, first = ''] = match;
    const start = match.index + (time?.length ?? 0);
    const end = match.index + line.length - 3;
    lines.push({ start, end, first, timed: time !== undefined });
    const name = text.slice(start, end);
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  if (lines.length < 2) return;
  for (const { start, end, first, timed } of lines) {
    const word = wordAt(text, { start, end: start + first.length });
    const often = (times.get(text.slice(start, end)) ?? 0) > 1;
    const sort = sortOf(word, lists);
    const speaks =
      sort === 'given'
        ? timed || often
        : sort === 'none'
          ? false
          : timed && often && (sort !== 'both' || isGiven(word, lists));
    if (speaks) found({ start, end, kind: 'NAME', reason: 'label', certainty: 'likely' });
  }
}

const INITIALS =
  /(?:\b(?:[Ss]igned|[Ii]nitial(?:s|led)|[Rr]egards|[Tt]hanks|[Ss]incerely)(?: by)?[,:]?|[.)] -+|\n-+)\s?((?:\p{Lu}\.){2,4}|\p{Lu}{2,3}(?=\s*(?:\n|$)))(?=\s|[,;]|$)/gu;

/** Initials at the end of a note, perhaps with a degree or the time, and of an author: "one of us (O.P.M.)". */
const CLOSING_INITIALS =
  /(?:[.!?)] |\n|\()((?:\p{Lu}\.){2,4})(?:[ ,]+(?:RP?N|R?MN|LPN|OT|PT|SW|MD|\d{1,2}:?\d{2}))?\)?$/u;
const AUTHOR = /\b(?:one|two) of us \(((?:\p{Lu}\.){2,4})/u;
/** Longer than initials with their degree. */
const MOST_CLOSING = 32;
const NO_INITIALS =
  /^(?:A\.M|P\.[MORN]|U\.[SK]|M\.D|R\.N|D\.O|N\.P|I\.[VM]|E\.[DG]|T\.I|B\.I|Q\.I|N\.B)/;

/** "Signed J.R.T.": initials alone, where somebody signs. */
export function findInitials(text: string, found: Found): void {
  const last = text.trimEnd();
  const from = Math.max(0, last.length - MOST_CLOSING);
  for (const [said, at] of [
    [CLOSING_INITIALS.exec(last.slice(from)), from],
    [text.includes('of us (') ? AUTHOR.exec(text) : null, 0],
  ] as const) {
    const letters = said?.[1];
    if (!said || letters === undefined || NO_INITIALS.test(letters)) continue;
    const start = at + said.index + said[0].indexOf(letters);
    found({
      start,
      end: start + letters.length,
      kind: 'NAME',
      reason: 'label',
      certainty: 'likely',
    });
  }
  if (!/igned|nitial|egards|hanks|incerely| -|\n-/.test(text)) return;
  for (const match of text.matchAll(INITIALS)) {
    const initials = match[1] ?? '';
    const end = match.index + match[0].length;
    if (!initials.includes('.') && !/^[Ss]igned|^[Ii]nit/.test(match[0])) continue;
    found({
      start: end - initials.length,
      end,
      kind: 'NAME',
      reason: 'label',
      certainty: 'likely',
    });
  }
}

/** "R.C. Stone" on a line of its own, where a letter ends. */
const SIGNED_LINE = /(?:^|\n[ \t]*)(\p{Lu}\. ?\p{Lu}\.? \p{Lu}[\p{L}'-]+)[ \t]*(?=\n|$)/gu;

/** "the Tadesse family", and "/Odile" or "- Odile" at the very end. */
const FAMILY = /\bthe (\p{Lu}[\p{L}'-]{2,}) family\b/gu;
const LAST = /[.!?)\n] ?\/ ?(\p{Lu}[\p{L}'-]+)\s*$/u;

/** Names whose place alone tells them. */
export function findPlaced({ text, lists }: Context, found: Found): void {
  const tell = (name: string, start: number): void =>
    found({
      start,
      end: start + name.length,
      kind: 'NAME',
      reason: 'follows',
      certainty: 'likely',
    });
  const put = (name: string, start: number, unknown: boolean): void => {
    const sort = sortOf(wordAt(text, { start, end: start + name.length }), lists);
    if (sort === 'none' || sort === 'both' || (sort === 'unknown' && !unknown)) return;
    tell(name, start);
  };
  if (text.includes('.'))
    for (const { 0: line, 1: name = '', index } of text.matchAll(SIGNED_LINE))
      tell(name, index + line.lastIndexOf(name));
  if (text.includes(' family'))
    for (const { 1: name = '', index } of text.matchAll(FAMILY)) put(name, index + 4, true);
  const last = text.includes('/') ? LAST.exec(text) : null;
  if (last) put(last[1] ?? '', last.index + last[0].lastIndexOf(last[1] ?? ''), true);
}
