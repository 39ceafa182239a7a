/** English names that were typed in small letters: "pt susan albright", "closed by ivy", "husband farhad moved out". */
import type { Found } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import type { Scan } from '../../scan.ts';
import { NO_NAMES, ROLES } from '../../words/english.ts';
import { PERSON_DOES } from '../../words/english-people.ts';
import { isSyllables } from './names-en-facts.ts';

/** Labels, which a name follows whatever it is; relatives; and what is done by or with somebody. */
const CUE = new RegExp(
  String.raw`(?<![\w@/.-])(?:(?<label>(?:patient|pt|client|resident|name|full name|patient name|pt name|username|caller|child|parent|guardian|mother|father|nok|next of kin|gp|dr|doctor|nurse|seen by|attending|surgeon|consultant|author|signed|contact|emergency contact|carer)(?: name)?: ?|\b(?:my|his|her|whose|maiden|full|last|first) name (?:is|was) |\b(?:mr|mrs|ms|miss|dr|prof)\.? |\buser:? )|` +
    String.raw`(?<kin>(?:dtr|dau|hubby|baby|wife|husband|mother|father|mum|mom|dad|son|daughter|sister|brother|partner|gf|bf|girlfriend|boyfriend|fiancee?|aunt|uncle|niece|nephew|cousin|grandson|granddaughter|grandmother|grandfather|friend|neighbou?r|carer|caregiver|key ?worker|advocate|pastor|interpreter|maid|hub|rn|hca|roommate|nurse|pt|patient|client|resident|bed ?\d{1,3}[a-d]?:|rm ?\d{1,3}[a-d]?:|room ?\d{1,3}[a-d]?:)(?: is|,)? )|` +
    String.raw`(?<done>(?:(?:registered|closed|opened|logged|seen|signed|entered|booked|reviewed|done|sent|given|taken|checked|typed|witnessed|accompanied|reported|referred|examined|assessed|completed|updated|verified|approved|dictated|drawn|escorted|brought in|called|requested) by|(?:refer(?:red)?|spoke|report|handed over|handover|talked|sent|given|assigned|lives|married|call|letter) (?:to|with|w)|(?:here|scene|in|lives|lvs|came|seen) (?:w\/?|with)|d\/w|spoke w\/?|discussed (?:with|w\/?)|regards,?|thanks,?|cheers,?|signed,?|ta,?) )|` +
    String.raw`(?<asked>(?:for|did|does|ask|asked|told|tell|saw|see) )|` +
    String.raw`(?<line>^|\n))`,
  'iy',
);
const NAME = /([\p{Ll}][\p{Ll}'-]+)(?: ([\p{Ll}][\p{Ll}'-]+))?(?: ([\p{Ll}][\p{Ll}'-]+))?/uy;
/** "joan rahmani, front desk": the name ends. */
const ENDS = /^(?:[,.;)(\n]|$| ?[-(]|  | for | (?:dob|mrn|age|aged|tel|re)\b| \d)/;
const AGED =
  /^,? (?:\(?\d{1,3}\b(?!\.\d| ?(?:m|mg|g|kg|ml|l|cm|mm|km|min|mins|minutes|steps|metres|meters|miles|hours?|days?|weeks?|times|%|units|tablets)\b)|age\b|aged\b|\()/;

/** "chase the echo for alistair haddow pls", "did ludmila leave it": the name ends, or somebody did something. */
const GOES =
  /^(?:[,.;?)\n]|$| (?:pls|please|asap|today|tomorrow|and|leave|bring|take|call|ring|say|get|come|go|see|send|finish|do|give|have|need|want|know|to|that|about|if|re)\b)/;

/** How many words are a name after a small word that much else follows as well. */
function asked(
  words: readonly (string | undefined)[],
  after: (n: number) => string,
  lists: Lists,
): number {
  const [first = '', second] = words;
  if (sortOf(first, lists) !== 'given' || first.length < 4 || lists.also.has(first)) return 0;
  const surname = sortOf(second, lists);
  if ((surname === 'family' || surname === 'given') && !lists.also.has(second ?? '')) return 2;
  return GOES.test(after(1)) && after(1).startsWith(' ') ? 1 : 0;
}

/** Verbs that are names as well: “nurse may titrate”. */
const VERBS = new Set([
  'may',
  'will',
  'can',
  'mark',
  'pat',
  'sue',
  'bob',
  'rob',
  'drew',
  'grant',
  'chase',
]);

const CUES = ['label', 'kin', 'named', 'done', 'asked'] as const;

type Sort = 'given' | 'family' | 'word' | 'other';

function sortOf(word: string | undefined, { given, family, ordinary }: Lists): Sort {
  if (word === undefined || ROLES.has(word) || NO_NAMES.has(word)) return 'word';
  if (ordinary.has(word)) return 'word';
  const [first = '', second = ''] = word.split('-');
  if (
    given.has(word) ||
    isSyllables({ text: capital(word), small: word, initial: false, start: 0, end: 0 })
  )
    return word.length > 2 ? 'given' : 'word';
  if (family.has(word) || (second !== '' && (family.has(first) || family.has(second))))
    return 'family';
  return word.length > 3 ? 'other' : 'word';
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

interface Typed {
  readonly text: string;
  readonly words: readonly (string | undefined)[];
  readonly start: number;
}

/** How many of the words are a name, after one of the cues. */
function count({ text, words, start }: Typed, cue: string, lists: Lists): number {
  const [first = '', second, third] = words;
  const a = sortOf(first, lists);
  const given =
    a === 'given' || (lists.given.has(first) && first.length > 2 && !NO_NAMES.has(first));
  if (a === 'word' && !given) return 0;
  if (VERBS.has(first) && sortOf(second, lists) !== 'family') return 0;
  const [b, c] = [sortOf(second, lists), sortOf(third, lists)];
  const after = (n: number): string => {
    const end = start + words.slice(0, n).join(' ').length;
    return text.slice(end, end + 48);
  };
  if (cue === 'asked') return asked(words, after, lists);
  const does = PERSON_DOES.test(after(1)) || AGED.test(after(1));
  // "joanna rang": what she did is no surname.
  const surname = !does && (b === 'family' || b === 'given' || b === 'other');
  const three = surname && (c === 'family' || c === 'given') && ENDS.test(after(3)) ? 3 : 2;
  if (
    given &&
    b === 'word' &&
    second !== undefined &&
    lists.family.has(second) &&
    ENDS.test(after(2))
  )
    return 2;
  if (surname && (ENDS.test(after(2)) || PERSON_DOES.test(after(2)))) {
    if (given || a === 'family') return three;
    if (a === 'other' && (cue === 'label' || b !== 'other')) return three;
  }
  const ends = ENDS.test(after(1));
  if (a === 'given' && (cue !== 'line' || does)) return cue !== 'named' || ends || does ? 1 : 0;
  if (cue === 'line') return 0;
  if (given && (cue === 'done' ? /^[.]?\s*(?:\n|$)/.test(after(1)) : does)) return 1;
  if (a === 'family') return (cue === 'label' || cue === 'done') && ends ? 1 : does ? 1 : 0;
  return a === 'other' && cue === 'kin' && does ? 1 : 0;
}

/** "chiamaka (wife) slept in the chair": who somebody is, in brackets. */
const BRACKET =
  / \((?:the |his |her |my )?(?:wife|husband|partner|son|daughter|dtr|mother|father|mum|mom|dad|sister|brother|friend|carer|nok|niece|nephew|aunt|uncle|neighbou?r)\b/giu;

function findBracketed(text: string, lists: Lists, found: Found): void {
  if (!text.includes('(')) return;
  for (const { index } of text.matchAll(BRACKET)) {
    const name = /(?<![\p{L}\d'@.-])\p{Ll}[\p{Ll}'-]{2,}$/u.exec(
      text.slice(Math.max(0, index - 24), index),
    )?.[0];
    if (name === undefined || sortOf(name, lists) !== 'given') continue;
    found({
      start: index - name.length,
      end: index,
      kind: 'NAME',
      reason: 'follows',
      certainty: 'likely',
    });
  }
}

export function findSmallNames({ text, cues }: Scan, lists: Lists, found: Found): void {
  findBracketed(text, lists, found);
  let done = 0;
  for (const at of cues) {
    if (at < done) continue;
    CUE.lastIndex = at;
    const match = CUE.exec(text);
    if (!match) continue;
    const start = at + match[0].length;
    done = start;
    NAME.lastIndex = start;
    const name = NAME.exec(text);
    if (!name) continue;
    const cue = CUES.find((group) => match.groups?.[group]) ?? 'line';
    const words = name.slice(1);
    const most = count({ text, words, start }, cue, lists);
    if (most === 0) continue;
    const end = start + words.slice(0, most).join(' ').length;
    const certainty = most > 1 || cue === 'label' ? 'likely' : 'unsure';
    found({
      start,
      end,
      kind: 'NAME',
      reason: cue === 'label' ? 'label' : 'role',
      certainty: cue === 'line' ? 'unsure' : certainty,
    });
  }
}
