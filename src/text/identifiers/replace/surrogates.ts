/** Makes the text that stands in for an identifier: of the same kind and form, and the same each time. */
import { residentCheck } from '../rules/checksums.ts';
import type { IdentifierKind } from '../kinds.ts';
import {
  CARE_NAMES,
  CHINESE_CARE,
  CHINESE_COMPOUNDS,
  CHINESE_GIVEN_ONE,
  CHINESE_GIVEN_TWO,
  CHINESE_STREETS,
  CHINESE_SURNAMES,
  CHINESE_TOWNS,
  FAMILY_NAMES,
  GIVEN_NAMES,
  STREET_NAMES,
  TOWNS,
} from '../words/surrogates.ts';
import { COMPOUND_SURNAMES } from '../words/chinese-names.ts';
import { movedDate, type DateHabits } from './dates.ts';
import { Choices } from './keyed.ts';

/** What the surrogates of one record share. */
export interface Ground {
  readonly key: Uint8Array;
  /** Days by which all dates of the record move. */
  readonly days: number;
  readonly habits: DateHabits;
  /** Whole English names of the record, for initials: "D. Hollister" beside "Desmond Hollister". */
  readonly fullNames: readonly string[];
}

/** Whole names by what is asked of them: a record may hold thousands. */
interface NameIndex {
  /** First words of names of several. */
  readonly given: ReadonlySet<string>;
  /** First words by initial and surname: "D Hollister". */
  readonly byInitial: ReadonlyMap<string, string>;
}
const indexes = new WeakMap<readonly string[], NameIndex>();

function indexOf(fullNames: readonly string[]): NameIndex {
  const known = indexes.get(fullNames);
  if (known) return known;
  const given = new Set<string>();
  const byInitial = new Map<string, string>();
  for (const full of fullNames) {
    const [first = '', ...others] = full.split(' ');
    if (others.length === 0) continue;
    given.add(first);
    const key = `${first.charAt(0)} ${others.at(-1) ?? ''}`;
    if (!byInitial.has(key)) byInitial.set(key, first);
  }
  const index = { given, byInitial };
  indexes.set(fullNames, index);
  return index;
}

const isChinese = (text: string): boolean => /[\u4e00-\u9fff]/.test(text);

/** Choices for a text: the same for the same text of a kind, in whatever letters. */
function choices({ key }: Ground, about: string, text: string): Choices {
  return new Choices(key, `${about}\n${text.normalize('NFKC').toLowerCase()}`);
}

function chineseName(name: string, ground: Ground): string {
  const surname = name.slice(0, COMPOUND_SURNAMES.has(name.slice(0, 2)) ? 2 : 1);
  const given = name.slice(surname.length);
  const family = choices(ground, 'surname', surname).from(
    surname.length === 2 ? CHINESE_COMPOUNDS : CHINESE_SURNAMES,
    surname,
  );
  if (given === '' || /^[某xX×*○〇]+$/.test(given)) return family + given;
  const list = given.length === 1 ? CHINESE_GIVEN_ONE : CHINESE_GIVEN_TWO;
  return family + choices(ground, 'given', given).from(list, given);
}

function cased(word: string, like: string): string {
  return like.length > 1 && like === like.toUpperCase() ? word.toUpperCase() : word;
}

const INITIAL = /^[A-Z]\.?$/;
const SMALL =
  /^(?:van|von|de|der|den|del|della|di|da|dos|das|du|la|le|el|al|bin|ibn|ter|ten|y|e|st)$/i;

