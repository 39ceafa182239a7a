/** What the words before a place tell about an English name that follows: titles, labels, roles. */
import type { Reason } from '../../kinds.ts';
import { isWord } from '../../scan.ts';
import { COLON_ONLY, NAMING, PHRASES, ROLES, SMALL_TITLES, TITLES } from '../../words/english.ts';

interface Told {
  readonly reason: Reason;
  /** A label with its colon, or a title: whatever follows is a name. */
  readonly strong: boolean;
}

/** "due to:", "measured by:", "Anesthesia: General": a name may follow, and much else. */
const SMALL_LABELS = new Set([
  'anesthesia',
  'anaesthesia',
  'performed',
  'administered',
  'given',
  'prepared',
  'completed',
  'collected',
  'ordered',
  'requested',
  'reported',
  'interpreted',
  'by',
  'to',
  'for',
  'with',
  'from',
  'first',
  'last',
  'team',
  'staff',
  'reading',
  'called',
  'seen',
  'subject',
  'member',
]);
const NAMED = new Set(['patient', 'name', 'client', 'subject', 'resident']);
const SPEAKERS = new Set([
  'patient',
  'pt',
  'doctor',
  'nurse',
  'client',
  'guest',
  'family',
  'mother',
  'father',
  'daughter',
  'son',
  'wife',
  'husband',
  'therapist',
  'physician',
  'clinician',
  'interviewer',
  'caregiver',
]);

const isLetter = (code: number): boolean =>
  isWord(code) || code === 39 || code === 45 || code === 47;

/** The word that ends before a place, in small letters, and where it begins. */
function wordBefore(text: string, end: number): { word: string; start: number } {
  let start = end;
  while (start > 0 && isLetter(text.charCodeAt(start - 1))) start -= 1;
  const word = text.slice(start, end).toLowerCase();
  return { word: word.endsWith("'s") ? word.slice(0, -2) : word, start };
}

const SKIPPED = ' \t.,"(*-_=';

/** The end of a letter; the next line is who wrote it. */
const CLOSING =
  /(?:(?:sincerely|faithfully|truly|respectfully|cordially|regards|wishes|thanks|thank you|signed|cheers|best|love)[ \t]*[,.!]?[ \t]*\n\s*|\b(?:sincerely|faithfully|yours|yours ever|regards|wishes|thanks|thanks so much|many thanks|thank you|thx|ta|cheers|best|love|xx)[,.!] |\n(?:- ?|~ ?)|[.!?)] -{1,2} ?)$/i;
/** The words of it that may stand on the same line. */
const CLOSING_WORDS = new Set(
  'sincerely faithfully yours ever regards wishes thanks much you thx ta cheers best love xx'.split(
    ' ',
  ),
);

/** Whether a letter may end before a place; most places that follow a mark begin a sentence. */
function mayClose(text: string, at: number): boolean {
  const before = text[at - 2] ?? '';
  if (text[at - 1] === '\n' || ')- \n'.includes(before)) return true;
  return '.,!?'.includes(before) && CLOSING_WORDS.has(wordBefore(text, at - 2).word);
}

/** Whether a letter ends before a place. */
export const closesLetter = (text: string, at: number): boolean =>
  CLOSING.test(text.slice(Math.max(0, at - 32), at));
