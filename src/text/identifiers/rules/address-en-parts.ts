/** The parts of English addresses: house, street, town, county or state, code, as patterns and how they follow. */
import type { Lists } from '../lists.ts';
import { PROVINCES, STATES } from '../words/english-places.ts';
import { NO_NAMES, STREETS } from '../words/english.ts';

/** British postcodes of real areas. */
const POSTCODE = String.raw`(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)\d[\dA-Z]? ?\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z\d])`;
/** The same form in any area; Irish and Canadian codes. They count after a town. */
const ANY_CODE = String.raw`(?:[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|[A-Z]\d[\dW] ?[A-Z\d]{4}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![A-Za-z\d])`;
export const ZIP = String.raw`\d{5}(?:-\d{4})?(?!\d)`;
/** Codes of four digits (Australia, New Zealand) or six (India), after a town or a state. */
const SOUTHERN = String.raw`(?:\d{4}|\d{3} ?\d{3})(?![\d-]|[ ,]?(?:mg|ml|years?|pm|am)\b)`;
const UNIT = String.raw`(?:\d{1,2}(?:st|nd|rd|th) (?:Floor|Fl)(?![a-z])|(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Room|Rm|Bldg|Building|Lot|Trailer|Block|RR|R\.R\.|Rural Route|Sector|Phase|#)\.?\s?#?[\dA-Za-z-]{1,6}(?:\/\d{1,3})?)`;
const WORD = String.raw`\p{Lu}[\p{L}'-]*`;
const COMPASS = 'N|S|E|W|NE|NW|SE|SW|North|South|East|West';
const STREET = String.raw`(?:(?:${COMPASS}|Old|New|Upper|Lower)\.?\s)?(?:(?:St\.?\s)?(?:${WORD}|\d{1,3}(?:st|nd|rd|th))\s){1,4}(?:${STREETS})(?![A-Za-z])\.?(?:\s(?:${COMPASS})(?![A-Za-z]))?(?:\s\d{1,3}(?=,?\s#\d))?`;
/** Rue des Érables, Via Roma, Calle del Sol */
const ABROAD = String.raw`(?:[Rr]ue|[Vv]ia|Viale|Piazza|[Cc]alle|Avenida|Rua|Paseo|Camino|[Cc]hemin|Rang|Boulevard|Boul\.|Avenue|Allée|Impasse)\s(?:(?:de la|de los|de las|des|de|du|del|della|di|da|do|dos|la|le|los|las)\s|d'|l')*${WORD}(?:[\s-]${WORD}){0,3}`;
/** 607 Old Mill Road; 12A-14 Rose Court; 1 Broadway */
export const HOUSE = new RegExp(
  String.raw`\d{1,5}(?:\s?[-/]\s?\d{1,4})?[A-Za-z]?,?\s(?:(?:Highway|Hwy|Route|Rte|County Road|CR|State Road)\s\d{1,4}|${STREET}|${ABROAD}|Broadway(?![a-z])|(?:(?:Old|New|Upper|Lower|North|South|East|West) )?\p{Lu}\p{Ll}{2,}(?:gate|walk|wharf|garth)(?![a-z]))`,
  'uy',
);
const TAIL_UNIT = new RegExp(String.raw`,?\s${UNIT}`, 'y');
/** 3 Wherry Court, Staithe Lane, Norbeck: a house in a court has its street after it. */
const TAIL_STREET = new RegExp(String.raw`,\s(?:${WORD}\s){1,3}(?:${STREETS})(?=,\s\p{Lu})`, 'uy');
const TAIL_STATE = new RegExp(
  String.raw`,?\s(?:${STATES})(?![A-Za-z\d])(?:\.(?=,?\s\d))?(?:,?\s${ZIP})?`,
  'y',
);
const TAIL_COUNTY = new RegExp(
  String.raw`,?\s(?:(?:Co\.?|County)\s${WORD}(?![a-z])|(?:${PROVINCES})(?![A-Za-z])(?:,?\s(?:${ANY_CODE}|${SOUTHERN}))?)`,
  'uy',
);
const TAIL_CODE = new RegExp(String.raw`,?\s(?:${ZIP}|${POSTCODE}|${ANY_CODE})`, 'y');
const TAIL_SOUTHERN = /(?:(?:,?\s|\s?-\s?)\d{3} ?\d{3}(?![\d-])| (?!19|20)\d{4}(?=[.,;)\n]|$))/y;
/** A day that follows a town: "Wexcombe on Friday". */
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** #06-171 S540977, #03-183 Singapore 529931, S(619942) */
const TAIL_SINGAPORE =
  /(?:,? #\d{1,3}-\d{1,5}[A-Z]?)?,? (?:Singapore |S ?)(?:\(\d{6}\)|\d{6})(?!\d)/y;
const TOWN = new RegExp(
  String.raw`,?(?:\s|\n)(?:(?:St|Mt|Ft)\.\s|\d{1,2}(?:st|nd|rd|th)\s)?${WORD}(?:[ -](?:${WORD}(?=[\s,.;)-]|$)|(?:upon|on|under|by|in|le|la|du|the|of)(?=-|\s(?:the\s)?(?!${DAY})\p{Lu}))){0,4}`,
  'uy',
);
export const BOX = /P\.?\s?O\.?\s?Box\s#?\d{1,6}/gi;
/** Flat, "No." and the name of the house before its number. */
const BEFORE =
  /(?:(?:(?:Flat|Apt|Apartment|Unit|Suite|Room|Bldg|Building|Tower|Level|Floor)\.?\s[\dA-Z]{1,4},\s(?:\p{Lu}[\p{L}']+\s(?:Hostel|House|Hall|Court|Residence|Inn|Hotel),\s)?)|(?:Flat|Apt|Apartment|Unit|Plot|Lot|House|Door|H\.|Blk|BLK|Block)\.?\s(?:[Nn]o\.?\s?)?|(?:D|H|F|S|W|Door|House|Plot|Flat|Shop|Qtr|Site)\.?\s?[Nn]o\.?\s?:?\s?|(?:No|no)\.\s?|(?:(?:The|Old)\s\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)?|\p{Lu}[\p{L}'-]+\s(?:House|Cottage|Lodge|Barn|Farm|Farmhouse|Villa|Manor|Mill|Forge|Rectory|Vicarage|Apartments|Towers?|Mansions?|Flats|Grange|Stables)),\s){1,2}$/u;
export const CODE = new RegExp(
  String.raw`(?<![A-Za-z\d-])(?:(?<post>${POSTCODE})|${ANY_CODE})`,
  'g',
);
export const ZIP_LABEL = /(?:zip|zip code|zipcode|postal code|postcode)\s*:?\s*$/i;

/** Where an address begins whose house has its number at a place. */
export function beginning(text: string, start: number): number {
  return start - (BEFORE.exec(text.slice(Math.max(0, start - 44), start))?.[0].length ?? 0);
}

/** "Rose Cottage, Upper Wexcombe, WX7 9PL": parts with capitals before a code, of which one ends with a comma. */
const CODED =
  /(?<![\p{L}\d.])(?:\p{Lu}[\p{L}'-]*(?: (?:upon|on|under|le|of|the|and) (?=\p{Lu}))?(?:,? |-)){1,9}$/u;

/** Where an address begins that ends with a code at a place. */
export function codedBeginning(text: string, at: number): number {
  const parts = CODED.exec(text.slice(Math.max(0, at - 90), at))?.[0];
  if (parts === undefined || !/\p{L}{3,}.*, /u.test(parts)) return at;
  // "At Rose Cottage"
  const lead = /^(?:At|From|To|In|Of|Address|Lives|Visit|Home|Re|And|Her|His|The patient) /.exec(
    parts,
  );
  return at - parts.length + (lead?.[0].length ?? 0);
}

/** Words with which a clause begins after a comma; no town does. */
export function isTown(word: string, lists: Lists): boolean {
  const small = word.toLowerCase();
  return (
    !NO_NAMES.has(small) ||
    /^(?:great|little|fort|good|new|north|south|east|west|upper|lower|white|black|los|san|saint|royal|boston|chicago|houston|london|paris|center)$/.test(
      small,
    ) ||
    lists.family.has(small)
  );
}

const CLAUSE =
  /^\s(?:was|has|had|called|reports|said|says|states|denies|presents|complains|phoned|rang|asked|will)\b/;

/** The end of a town at a place, or 0; of "Maple Hollow Phone" only as far as the town goes. */
function townEnd(text: string, from: number, first: boolean, lists: Lists): number {
  TOWN.lastIndex = from;
  const town = TOWN.exec(text)?.[0];
  if (town === undefined) return 0;
  const rest = text.slice(from + town.length);
  const line =
    town.startsWith('\n') && /^(?:,|\s(?:[A-Z]{2}|[A-Z]{1,2}\d|\d{4}))/.test(rest.slice(0, 6));
  // "Old Mill Road Eastwick WX7 9PL"
  const coded =
    town.startsWith(' ') &&
    /^,? (?:[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|[A-Z]{2} \d{5})(?![A-Za-z\d])/.test(rest.slice(0, 14));
  if (!town.startsWith(',') && !line && !coded) return 0;
  const words = town.replace(/^,?\s/, '').split(/[\s-]/);
  if (!isTown(words[0] ?? '', lists)) return 0;
  // ", John called": a clause.
  if (CLAUSE.test(rest) || (!first && /^\s(?:is|lives)\b/.test(rest))) return 0;
  const stop = words.findIndex(
    (word, i) => i > 0 && /^[A-Z]/.test(word) && NO_NAMES.has(word.toLowerCase()),
  );
  return from + (stop > 0 ? town.indexOf(` ${words[stop] ?? ''}`) : town.length);
}

/** What follows a street: flat, town, county or state, code. */
export function tail(text: string, from: number, lists: Lists): number {
  let end = from;
  let stated = false;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = end;
    const part = pattern.exec(text)?.[0];
    if (part) end += part.length;
    return part !== undefined;
  };
  take(TAIL_UNIT);
  take(TAIL_STREET);
  for (let places = 0; places < 5; places += 1) {
    if (take(TAIL_UNIT)) continue;
    if (take(TAIL_STATE) || take(TAIL_COUNTY) || take(TAIL_CODE)) {
      stated = true;
      continue;
    }
    // After the state comes no other town.
    if (stated) break;
    const town = townEnd(text, end, places === 0, lists);
    if (town === 0) break;
    const whole = TOWN.lastIndex === town;
    end = town;
    if (!whole) {
      // "Dunmore Falls OH 44199": the state is no part of the town.
      if (!take(TAIL_STATE) && !take(TAIL_COUNTY)) take(TAIL_CODE);
      break;
    }
  }
  take(TAIL_SINGAPORE);
  if (end > from) take(TAIL_SOUTHERN);
  return end;
}

const PART = String.raw`(?:\d{1,3}(?:st|nd|rd|th)\s)?${WORD}(?:\s(?:${WORD}|\d{1,3}(?:st|nd|rd|th)?|of|and|the)(?![A-Za-z\d]))*`;
/** "215, 7th Cross Gandhipuram, Karampur, Pune 411999", "213 Lorong Kemuning #03-183": no word says street. */
const BLOCK = new RegExp(
  String.raw`[\dA-Z]{1,5}(?:[-/][\dA-Z]{1,5})*,?\s${PART}(?:,\s${PART}){0,5}(?<unit>,?\s#\d{1,3}-\d{1,5}[A-Z]?)?(?<pin>(?:,?\s|\s?-\s?)\d{3}\s?\d{3}(?![\d-]))?`,
  'uy',
);
const HOUSE_NUMBERED =
  /(?:(?<![A-Za-z])(?:[DHFSW]\.?|Door|House|Plot|Flat|Shop|Qtr|Site)\s?[Nn]o\.?|Blk\.?|BLK)\s?:?\s?$/;
const BLOCK_BEFORE = /(?<![A-Za-z])(?:No|no|Block)\.?\s?$/;

/** An address without any street, at the number after "H.No", "Blk", "No.". Gives its begin and end, or null. */
export function block(text: string, start: number): { start: number; end: number } | null {
  const before = text.slice(Math.max(0, start - 12), start);
  const lead = HOUSE_NUMBERED.exec(before)?.[0] ?? BLOCK_BEFORE.exec(before)?.[0];
  if (lead === undefined) return null;
  BLOCK.lastIndex = start;
  const found = BLOCK.exec(text);
  if (!found) return null;
  const [whole] = found;
  const surely = found.groups?.['unit'] !== undefined || found.groups?.['pin'] !== undefined;
  if (!surely && !(HOUSE_NUMBERED.test(before) && whole.includes(', '))) return null;
  let end = start + whole.length;
  TAIL_SINGAPORE.lastIndex = end;
  end += TAIL_SINGAPORE.exec(text)?.[0].length ?? 0;
  return { start: start - lead.length, end };
}
