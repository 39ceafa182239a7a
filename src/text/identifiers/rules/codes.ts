/** Numbers and codes without a label just before them: told by what follows, by what the sentence speaks of, by a name. */
import type { Found, IdentifierFinding, IdentifierKind, Place } from '../kinds.ts';
import { labelNamed } from '../words/labels.ts';
import { digitsOf, isCompactDay, isDay } from './checksums.ts';
import { CODE, MEASURED, isRegistered } from './numbered.ts';
import { spokenAfter, spokenBefore, spokenEarlier } from './spoken-of.ts';

/** Letters and digits that nobody measures: U677046, LS-19255, NQ433624K, BUP/9947939, RVD441961H. */
const MIXED = new RegExp(
  String.raw`^(?:${CODE}|[A-Z]{1,4}[-/]\d{4}|[A-Z]{1,4}\d{0,3}[-/]\d{3,8}(?:[-/][A-Z\d]{1,8}){1,3})$`,
);
/** Groups of digits: 907-178-01, 67/971841, 50906/13. */
const GROUPED = /^\d{2,8}(?:[-/]\d{2,8}){1,3}$/;
const PLAIN = /^\d{5,10}$/;
/** Pages, shares and ranges: 1000-3000, 327/680. */
const RANGE = /^\d{2,4}[-/]\d{2,4}$|^\d{5,}-\d{5,}$/;
/** Substances and cell lines under test are called by the letters of their makers: SB203580, LY2140023. */
const SUBSTANCE =
  /^(?:SSR|WR|RS|BW|SB|SKF|LY|PF|GSK|RO|BMS|MK|CP|AZD?|ABT|TAK|JNJ|AMG|REGN|BAY|CEP|CI|DMP|FK|GW|ICI|INCB|KW|L|MDL|NSC|OPC|PD|RG|RWJ|SCH?|SR|ST|SU|TG|UK?|UR|VX|WAY|WIN|YM|ZD|ZK|E|S|T|GR|DSM|ATCC|CAS|HOE|PNU|NVP|EMD|CGP|CGS|BIBW?|U)[- ]?\d{4,7}[A-Z]?$/;

type Shape = 'mixed' | 'grouped' | 'plain';