function englishName(name: string, ground: Ground): string {
  const turned = /^[^,]+,/.test(name);
  const parts = name.match(/[^\s,.'"()]+(?:'[^\s,.]+)?|[\s,."()]+/g) ?? [name];
  const words = parts.filter((part) => /\p{L}/u.test(part) && !SMALL.test(part));
  const surname = turned ? words[0] : words.at(-1);
  const givenOf = (word: string): string => choices(ground, 'given', word).from(GIVEN_NAMES, word);
  let chosen = 0;
  return parts
    .map((part) => {
      if (!/\p{L}/u.test(part) || SMALL.test(part)) return part;
      chosen += 1;
      if (INITIAL.test(part) && words.length > 1) {
        const first = indexOf(ground.fullNames).byInitial.get(`${part.charAt(0)} ${surname ?? ''}`);
        return (
          first === undefined || chosen > 1
            ? choices(ground, 'initial', `${part}${surname ?? ''}`).from(GIVEN_NAMES)
            : givenOf(first)
        ).charAt(0);
      }
      if (part === surname && (words.length > 1 || !indexOf(ground.fullNames).given.has(part))) {
        return cased(choices(ground, 'family', part).from(FAMILY_NAMES, part), part);
      }
      return cased(givenOf(part), part);
    })
    .join('');
}

function address(text: string, ground: Ground): string {
  const any = choices(ground, 'address', text);
  if (!isChinese(text)) {
    const street = /\d/.test(text) ? `${String(1 + any.below(900))} ${any.from(STREET_NAMES)}` : '';
    const town = any.from(TOWNS, text);
    if (street === '') return town;
    return /,|\n/.test(text) ? `${street}, ${town}` : street;
  }
  const town = any.from(CHINESE_TOWNS, text);
  if (!/\d|号|室|组/.test(text)) return town;
  return `${town}${any.from(CHINESE_STREETS)}${String(1 + any.below(300))}号`;
}

/** A resident identity number of no region, with the birthday moved and a right check digit. */
function resident(text: string, ground: Ground): string {
  const any = choices(ground, 'ID', text);
  const born = movedDate(text.slice(6, 14), ground.days, ground.habits) ?? '19700101';
  const start = `99${any.scrambled('0000')}${born}${any.scrambled('000')}`;
  return start + residentCheck(start);
}

function telephone(text: string, ground: Ground): string {
  const any = choices(ground, 'PHONE', text.replace(/\D/g, ''));
  // Exchange 555 belongs to nobody.
  const american = /^(\+?1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}/.exec(text);
  if (american) {
    let group = 0;
    return text.replace(/\d{3,4}/g, (digits) => {
      group += 1;
      return group === 2 ? '555' : any.scrambled(digits).replace(/^[01]/, '2');
    });
  }
  const kept = /^\+\d{1,2}|^1(?=\d{2}[- ]?\d{4})|^0/.exec(text)?.[0] ?? '';
  return kept + any.scrambled(text.slice(kept.length).replaceAll('*', '0'));
}

const AGE_AFTER = { hyphen: /^-years?/i, spaced: /^ (?:years?|yrs?)/i };

/** "90 or over", in the form that what follows needs; with how many characters after the age it replaces. */
export function overNinety(text: string, after: string): { text: string; also: number } {
  const sui = /^\s?(?:余|多)?(?:周岁|岁)/.exec(after)?.[0];
  if (sui !== undefined) return { text: '90岁及以上', also: sui.length };
  if (isChinese(text)) return { text: '90岁及以上', also: 0 };
  if (AGE_AFTER.hyphen.test(after)) return { text: '90-or-over', also: 0 };
  return { text: AGE_AFTER.spaced.test(after) ? '90 or more' : '90 or over', also: 0 };
}

/** What stands in for an identifier; null where its form cannot be told, so that its kind has to stand there. */
export function surrogate(kind: IdentifierKind, text: string, ground: Ground): string | null {
  const any = choices(ground, kind, text);
  switch (kind) {
    case 'NAME':
      return isChinese(text)
        ? /[·•・‧]/.test(text)
          ? null
          : chineseName(text, ground)
        : englishName(text, ground);
    case 'DATE':
      return movedDate(text, ground.days, ground.habits);
    case 'AGE':
      return overNinety(text, '').text;
    case 'PHONE':
      return telephone(text, ground);
    case 'EMAIL':
      return `${any.from(GIVEN_NAMES).toLowerCase()}.${any.from(FAMILY_NAMES).toLowerCase()}${String(any.below(100))}@example.org`;
    case 'URL':
      return `https://example.org/${any.below(0xffffffff).toString(36)}`;
    case 'IP':
      return text.includes(':')
        ? `2001:db8::${any.below(0xffff).toString(16)}`
        : `192.0.2.${String(1 + any.below(254))}`;
    case 'ADDRESS':
      return address(text, ground);
    case 'HOSPITAL':
      return any.from(isChinese(text) ? CHINESE_CARE : CARE_NAMES, text);
    case 'BED':
      return text.replace(/\d+/, () => String(1 + any.below(60)));
    case 'ID':
      if (/^\d{17}[\dXx]$/.test(text)) return resident(text, ground);
      // No social security number begins with 9 and has 00 in the middle.
      if (/^\d{3}-\d{2}-\d{4}$/.test(text))
        return `9${any.scrambled('00')}-00-${any.scrambled('0000')}`;
      return any.scrambled(text);
    case 'RECORD':
    case 'ACCOUNT':
    case 'DEVICE':
    case 'WECHAT':
    case 'LICENCE':
    case 'VEHICLE': {
      // "SN", "ACC-": what tells the kind stays.
      const kept = /^(?:S\/?N\s?|[A-Z]{2,4}-|wx_|wxid_)/i.exec(text)?.[0] ?? '';
      return kept + any.scrambled(text.slice(kept.length));
    }
  }
}
