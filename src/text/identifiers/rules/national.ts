/** Numbers that a state gives to people, and other numbers that their own form gives away. */
import type { Found, IdentifierKind, Place } from '../kinds.ts';
import {
  isCompactDay,
  nhsCheck,
  passesIban,
  passesLuhn,
  passesVin,
  residentCheck,
} from './checksums.ts';
import { labelBefore } from '../words/labels.ts';
import { spokenBefore } from './spoken-of.ts';

const SOCIAL = /^\d{3}-\d{2}-\d{4}$/;
/** 399.18.4027, 552 71 0938: where the sentence speaks of it. */
const POINTED_SOCIAL = /^\d{3}\.\d{2}\.\d{4}$/;
const SPACED_SOCIAL = /\d{3} \d{2} \d{4}(?!\d)/y;
/** 130432 19510606 1878: a resident identity number with spaces. */
const SPACED_RESIDENT = /\d{6} \d{8} \d{3}[\dXx](?![\dA-Za-z])/y;
/** Partly hidden: xxx-xx-1234 begins with letters, ***-**-1234 with marks. */
const HIDDEN_SOCIAL = /[Xx*]{3}-[Xx*]{2}-$/;
const RESIDENT = /^\d{17}[\dXx]$/;
const OLD_RESIDENT = /^\d{15}$/;
const HIDDEN_RESIDENT = /\d{3,6}[*xX]{6,14}\d{2,4}[\dXx](?![\dA-Za-z])/y;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
const SPACED_IBAN = /[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?(?![A-Za-z0-9])/y;
const VIN = /^[A-HJ-NPR-Z0-9]{17}$/;
const MEDICARE =
  /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}$/;
/** The same in groups: 2N58 YU5 AR12. */
const SPACED_MEDICARE =
  /[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[ -][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[ -][AC-HJKMNP-RT-Y]{2}\d{2}(?![A-Za-z\d])/y;
const INSURANCE =
  /(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])/y;
const CARD = /\d{4}([ -])\d{4}\1\d{4}\1\d{2,4}(?:\1\d{3})?(?!\d)/y;
const NHS = /\d{3}([ -])\d{3}\1\d{4}(?!\d)/y;
/** Singapore's numbers of persons. */
const SINGAPORE = /^[STFGM]\d{7}[A-Z]$/;
const HONG_KONG = /^[A-Z]{1,2}\d{6}$/;
const PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. -]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])/g;

/** Issuing regions of resident identity numbers. */
const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;

type Put = (start: number, end: number, kind: IdentifierKind, checked: boolean) => true;

function resident(word: string): 'checked' | 'form' | null {
  if (RESIDENT.test(word)) {
    if (residentCheck(word) === word.slice(-1).toUpperCase()) return 'checked';
    return REGION.test(word) && isCompactDay(word.slice(6, 14)) ? 'form' : null;
  }
  const old = OLD_RESIDENT.test(word) && REGION.test(word) && isCompactDay(word.slice(6, 12));
  return old ? 'form' : null;
}

/** Words for people say nothing of a number with the form of social security numbers. */
const OF_PEOPLE =
  /^(?:patient|pt|patient id|pt id|patient identifier|patient number|id|identifier|subject|subject id|participant|participant id|member|subscriber|beneficiary|guarantor|card|registration|group|certificate)$/;
