/** English addresses: houses and streets with their towns, post boxes, postcodes, and towns that somebody lives in. */
import type { Found, Place } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { STATES, WIDE } from '../words/english-places.ts';
import { NO_NAMES } from '../words/english.ts';
import {
  BOX,
  CODE,
  HOUSE,
  ZIP,
  ZIP_LABEL,
  beginning,
  block,
  codedBeginning,
  isTown,
  tail,
} from './address-en-parts.ts';

const WORD = "[A-Z][A-Za-z'-]*";

/** An address at a number of a house. Gives its end, or 0. */
export function findStreet(
  text: string,
  { start, end: wordEnd }: Place,
  lists: Lists,
  found: Found,
): number {
  const code = text.charCodeAt(start);
  if (code < 48 || code > 57) return 0;
  if (!/^,? (?:[\p{Lu}\d]|rue |via |chemin |calle )/u.test(text.slice(wordEnd, wordEnd + 9)))
    return 0;
  HOUSE.lastIndex = start;
  const house = HOUSE.exec(text)?.[0];
  if (!house) {
    const place = block(text, start);
    if (!place) return 0;
    found({ ...place, kind: 'ADDRESS', reason: 'form', certainty: 'likely' });
    return place.end;
  }
  const name = house.replace(/^[\d\s/-]+[A-Za-z]?,?\s/, '');
  // "2 Day Course", "3 Field Block": a street has a word of its own.
  if (
    /^(?:day|days|week|weeks|month|months|hour|hours|mg|ml|year|years|view|stage|grade|type|phase)\b/i.test(
      name,
    )
  )
    return 0;
  if (
    /\bDr\.?$/.test(house) &&
    /^\s[A-Z]/.test(text.slice(start + house.length, start + house.length + 2)) &&
    !/^\s(?:[A-Z]{2}\b)/.test(text.slice(start + house.length, start + house.length + 4))
  )
    return 0;
  const from = beginning(text, start);
  // The point of "St." belongs to it where the address goes on; else it ends the sentence.
  const goesOn = /^(?:,|\s(?:Apt|Apartment|Unit|Suite|Ste|Flat|#|[NSEW]\b))/.test(
    text.slice(start + house.length, start + house.length + 8),
  );
  const end = tail(text, start + house.length - (house.endsWith('.') && !goesOn ? 1 : 0), lists);
  found({ start: from, end, kind: 'ADDRESS', reason: 'form', certainty: 'sure' });
  return end;
}

const LABEL = /(?:address(?: on file| line \d| \d)?|\baddr|residence)\s?:\s?([^\n;]{6,100})/gi;
/** What stands before the place that somebody lives in or comes from. */
const LIVES =
  /\b(?:liv(?:es|ing|ed) (?:alone |independently |(?:with|w\/) [a-z' ]{2,30} )?(?:in|at)|resid(?:es|ing|ed) (?:in|at)|resident of|moved (?:here )?(?:from|to)|relocated (?:from|to)|native of|hometown (?:is|of)|born in|raised in|grew up in|comes from|came from|originally from|is from|was from|travell?ed (?:from|to)|returned from|(?:man|woman|boy|girl|lady|gentleman|widow|widower|student|farmer|teacher|worker|nurse|veteran|male|female|native|driver|pensioner) from|house in|apartment in|home in|farm in|farm near|village of|town of|city of) $/i;
const PLACE = new RegExp(
  String.raw`${WORD}(?:[ -]${WORD}){0,2}(?:, (?:${STATES})(?![A-Za-z]))?(?: ${ZIP})?`,
  'y',
);

function lived({ text, capitals }: Scan, lists: Lists, found: Found): void {
  for (const { start } of capitals) {
    if (!/ (?:in|at|of|from|to|is|near) $/.test(text.slice(Math.max(0, start - 6), start)))
      continue;
    if (!LIVES.test(text.slice(Math.max(0, start - 60), start))) continue;
    PLACE.lastIndex = start;
    const place = PLACE.exec(text)?.[0] ?? '';
    const [first = ''] = place.split(/[ ,-]/);
    if (
      WIDE.test(place) ||
      /^[A-Z]{1,4}$/.test(first) ||
      (NO_NAMES.has(first.toLowerCase()) && !isTown(first, lists))
    )
      continue;
    if (lists.ordinary.has(first.toLowerCase()) && !/[ ,]/.test(place)) continue;
    found({
      start,
      end: start + place.length,
      kind: 'ADDRESS',
      reason: 'role',
      certainty: 'likely',
    });
  }
}

/** One of them stands in every address of such a house. */
const STREETS =
  'Lane Road Street Avenue Estate Drive Close Crescent Terrace Row Mews Gardens Grove Hill Promenade'
    .split(' ')
    .map((street) => `${street}, `);
/** Houses with a name in place of a number: "The Old Forge, Mill Lane, Upper Tisbourne", "Room 4, Seaview Guest House, Promenade, Hollin Sands". */
const NAMED_HOUSE = new RegExp(
  String.raw`(?<![A-Za-z])(?:(?:Room|Flat|Unit|Apartment) \d{1,3}[A-Z]?, )?(?:The ${WORD}(?: (?!Clinic|Hospital|Practice|Surgery|Centre|Center)${WORD}){0,2}|${WORD}(?: ${WORD}){0,2} (?:House|Cottage|Lodge|Farm|Barn|Mill|Villa|Manor)|(?<=\b(?:at|of|to|from|son|daughter|address:?|lives|home)[,:]? )${WORD}), (?:${WORD}(?: ${WORD}){0,2} (?:Lane|Road|Street|Avenue|Estate|Drive|Close|Crescent|Terrace|Row|Mews|Gardens|Grove|Hill)|Promenade|High Street)(?:, (?:near )?${WORD}(?: ${WORD}){0,2}){1,2}(?: ${ZIP})?`,
  'g',
);

export function findEnglishPlaces(scanned: Scan, lists: Lists, found: Found): void {
  const { text, numbers } = scanned;
  if (/box/i.test(text)) {
    for (const { 0: box, index } of text.matchAll(BOX)) {
      found({
        start: index,
        end: tail(text, index + box.length, lists),
        kind: 'ADDRESS',
        reason: 'form',
        certainty: 'sure',
      });
    }
  }
  if (['ddress', 'DDRESS', 'esidence', 'RESIDENCE'].some((word) => text.includes(word))) {
    for (const match of text.matchAll(LABEL)) {
      const value = (match[1] ?? '')
        .replace(
          /(?:\s{2,}|[,.]?\s(?=(?:Phone|Tel|Mobile|Cell|Home|Email|E-mail|DOB|MRN|City|State|SSN|Contact)\b)|\.\s).*$/s,
          '',
        )
        .replace(/[\s.,]+$/, '');
      if (
        !/\d/.test(value) ||
        !/[A-Z]/.test(value) ||
        value.includes('@') ||
        /^\d[\d.]+$/.test(value)
      )
        continue;
      const start = match.index + match[0].length - (match[1] ?? '').length;
      found({
        start,
        end: start + value.length,
        kind: 'ADDRESS',
        reason: 'label',
        certainty: 'likely',
      });
    }
  }
  lived(scanned, lists, found);
  for (const { 0: house, index } of STREETS.some((street) => text.includes(street))
    ? text.matchAll(NAMED_HOUSE)
    : [])
    found({
      start: index,
      end: index + house.length,
      kind: 'ADDRESS',
      reason: 'form',
      certainty: 'likely',
    });
  if (numbers.length === 0) return;
  if (/[A-Z]\d[\dA-Z]? ?\d[A-Z]/.test(text)) coded(text, found);
  if (!/zip|postal|postcode/i.test(text)) return;
  for (const { start, end } of numbers) {
    if (!/^\d{5}(?:-\d{4})?$/.test(text.slice(start, end))) continue;
    if (ZIP_LABEL.test(text.slice(Math.max(0, start - 16), start)))
      found({ start, end, kind: 'ADDRESS', reason: 'label', certainty: 'sure' });
  }
}

/** Postcodes, with the house and the village before them. */
function coded(text: string, found: Found): void {
  for (const { 0: code, index, groups } of text.matchAll(CODE)) {
    const start = codedBeginning(text, index);
    // Only the areas of the post make a code of its own.
    if (start === index && groups?.['post'] === undefined) continue;
    // "Lens SN60WF" is no postcode.
    if (start === index && !code.includes(' ')) continue;
    const end = index + code.length;
    found({ start, end, kind: 'ADDRESS', reason: 'form', certainty: 'likely' });
  }
}