/** "Thanks, Mireya" on one line, which ends with the name. */
const ENDS =
  /^(?:[ .-]?\p{Lu}[\p{L}'-]*|\.| [A-Z]{2,4}(?:-?\d)?){0,5},?[ \t]*(?:[A-Za-z-]+[ \t]*)?(?:\n|$)/u;

/** "Signed, P. Ramaswamy" on one line. */
const SIGNED = /\b[Ss]igned(?: by)?[,:] $/;
/** Before the name that somebody goes by. */
const NICKNAME =
  /(?:prefers(?: to be called)?|prefers the name|goes by(?: the name)?|nicknamed|also known as|known as|likes to be called|calls (?:him|her)self|a\.k\.a\.|aka) ["'(]?$/i;
/** Who is there: "Daughter at bedside, Thandiwe". */
const PRESENT =
  /\b(?:daughter|son|wife|husband|mother|father|sister|brother|partner|mom|mum|dad|niece|nephew|friend|carer|caregiver) (?:is |was )?(?:at (?:the )?bedside|present|in the room|here)[,:(] ?\(?$/i;
/** "bed 12: Achebe" in a list of beds. */
const BEDDED = /\b(?:[Bb]ed|BED|[Rr]oom|[Rr]m)\.? ?#?\d{1,3}[A-D]?[:,)-]? $/;
/** A child that has no given name. */
const CHILD = /\b(?:baby|twin|infant) (?:\d |[AB] )?(?:boy|girl|of)(?: of)? $/i;

/** With what those two phrases end. */
const PHRASE_ENDS = new Set(
  "boy girl of prefers called name by nicknamed as herself himself a a.k.a aka '".split(' '),
);

/** What a phrase before a place says; a sentence or line that begins there has none. */
function toldByPhrase(said: string, word: string): Told | null {
  if (/(?:[.?!] |\n)$/.test(said)) return null;
  const phrase = PHRASE_ENDS.has(word);
  if (phrase && CHILD.test(said)) return { reason: 'role', strong: true };
  // Its last mark is a comma, a colon or a bracket.
  const marked = /[,:(] ?\(?$/.test(said);
  if ((phrase && NICKNAME.test(said)) || (marked && PRESENT.test(said)))
    return { reason: 'role', strong: false };
  return /[\dA-D:,)-] $/.test(said) && BEDDED.test(said) ? { reason: 'role', strong: false } : null;
}

/** What the words before a place say about a name that follows. */
export function toldBefore(text: string, at: number): Told | null {
  const said = text.slice(Math.max(0, at - 32), at);
  const closed = mayClose(text, at) ? CLOSING.exec(said)?.[0] : undefined;
  const signs =
    closed !== undefined && (/\p{L}.*\n/su.test(closed) || ENDS.test(text.slice(at, at + 70)));
  if (signs || (/[,:] $/.test(said) && SIGNED.test(said))) return { reason: 'label', strong: true };
  let end = at;
  let colon = false;
  for (let i = 0; i < 8 && end > 0; i += 1) {
    const character = text[end - 1] ?? '';
    if (character === ':') colon = true;
    else if (!SKIPPED.includes(character) && !(character === '\n' && text[end - 2] === ':')) break;
    else if (character === ',' && colon) break;
    end -= 1;
  }
  // "Emergency contact 1: Chioma Young"
  if (colon) end -= / ?#?\d{1,2}$/.exec(text.slice(Math.max(0, end - 4), end))?.[0].length ?? 0;
  const { word, start } = wordBefore(text, end);
  const phrase = toldByPhrase(said, word);
  if (phrase || word === '') return phrase;
  const gap = text.slice(end, at).replace(/^ ?#?\d{1,2}(?=:)/, '');
  if (TITLES.has(word) && (gap === ' ' || gap === '. ' || gap === '.')) {
    const capital = /^[A-Z]/.test(text.slice(start, end)) || /^(?:mr|mrs|dr|prof)$/.test(word);
    // 6 Fr. is a size.
    const size = word === 'fr' && /\d ?$/.test(text.slice(Math.max(0, start - 2), start));
    // "Severe MR. Doppler shows"
    const valve = text.slice(start, end) === 'MR' && /^\p{Lu}?\p{Ll}/u.test(text.slice(at + 1));
    if (capital && !size && !valve) return { reason: 'title', strong: !SMALL_TITLES.has(word) };
  }
  if (colon) {
    // "Patient: Better, thank you." is a line of a dialogue.
    if (SPEAKERS.has(word)) return { reason: 'label', strong: false };
    if (SMALL_LABELS.has(word))
      return gap.includes('\n') ? null : { reason: 'label', strong: false };
    if (ROLES.has(word) || COLON_ONLY.has(word)) return { reason: 'label', strong: true };
    return null;
  }
  const plain = gap === ' ' || gap === '\t';
  const near = plain || gap === ', ' || gap === ' (' || gap === ' "';
  if (near && ROLES.has(word) && !COLON_ONLY.has(word)) return { reason: 'role', strong: false };
  // "per ADA", "per GINA 2023": a guideline or a study.
  if (!plain || (word === 'per' && /^[A-Z]{3,}(?![A-Za-z])/.test(text.slice(at, at + 16))))
    return null;
  if (NAMED.has(word) || NAMING.has(word)) return { reason: 'role', strong: false };
  const before = PHRASES.get(/^w\/?$/.test(word) ? 'with' : word);
  if (!before) return null;
  return before.has(wordBefore(text, start - 1).word) ? { reason: 'role', strong: false } : null;
}
