/** Words with digits: every rule that looks at one, in the order of how sure it is. */
import type { Found, IdentifierFinding, IdentifierKind } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { findStreet } from './address-en.ts';
import { findAge } from './ages.ts';
import { findCode, findSpaced, goesOnFrom } from './codes.ts';
import { findLocalPhone, findNetwork, findPhone, findTenDigits } from './contact.ts';
import { findShortDate, findSmallMonth } from './dates-short.ts';
import { findCompactDate, findDate } from './dates.ts';
import { findInsurance, findNational } from './national.ts';
import { findLabelled, findLongNumber, findPrefixed } from './numbered.ts';

/** The first group of a Medicare number and of an IBAN: "2N58 YU5 AR12", "GB82 WEST 1234". */
const GROUPED = /^(?:\d[A-Z][A-Z\d]\d [A-Z]|[A-Z]{2}\d{2} [A-Z\d]{4} )/;

/** Whether more digits, or marks that hide them, follow a word of digits. */
function goesOn(text: string, end: number): boolean {
  for (let at = end; at < end + 4; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 42) return true;
    if (at > end && code >= 48 && code <= 57) return true;
    // space ( ) - . /
    if (code !== 32 && code !== 40 && code !== 41 && code !== 45 && code !== 46 && code !== 47)
      return at === end && text[at - 4] === '-';
  }
  return false;
}

/** What stands in lists: "records 1100427, 1100533 and 1100718". */
const LISTS: ReadonlySet<IdentifierKind> = new Set(['RECORD', 'ACCOUNT', 'DEVICE', 'ID']);

/** Rules of words with digits, the surest first: what one has taken, no other looks at. */
export function findNumbers(
  { text, numbers: words, chinese }: Scan,
  lists: Lists,
  taken: readonly IdentifierFinding[],
  put: Found,
): void {
  let done = 0;
  let last: IdentifierFinding | null = null;
  const found: Found = (finding) => {
    last = finding;
    put(finding);
  };
  for (const word of words) {
    const { start, end } = word;
    if (start < done || taken.some((other) => start < other.end && other.start < end)) continue;
    const long = end - start >= 6 || goesOn(text, end) || GROUPED.test(text.slice(start, end + 6));
    if (long) {
      findInsurance(text, word, found);
      done = Math.max(done, findNational(text, word, found));
      if (done > start) continue;
    }
    if (findDate(text, word, found) || findNetwork(text, word, found)) continue;
    if (findAge(text, word, found) || findSmallMonth(text, word, found)) continue;
    const street = findStreet(text, word, lists, found);
    if (street > 0) {
      done = street;
      continue;
    }
    const form = long
      ? findPhone(text, start, (finding) => phoneOrLabelled(text, word, finding, found))
      : 0;
    if (form > 0) {
      done = form;
      continue;
    }
    done = Math.max(done, findLabelled(text, word, found));
    if (done > start) continue;
    if (
      findShortDate(text, word, found) ||
      findPrefixed(text, word, found) ||
      findCompactDate(text, word, found)
    )
      continue;
    // No Chinese telephone number has ten digits.
    const more = (chinese ? 0 : findTenDigits(text, word, found)) || findSpaced(text, word, found);
    if (more > 0) {
      done = more;
      continue;
    }
    const before = last as IdentifierFinding | null;
    if (before && LISTS.has(before.kind) && goesOnFrom(text, before, word)) {
      found({ ...before, start, end, reason: 'follows' });
      continue;
    }
    if (findLocalPhone(text, word, found) || findCode(text, word, found)) continue;
    findLongNumber(text, word, found);
  }
}

/** Who says it, in a dialogue: no label of the number. */
const SPEAKER = /(?:patient|pt|患者|病人|患儿)\s?:\s?\(?\+?$/i;

/** A number with the form of a telephone number is another one where its label says so: "MRN 603-555-3668". */
function phoneOrLabelled(
  text: string,
  word: { start: number; end: number },
  phone: IdentifierFinding,
  found: Found,
): void {
  let labelled: IdentifierFinding | null = null;
  findLabelled(text, word, (finding) => (labelled = finding));
  const other = labelled as IdentifierFinding | null;
  const spoken = SPEAKER.test(text.slice(Math.max(0, word.start - 10), word.start));
  const surer =
    other &&
    other.kind !== 'PHONE' &&
    (other.certainty === 'sure' ||
      other.kind === 'ID' ||
      // Ten digits that begin with 0 are a telephone number only where nothing else is said.
      /^0\d{9}$/.test(text.slice(phone.start, phone.end))) &&
    !spoken;
  if (surer && other.end >= phone.end) found(other);
  else found(phone);
}