/** Whatever has a number has it after one of these. */
const NUMBERED = /(?:[\u4e00-\u9fff][号码]:?\s?|\b(?:[Nn]umber|[Nn]o\.):? )$/;
/** What many things of one make share: "model 160021", 型号200345. */
const OF_MAKES =
  /(?:\b(?:model|version|firmware|software|size|cat(?:alog(?:ue)?)?|part|article)(?: no\.?| number| #)?|型号|规格|版本号?)[: ]{0,2}$/i;

/** What a word is made of, where it may be somebody's number: no measure, no share of many, no day. */
function shapeOf(text: string, { start, end }: Place): Shape | null {
  const word = text.slice(start, end);
  if (word.length < 5 || word.length > 22 || word.includes('.')) return null;
  const shape = MIXED.test(word)
    ? 'mixed'
    : PLAIN.test(word)
      ? 'plain'
      : GROUPED.test(word) && digitsOf(word) >= 6
        ? 'grouped'
        : null;
  if (!shape || isRegistered(word) || MEASURED.test(text.slice(end, end + 8))) return null;
  if (
    shape === 'plain' &&
    (/^(?:19|20)\d{6}$/.test(word) ? isCompactDay(word) : word.endsWith('0000'))
  )
    return null;
  if (OF_MAKES.test(text.slice(Math.max(0, start - 16), start))) return null;
  // "1,234-5", "12345,000", "± 12345"
  if (/\d[,.]$|[±<>≤≥=×*$€£¥^~]\s?$/.test(text.slice(Math.max(0, start - 2), start))) return null;
  const after = text.slice(end, end + 2);
  return (shape === 'plain' && /^[,.]\d/.test(after)) || /^[%:×^*]/.test(after) ? null : shape;
}

/** A word or two in brackets or after "is her": what the number before them was. */
const NAMED_AFTER =
  /^(?: ?[([]|,? (?:is|was|as|being|for) (?:the |an? |her |his |their |your |my |our )?(?:patient's |pt's |correct |new |old )?|,? ?[-=] ?| )((?:[A-Za-z][A-Za-z/'-]*\s?){1,5}?)(?:[\])]|\.?[,.;:]|\n|$| (?:for|and|on|at|from|with|please|pls|if)\b)/i;
const NAMED_AFTER_CHINESE =
  /^ ?[([]?(?:为|是|即|系)?([\u4e00-\u9fff]{2,6}?)(?:号码|编号|号|码)(?:[)\],;]|。|$)/;

/** 56399394号标本 */
const OF_NUMBER_CHINESE = /^号([\u4e00-\u9fff]{2})/;

/** What a label says that stands after the number: "40336 (MRN)", "77012345 is her hospital number". */
function kindAfter(text: string, end: number, shape: Shape): IdentifierKind | null {
  const rest = text.slice(end, end + 48);
  const [, words] =
    NAMED_AFTER.exec(rest) ?? NAMED_AFTER_CHINESE.exec(rest) ?? OF_NUMBER_CHINESE.exec(rest) ?? [];
  if (words === undefined) return null;
  const label = labelNamed(words.trim().replace(/ (?:number|no|num|code)$/i, ''));
  if (!label || label.kind === 'DATE' || label.kind === 'AGE' || label.kind === 'BED') return null;
  if (label.kind === 'PHONE') return shape === 'mixed' ? null : label.weak ? null : 'PHONE';
  // "12345 patient"
  if (label.weak && !/^ ?[([]|^,? (?:is|was|as)\b/.test(rest)) return null;
  return label.kind;
}

const ENDS_CLAUSE =
  /^(?:[,.;:)\]"'\n]|$| (?:and|was|is|which|who|but|for|to|on|at|in|from|by|instead|again|today|twice|when|as|with|under|not|rather|now|then|until|after|before|since|because|if|checked|returned|delivered|issued|fitted|given|collected|applied|explanted|implanted|-)\b| [-–(/|]|。)/;

function spokenOf(text: string, place: Place, shape: Shape): IdentifierKind | null {
  const { start, end } = place;
  if (shape === 'plain' && (end - start < 6 || !ENDS_CLAUSE.test(text.slice(end, end + 10))))
    return null;
  const before = text.slice(Math.max(0, start - 2), start);
  // 血小板123456: what stands before a plain number is what was measured.
  if (shape === 'plain' && /[\u4e00-\u9fff]$/.test(before) && !/[是为到的至成给]$/.test(before))
    return null;
  const kind =
    spokenBefore(text, place) ??
    (shape === 'mixed' ? (spokenAfter(text, place) ?? spokenEarlier(text, place)) : null);
  // A code of letters is no telephone number.
  return kind === 'PHONE' || (kind === 'WECHAT' && shape !== 'plain') ? null : kind;
}

/** A code that is a clause of its own: ", PC320298." */
const CLAUSE_BEFORE = /(?:^|[,|\n#]|[.!?] | -)\s?$/;
const CLAUSE_AFTER = /^ ?(?:[,.;)|\n。]|$| - )/;

/** Numbers and codes that neither their form nor a word just before them explained. */
export function findCode(text: string, place: Place, found: Found): boolean {
  const shape = shapeOf(text, place);
  if (!shape) return false;
  const { start, end } = place;
  const word = text.slice(start, end);
  const put = (kind: IdentifierKind, sure: boolean): true => {
    found({
      start,
      end,
      kind,
      reason: sure ? 'label' : 'form',
      certainty: sure ? 'likely' : 'unsure',
    });
    return true;
  };
  const after = kindAfter(text, end, shape);
  if (after) return put(after, true);
  const spoken = spokenOf(text, place, shape);
  // A sentence about an account or a device speaks of no substance.
  const substance = SUBSTANCE.test(word) && !(spoken === 'ACCOUNT' || spoken === 'DEVICE');
  if (substance || RANGE.test(word)) return false;
  // 钼靶号MG-20418, "number A4471EK": whatever is numbered.
  if (!spoken && shape === 'mixed' && NUMBERED.test(text.slice(Math.max(0, start - 9), start)))
    return put('RECORD', true);
  if (spoken) return put(spoken, true);
  const alone =
    CLAUSE_BEFORE.test(text.slice(Math.max(0, start - 3), start)) &&
    CLAUSE_AFTER.test(text.slice(end, end + 3));
  const least = shape === 'plain' ? 7 : 6;
  if (digitsOf(word) < least || !(alone || shape === 'mixed')) return false;
  return put('RECORD', false);
}

/** Between numbers of one list: "1100427, 1100533 and 1100718". */
const LISTED = /^(?:,? (?:and|or|vs\.?|&) (?:no\.? )?|, ?|、|和|与|及|或|\/ ?)$/;
const shapeIn = (word: string): string => word.replace(/\d/g, '9').replace(/[A-Z]/g, 'A');

/** Whether a list goes on with a number that looks like the one before it. */
export function goesOnFrom(text: string, last: Place, { start, end }: Place): boolean {
  return (
    start - last.end <= 10 &&
    end - start >= 5 &&
    LISTED.test(text.slice(last.end, start)) &&
    shapeIn(text.slice(last.start, last.end)) === shapeIn(text.slice(start, end))
  );
}

/** Groups with spaces, perhaps after letters: "8002 7719 3345 01", "RLB 402 117 G". */
const SPACED = /\d{2,6}(?: \d{2,6}){1,4}(?: [A-Z\d]{1,2})?(?![\w-]|[.,]\d)/y;
const LETTERS_BEFORE = /(?<=[\s,:(])[A-Z]{1,4} $/;

/** Groups of digits whose sentence tells what they are. Gives the end of what was found, or 0. */
export function findSpaced(text: string, { start, end }: Place, found: Found): number {
  if (text[end] !== ' ' || !/^\d+$/.test(text.slice(start, end))) return 0;
  SPACED.lastIndex = start;
  const groups = SPACED.exec(text)?.[0] ?? '';
  if (digitsOf(groups) < 6 || MEASURED.test(text.slice(start + groups.length))) return 0;
  const letters = LETTERS_BEFORE.exec(text.slice(Math.max(0, start - 6), start))?.[0].length ?? 0;
  const place = { start: start - letters, end: start + groups.length };
  const kind = spokenBefore(text, place);
  if (!kind || kind === 'PHONE' || kind === 'WECHAT') return 0;
  found({ ...place, kind, reason: 'label', certainty: 'unsure' });
  return place.end;
}

/** What may stand between somebody and their number. */
const GAP = /(?:,? ?[([#]?|\s{1,8}[(#|]?\s?| ?[-–|:] ?)$/;
const BIRTH = /(?:born|birth|dob|d\.o\.b|生于|出生)\W{0,4}(?:date|on|日期)?\W{0,3}$/i;

const OLD = /^(?:9\d|1[01]\d|12[0-5])$/;
const OLD_BEFORE =
  /(?:,? (?:(?:is|was|turned|turns) (?:now |nearly |almost |only )?)?(?:aged? )?| ?[(,])$/;
/** "Temp is 99." */
const MEASURES = /^(?:temp|sats?|pulse|glucose|weight|rate|sugar|pressure)\b/i;
const OLD_AFTER =
  /^(?: ?(?:[,;)]|\.(?!\d)|$|\n)| (?:and|but|who|now|next)\b| ?(?:yrs?|years?|y)\b(?! (?:ago|later|before|since)))/;

/** An age of 90 or over, or a day, right after a name: "Octavio is 92, desats", “卢倩，4.26，”. */
function besideName(
  text: string,
  { start, end }: Place,
  ends: ReadonlyMap<number, IdentifierFinding>,
  found: Found,
): boolean {
  const word = text.slice(start, end);
  const old = OLD.test(word);
  const [, month = '', day = ''] = old ? [] : (/^(\d{1,2})\.(\d{1,2})$/.exec(word) ?? []);
  if (!old && !isDay(2024, Number(month), Number(day))) return false;
  const gap = OLD_BEFORE.exec(text.slice(Math.max(0, start - 20), start))?.[0] ?? '';
  const owner = ends.get(start - gap.length);
  const after = text.slice(end, end + 14);
  if (gap === '' || owner?.kind !== 'NAME' || MEASURES.test(text.slice(owner.start, owner.end)))
    return false;
  const said = old
    ? OLD_AFTER.test(after) && (gap !== ' ' || /^ ?y/.test(after))
    : gap === ',' && /^ ?,/.test(after);
  if (said)
    found({ start, end, kind: old ? 'AGE' : 'DATE', reason: 'follows', certainty: 'likely' });
  return said;
}

/** A number beside a name, or after the day of a birth: "Ignacio Fujimoto (610-32-386)". */
export function findBesideNames(
  text: string,
  words: readonly Place[],
  findings: readonly IdentifierFinding[],
  found: Found,
): void {
  const ends = new Map<number, IdentifierFinding>();
  const starts = new Set<number>();
  for (const finding of findings) {
    if (finding.kind === 'NAME') {
      ends.set(finding.end, finding);
      starts.add(finding.start);
    } else if (
      finding.kind === 'DATE' &&
      BIRTH.test(text.slice(Math.max(0, finding.start - 16), finding.start))
    )
      ends.set(finding.end, finding);
  }
  if (ends.size === 0) return;
  for (const place of words) {
    const { start, end } = place;
    // Most numbers stand beside nobody.
    let near = starts.has(end + 1) || starts.has(end + 2) || starts.has(end + 3);
    for (let back = 0; back < 15 && !near; back += 1) near = ends.has(start - back);
    if (!near) continue;
    if (end - start <= 5 && besideName(text, place, ends, found)) continue;
    const shape = shapeOf(text, place);
    if (!shape) continue;
    if (findings.some((f) => f.start < end && start < f.end && f.certainty !== 'unsure')) continue;
    const gap = GAP.exec(text.slice(Math.max(0, start - 10), start))?.[0] ?? '';
    const bracket = gap.includes('(');
    const owner = ends.get(start - gap.length) ?? ends.get(start - gap.trimStart().length);
    const least = shape === 'plain' && !bracket ? 6 : 5;
    if (owner && digitsOf(text.slice(start, end)) >= least) {
      found({
        start,
        end,
        kind: 'RECORD',
        reason: 'follows',
        certainty: owner.certainty === 'unsure' ? 'unsure' : 'likely',
      });
      continue;
    }
    // "4956481 Price, Kofi" at the beginning of a line
    const opens = start === 0 || text[start - 1] === '\n';
    const next = /^(?:,? |\t| ?[-|:] ?)\s{0,3}/.exec(text.slice(end, end + 6))?.[0].length;
    if (opens && next !== undefined && starts.has(end + next))
      found({ start, end, kind: 'RECORD', reason: 'follows', certainty: 'unsure' });
  }
}