const NAMED_AFTER =
  /^ ?(?:[([]|,? ?(?:is|was) (?:the |her |his |their |your |my )?)(?:mrn|chart|file|record|hospital|medical record|case ?notes?|casenote|unit|folder|emr|ehr)\b/i;

const SOCIAL_SAID =
  /\bon (?:file|record|chart)[: ]{1,2}$|\b(?:ssn|ss#?|social|soc sec|social security|tax|itin|tin)\b[^.;\n]{0,20}$/i;

/** What a label makes of a number of the form 149-50-3794, if not a social security number. */
function labelledKind(text: string, { start, end }: Place): IdentifierKind | null {
  if (NAMED_AFTER.test(text.slice(end, end + 34))) return 'RECORD';
  // "SSN on file 554-13-9485"
  if (SOCIAL_SAID.test(text.slice(Math.max(0, start - 32), start))) return null;
  // "Her record, 512-44-8821, was merged"
  const apart = text.startsWith(', ', start - 2) ? start - 2 : start;
  const label = labelBefore(text, apart);
  if (!label || OF_PEOPLE.test(label.word)) return null;
  return /^(?:RECORD|ACCOUNT|DEVICE|LICENCE)$/.test(label.kind) ? label.kind : null;
}

/** What the whole word is by its form. */
function byForm(text: string, { start, end }: Place, put: Put): boolean {
  const word = text.slice(start, end);
  const identity = resident(word);
  if (identity) return put(start, end, 'ID', identity === 'checked');
  if (SOCIAL.test(word)) return put(start, end, labelledKind(text, { start, end }) ?? 'ID', false);
  if (POINTED_SOCIAL.test(word) && spokenBefore(text, { start, end }) === 'ID')
    return put(start, end, 'ID', false);
  if (SINGAPORE.test(word)) return put(start, end, 'ID', false);
  if (/^\d{4}$/.test(word)) {
    const hidden = HIDDEN_SOCIAL.exec(text.slice(Math.max(0, start - 7), start));
    if (hidden) return put(start - hidden[0].length, end, 'ID', false);
  }
  if (MEDICARE.test(word)) return put(start, end, 'ACCOUNT', false);
  if (IBAN.test(word) && passesIban(word)) return put(start, end, 'ACCOUNT', true);
  if (VIN.test(word) && /[A-Z]/.test(word) && passesVin(word))
    return put(start, end, 'VEHICLE', true);
  // Hong Kong: A123456(7)
  if (HONG_KONG.test(word) && /^\([0-9A]\)/.test(text.slice(end, end + 3)))
    return put(start, end + 3, 'ID', false);
  return false;
}

function lastsTo(pattern: RegExp, text: string, start: number): string | null {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? null;
}

/** Numbers with spaces, which begin at this word. Gives the end of what was found, or 0. */
function spaced(text: string, start: number, put: Put): number {
  const at = (pattern: RegExp): string | null => lastsTo(pattern, text, start);
  const card = at(CARD);
  if (card && passesLuhn(card.replace(/\D/g, ''))) {
    put(start, start + card.length, 'ACCOUNT', true);
    return start + card.length;
  }
  const medicare = at(SPACED_MEDICARE);
  if (medicare) {
    put(start, start + medicare.length, 'ACCOUNT', false);
    return start + medicare.length;
  }
  const iban = at(SPACED_IBAN);
  if (iban && passesIban(iban.replaceAll(' ', ''))) {
    put(start, start + iban.length, 'ACCOUNT', true);
    return start + iban.length;
  }
  const nhs = at(NHS);
  if (nhs) {
    const digits = nhs.replace(/\D/g, '');
    const label = labelBefore(text, start);
    if (label?.kind === 'ID' && nhsCheck(digits) === digits.slice(-1)) {
      put(start, start + nhs.length, 'ID', true);
      return start + nhs.length;
    }
  }
  const social = at(SPACED_SOCIAL);
  const whole = at(SPACED_RESIDENT);
  const identity =
    social && spokenBefore(text, { start, end: start + social.length }) === 'ID'
      ? social
      : whole && resident(whole.replaceAll(' ', ''))
        ? whole
        : null;
  if (identity) {
    put(start, start + identity.length, 'ID', false);
    return start + identity.length;
  }
  const hidden = at(HIDDEN_RESIDENT);
  if (hidden && hidden.length >= 15) {
    put(start, start + hidden.length, 'ID', false);
    return start + hidden.length;
  }
  return 0;
}

/** Numbers that need no label. Gives the end of what was found, or 0. */
export function findNational(text: string, place: Place, found: Found): number {
  const put: Put = (start, end, kind, checked) => {
    found({ start, end, kind, reason: checked ? 'checksum' : 'form', certainty: 'sure' });
    return true;
  };
  if (byForm(text, place, put)) return place.end;
  return spaced(text, place.start, put);
}

/** British national insurance numbers, which begin with a capitalised word or with a word with digits. */
export function findInsurance(text: string, { start }: Place, found: Found): void {
  // "AB 41 04 70 C": its letters are a word of their own.
  const from = /(?<![A-Za-z\d])[A-Z]{2} $/.test(text.slice(Math.max(0, start - 4), start))
    ? start - 3
    : start;
  const number = lastsTo(INSURANCE, text, from);
  if (!number) return;
  const label = labelBefore(text, from)?.kind === 'ID';
  if (!label && !/ \d{2} \d{2} /.test(number)) return;
  found({
    start: from,
    end: from + number.length,
    kind: 'ID',
    reason: label ? 'label' : 'form',
    certainty: 'likely',
  });
}

/** Chinese number plates. */
export function findPlates(text: string, found: Found): void {
  for (const { 0: plate, index } of text.matchAll(PLATE)) {
    if (!/\d/.test(plate)) continue;
    found({
      start: index,
      end: index + plate.length,
      kind: 'VEHICLE',
      reason: 'form',
      certainty: 'likely',
    });
  }
}
