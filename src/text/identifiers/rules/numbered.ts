/** Numbers that a label names: records, accounts, licences, devices, vehicles, WeChat. */
import type { Found, IdentifierKind, Place } from '../kinds.ts';
import { labelBefore, type LabelBefore } from '../words/labels.ts';
import { findBedNumber } from './beds.ts';
import { digitsOf } from './checksums.ts';
import { findLabelledPhone } from './contact.ts';
import { findLabelledDate } from './dates-short.ts';
import { spokenBefore } from './spoken-of.ts';

/** Fewest digits of a value, with a label that says enough and with one that says little. */
const FEWEST: Partial<Record<IdentifierKind, readonly [strong: number, weak: number]>> = {
  RECORD: [4, 5],
  ACCOUNT: [4, 5],
  ID: [4, 6],
  LICENCE: [4, 5],
  DEVICE: [3, 5],
  VEHICLE: [3, 4],
  WECHAT: [1, 1],
};
/** A prefix of letters that tells the kind: ACC-0267917, MRN-123456. */
const PREFIXES: Readonly<Record<string, IdentifierKind>> = {
  MRN: 'RECORD',
  CT: 'RECORD',
  MRI: 'RECORD',
  XR: 'RECORD',
  US: 'RECORD',
  MG: 'RECORD',
  PET: 'RECORD',
  MR: 'RECORD',
  PT: 'RECORD',
  PID: 'RECORD',
  CSN: 'RECORD',
  FIN: 'RECORD',
  ENC: 'RECORD',
  HN: 'RECORD',
  REC: 'RECORD',
  PAT: 'RECORD',
  UHID: 'RECORD',
  VIS: 'RECORD',
  HOSP: 'RECORD',
  CASE: 'RECORD',
  REF: 'RECORD',
  LAB: 'RECORD',
  ACC: 'ACCOUNT',
  ACCT: 'ACCOUNT',
  POL: 'ACCOUNT',
  HP: 'ACCOUNT',
  INS: 'ACCOUNT',
  MEM: 'ACCOUNT',
  SUB: 'ACCOUNT',
  CLM: 'ACCOUNT',
  GRP: 'ACCOUNT',
  INV: 'ACCOUNT',
  HMO: 'ACCOUNT',
  PPO: 'ACCOUNT',
  MBR: 'ACCOUNT',
  BEN: 'ACCOUNT',
  PLN: 'ACCOUNT',
  MCD: 'ACCOUNT',
  MCR: 'ACCOUNT',
  BCBS: 'ACCOUNT',
  SN: 'DEVICE',
  SER: 'DEVICE',
  DEV: 'DEVICE',
  IMP: 'DEVICE',
  LIC: 'LICENCE',
  DEA: 'LICENCE',
  NPI: 'LICENCE',
  GMC: 'LICENCE',
};
const PREFIXED = /^([A-Z]{2,4})[-#]?(\d{5,12})$/;
/** Registers of studies, papers and genes that are nobody's. */
const REGISTERS =
  /^(?:(?:19|20)\d\d[-/](?:(?:19|20)?\d\d)$|NCT|CTR\d{8}$|FY\d|X\d+\/|PMID|PMC|ISRCTN|ACTRN|EUCTR|DOI|CPT|ATC|LOINC|SNOMED|COVID|[A-TV-Z]\d{2}\.\d{1,4}$|\d{2}\.\d{4}$|CHICTR|UMIN|JPRN|DRKS|CTRI|ISBN|ISSN|O?MIM|SARS)/i;
/** Genes, antigens and codes of diseases: after “no.” or a colon, a number may begin alike. */
const CATALOGUED = /^(?:ICD|RS\d|HLA|N[MP][-_]?\d|CD\d{1,3}(?!\d)|IL-?\d{1,2}(?!\d))/i;
/** Whether a word is of such a register. */
export const isRegistered = (word: string): boolean =>
  REGISTERS.test(word) || CATALOGUED.test(word);
const VALUE = /[A-Za-z0-9*]+(?:[-/._][A-Za-z0-9*]+)*/y;
const SPACED_DIGITS = /[A-Z]{0,3}\d{2,}(?: \d{2,})+(?: \d(?=[.,;)\n]|$))?/y;

/** Units after a value: it is a measurement. */
export const MEASURED =
  /^[^\S\n]?(?:mg|mcg|µg|ug|ml|mL|dl|g|kg|mmol|mEq|IU|units?|U\/|cm|mm|mmHg|bpm|%|℃|°|ms|Hz|hours?|hrs?|minutes?|days?|weeks?|months?|years?|yrs?|y\/o|times|天|日|周|年|岁|次|分|个|月|小时|片|粒|例|名|元|万|毫|公|克|级|度|段|时|枚|支(?!付))(?![A-Za-z])/;

