/** What the finder looks for: the kinds of identifiers, and how a finding is described. */

/**
 * The kinds that Safe Harbor names, as far as a text can hold them, with their Chinese counterparts. ID: social
 * security, resident identity and other national numbers, passports. ACCOUNT: health plans, banks, policies. PHONE
 * includes fax and pagers, WECHAT also QQ, HOSPITAL every place of care. The order of the list is stored with findings:
 * a new kind comes last.
 */
export const IDENTIFIER_KINDS = [
  'NAME',
  'DATE',
  'AGE',
  'PHONE',
  'EMAIL',
  'RECORD',
  'ID',
  'ADDRESS',
  'HOSPITAL',
  'URL',
  'IP',
  'ACCOUNT',
  'DEVICE',
  'WECHAT',
  'BED',
  'LICENCE',
  'VEHICLE',
] as const;

export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/**
 * Why something was taken for an identifier. The order of the list is stored with findings: a new reason comes last.
 * - checksum: its digits agree with their check digit
 * - form: nothing else is written like this
 * - label: a word before it says what it is: "MRN", “住院号”
 * - title: a title before or after it: "Dr.", “主任”
 * - role: who somebody is to the patient, or what is done: "her daughter", "seen by", “家属”
 * - follows: what follows tells a person: ", MD", ", a 67-year-old", “，女，34岁”
 * - list: its words are in the lists of names
 * - again: it was found elsewhere in the same record
 */
export const REASONS = [
  'checksum',
  'form',
  'label',
  'title',
  'role',
  'follows',
  'list',
  'again',
] as const;
export type Reason = (typeof REASONS)[number];

/** How much speaks for a finding: 'unsure' is for a person to look at first. Stored like the reasons. */
export const CERTAINTIES = ['sure', 'likely', 'unsure'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** A part of a text, in UTF-16 units. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface IdentifierFinding extends Place {
  readonly kind: IdentifierKind;
  readonly reason: Reason;
  readonly certainty: Certainty;
}

/** Where rules put what they find. */
export type Found = (finding: IdentifierFinding) => void;