interface Value extends Place {
  readonly digits: number;
}

/** The whole value at a word with digits: letters and spaced groups belong to it. */
function valueAt(
  text: string,
  { start, end }: Place,
  kind: IdentifierKind,
  lettered: boolean,
): Value {
  // Groups of a device's number are whole only where nothing goes on.
  const closed = kind === 'DEVICE';
  const spaced = closed || kind === 'ID' || kind === 'ACCOUNT';
  let from = start;
  let to = end;
  VALUE.lastIndex = start;
  to = Math.max(to, start + (VALUE.exec(text)?.[0].length ?? 0));
  if (spaced) {
    SPACED_DIGITS.lastIndex = start;
    const groups = SPACED_DIGITS.exec(text)?.[0];
    const whole =
      groups !== undefined &&
      (!closed || /^(?:[.,;)\n]|$)/.test(text.slice(start + groups.length)));
    if (whole) to = Math.max(to, start + groups.length);
  }
  // "HP 2398881": a short word of capitals before the digits, after the label.
  const letters = (lettered ? /(?<=[:#\s])[A-Z]{1,4} $/ : /(?<=[:#]\s?)[A-Z]{1,4} $/).exec(
    text.slice(Math.max(0, start - 8), start),
  );
  if (letters) from -= letters[0].length;
  return { start: from, end: to, digits: digitsOf(text.slice(from, to)) };
}

/** Capitals and at least five digits in any order, in groups that - or / joins: a part of patterns. */
export const CODE = String.raw`(?=[A-Z\d/-]*[A-Z])(?=(?:\D*\d){5})[A-Z\d]+(?:[-/][A-Z\d]+)*`;

/** What a word such as "ventilator" or 卡 may name: PJX947545K, LT-8829-3100, K690/47496, 401-70-913, 77358135. */
const BARE_CODE = new RegExp(
  String.raw`^(?:${CODE}|[A-Z]{1,4}[-/ ]?\d{4,}[A-Z]?(?:-[\dA-Z]+)*|\d{2,4}-\d{2,4}-\d{2,5}|(?:\d{2}-){3}\d{2}|\d{2}/\d{5,}|\d{6,})$`,
);

/** Labels of any number: "their plan, ID number UCR9140027". */
const ANY_ID = /^(?:id|identifier|ref|reference|barcode)$/;
const OF_THINGS: ReadonlySet<IdentifierKind> = new Set(['ACCOUNT', 'DEVICE']);
/** What a long number may be besides a record's. */
const LONG: ReadonlySet<IdentifierKind> = new Set(['ACCOUNT', 'DEVICE', 'ID', 'WECHAT']);

/** "under 100000 copies", "labelled 123456 cells" */
const COUNTED = /^\d+(?:0000$|0000\D| ?\/| (?!(?:was|is|has|as)\b)[a-z]+s\b)/;

function kindOf(
  label: LabelBefore,
  digits: number,
  value: string,
  counted: boolean,
): IdentifierKind | null {
  const fewest = FEWEST[label.kind];
  if (!fewest) return null;
  if (label.kind === 'ID' && /ending|last/.test(label.word)) return 'ID';
  if (label.bare && !counted && !BARE_CODE.test(value)) return null;
  const [strong, weak] = fewest;
  const least = label.weak ? (label.marked ? weak - 1 : Math.max(weak + 1, 6)) : strong;
  // A code of letters and digits is nobody's measurement.
  const code = label.weak && /^[A-Z]{1,4}-?\d{4,}/.test(value);
  const grouped = label.weak && /^(?:[A-Z]{1,4}-\d{3,}-[\dA-Z]+|[A-Z]{2,8}-\d{4,}$)/.test(value);
  if (digits < (grouped ? 4 : code ? Math.min(least, 5) : least)) return null;
  // Labels of documents followed by a resident identity number: the form decides before.
  if (REGISTERS.test(value) || (!(label.marked || !label.weak) && CATALOGUED.test(value)))
    return null;
  return label.kind;
}

/** A value after a label. Gives the end of what was found, or 0. */
export function findLabelled(text: string, place: Place, found: Found): number {
  // "Member ID: HBX 99120": letters before the digits.
  const letters = /[:# ] ?[A-Z]{1,4} $/.exec(text.slice(Math.max(0, place.start - 8), place.start));
  const direct = labelBefore(text, place.start);
  const label = direct ?? (letters ? labelBefore(text, place.start - letters[0].length + 1) : null);
  if (!label) return 0;
  if (label.kind === 'PHONE') return findLabelledPhone(text, place.start, label.weak, found);
  if (label.kind === 'BED') return findBedNumber(text, place, found);
  if (label.kind === 'DATE') return findLabelledDate(text, place, found);
  const value = valueAt(text, place, label.kind, direct === null);
  // “发票NO.20418833”: the number begins after its point.
  const numero = /^N[Oo]\./.exec(text.slice(value.start, value.end))?.[0].length ?? 0;
  const from = value.start + numero;
  const written = text.slice(from, value.end);
  // "oximeter no. 55102" says more than "Monitor: 120/80".
  const counted =
    label.bare === true &&
    /(?:\bno\.?|number|num|#|号码?)[: ]{0,2}$/i.test(
      text.slice(Math.max(0, value.start - 10), value.start),
    );
  const kind = kindOf(label, value.digits, written, counted);
  if (!kind || MEASURED.test(text.slice(value.end, value.end + 8))) return 0;
  if (label.bare && COUNTED.test(`${written}${text.slice(value.end, value.end + 14)}`)) return 0;
  if (kind === 'DEVICE' && value.digits < 3) return 0;
  // "the pump logged as 4417-22", "His bill is under 55201": the sentence says more than such a label.
  const spoken =
    kind !== 'RECORD'
      ? null
      : label.bare
        ? spokenBefore(text, value)
        : (label.weak && !label.marked) || ANY_ID.test(label.word)
          ? spokenBefore(text, { start: label.start, end: value.end })
          : null;
  // "SN A31237965": the serial number is written with its SN; "S/N" is a label, except in "device S/N 4417".
  const whole =
    kind === 'DEVICE' &&
    (label.word === 'sn' ||
      (label.word === 's/n' &&
        /\bdevice:? $/i.test(text.slice(Math.max(0, label.start - 9), label.start)))) &&
    /^[^:]{2,3} $/.test(text.slice(label.start, value.start));
  const start = whole ? label.start : from;
  const certainty = label.weak && !label.marked ? 'likely' : 'sure';
  found({
    start,
    end: value.end,
    kind: spoken && OF_THINGS.has(spoken) ? spoken : kind,
    reason: 'label',
    certainty,
  });
  return value.end;
}

/** What a prefix that tells nothing leaves to its sentence. */
function spokenKind(text: string, place: Place): IdentifierKind | null {
  const spoken = spokenBefore(text, place);
  return spoken === 'RECORD' || (spoken !== null && OF_THINGS.has(spoken)) ? spoken : null;
}

/** A number with a prefix that tells its kind, without any label. */
export function findPrefixed(text: string, { start, end }: Place, found: Found): boolean {
  const word = text.slice(start, end);
  const [, letters = '', digits = ''] = PREFIXED.exec(word) ?? [];
  if (!digits || isRegistered(word)) return false;
  const kind = PREFIXES[letters] ?? spokenKind(text, { start, end });
  if (!kind && !(digits.length >= 7 && word.includes('-'))) return false;
  found({
    start,
    end,
    kind: kind ?? 'ACCOUNT',
    reason: 'form',
    certainty: kind ? 'likely' : 'unsure',
  });
  return true;
}

/** "Price, Kofi   00443310": a number beside a name with its surname first, as lists of patients have it. */
const BESIDE_NAME =
  /(?:^|\n|\s{2})[ \t]*\p{Lu}[\p{L}' -]*, ?\p{Lu}[\p{L}'-]*(?: \p{Lu}\.?)?[ \t]*(?:[ \t]{2}|\t|[(#]| - ?|\| ?)[(#]?$/u;

/** Ten digits or more that nothing explains: some number of somebody. */
export function findLongNumber(text: string, { start, end }: Place, found: Found): boolean {
  const word = text.slice(start, end);
  if (
    /^[A-Z]{0,3}\d{5,10}$/.test(word) &&
    BESIDE_NAME.test(text.slice(Math.max(0, start - 50), start))
  ) {
    found({ start, end, kind: 'RECORD', reason: 'follows', certainty: 'likely' });
    return true;
  }
  if (!/^\d{9,}$/.test(word) || /^0+$/.test(word) || MEASURED.test(text.slice(end, end + 8)))
    return false;
  if (
    /(?:PMID|PMC|NCT|doi|ISBN|ISSN|SNOMED(?:[ -]CT)?|SCTID|LOINC)\W*$/i.test(
      text.slice(Math.max(0, start - 12), start),
    )
  )
    return false;
  // Chinese bank cards begin with 62.
  const spoken = spokenBefore(text, { start, end });
  const kind = /^62\d{14,17}$/.test(word)
    ? 'ACCOUNT'
    : spoken && LONG.has(spoken) && !(spoken === 'WECHAT' && word.length > 12)
      ? spoken
      : 'RECORD';
  found({ start, end, kind, reason: 'form', certainty: 'unsure' });
  return true;
}
