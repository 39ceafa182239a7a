/** English addresses: houses and streets with their towns, post boxes, postcodes, and towns that somebody lives in. */
import type { Found, Place } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { NO_NAMES, STREETS } from '../words/english.ts';

const STATES =
  'AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming';
const POSTCODE = String.raw`(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)\d[\dA-Z]? ?\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z\d])`;
const ZIP = String.raw`\d{5}(?:-\d{4})?(?!\d)`;
const UNIT = String.raw`(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Room|Rm|Bldg|Building|Lot|Trailer|#)\.?\s?#?[\dA-Za-z-]{1,6}`;
const WORD = "[A-Z][A-Za-z'-]*";
const STREET = String.raw`(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Old|New|Upper|Lower)\.?\s)?(?:(?:St\.?\s)?(?:${WORD}|\d{1,3}(?:st|nd|rd|th))\s){1,4}(?:${STREETS})(?![A-Za-z])\.?(?:\s(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)(?![A-Za-z]))?`;
/** 607 Old Mill Road; 12A-14 Rose Court; 1 Broadway */
const HOUSE = new RegExp(
  String.raw`\d{1,5}(?:\s?[-/]\s?\d{1,4})?[A-Za-z]?,?\s(?:(?:Highway|Hwy|Route|Rte|County Road|CR|State Road)\s\d{1,4}|${STREET}|Broadway(?![a-z]))`,
  'y',
);
const TAIL_UNIT = new RegExp(String.raw`,?\s${UNIT}`, 'y');
const TAIL_STATE = new RegExp(String.raw`,?\s(?:${STATES})(?![A-Za-z])\.?(?:,?\s${ZIP})?`, 'y');
const TAIL_ZIP = new RegExp(String.raw`,?\s(?:${ZIP}|${POSTCODE})`, 'y');
const TOWN = new RegExp(
  String.raw`,?(?:\s|\n)(?:(?:St|Mt|Ft)\.\s)?${WORD}(?:(?:\s|-)(?:${WORD}|upon|on|under|by|in|le|the|of)(?=[\s,.;)-]|$)){0,3}`,
  'y',
);
const BOX = /P\.?\s?O\.?\s?Box\s#?\d{1,6}/gi;
const FLAT = /(?:Flat|Apt|Apartment|Unit|Suite)\.?\s[\dA-Z]{1,4},\s$/;
const CODE = new RegExp(String.raw`(?<![A-Za-z\d])${POSTCODE}`, 'g');
const ZIP_LABEL = /(?:zip|zip code|zipcode|postal code|postcode)\s*:?\s*$/i;

/** Words with which a clause begins after a comma; no town does. */
function isTown(word: string, lists: Lists): boolean {
  const small = word.toLowerCase();
  return (
    !NO_NAMES.has(small) ||
    /^(?:great|little|fort|good|new|north|south|east|west|upper|lower|white|black|los|san|boston|chicago|houston|london|paris|center)$/.test(
      small,
    ) ||
    lists.family.has(small)
  );
}

/** What follows a street: flat, town, state, code. */
function tail(text: string, from: number, lists: Lists): number {
  let end = from;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = end;
    const part = pattern.exec(text)?.[0];
    if (part) end += part.length;
    return part !== undefined;
  };
  take(TAIL_UNIT);
  for (let places = 0; places < 3; places += 1) {
    if (take(TAIL_STATE) || take(TAIL_ZIP)) continue;
    TOWN.lastIndex = end;
    const town = TOWN.exec(text)?.[0];
    if (
      !town?.startsWith(',') &&
      !(
        town?.startsWith('\n') &&
        /^(?:,|\s(?:[A-Z]{2}|[A-Z]{1,2}\d))/.test(
          text.slice(end + town.length, end + town.length + 6),
        )
      )
    )
      break;
    const words = town.replace(/^,?\s/, '').split(/[\s-]/);
    if (!isTown(words[0] ?? '', lists)) break;
    // "…, Maple Hollow Phone": only as far as the town goes.
    const stop = words.findIndex(
      (word, i) => i > 0 && /^[A-Z]/.test(word) && NO_NAMES.has(word.toLowerCase()),
    );
    const rest = text.slice(end + town.length);
    // ", John called": a clause, where a small word that is no "in" or "and" follows.
    if (
      places > 0 &&
      /^\s(?:was|is|has|had|called|reports|says|states|lives|denies|presents)\b/.test(rest)
    )
      break;
    if (/^\s(?:was|has|had|called|reports|says|states|denies|presents|complains)\b/.test(rest))
      break;
    const length = stop > 0 ? town.indexOf(` ${words[stop] ?? ''}`) : town.length;
    end += length;
    if (stop > 0) break;
  }
  take(TAIL_STATE);
  take(TAIL_ZIP);
  return end;
}

/** An address at a number of a house. Gives its end, or 0. */
export function findStreet(
  text: string,
  { start, end: wordEnd }: Place,
  lists: Lists,
  found: Found,
): number {
  const code = text.charCodeAt(start);
  if (code < 48 || code > 57 || !/^,? [A-Z\d]/.test(text.slice(wordEnd, wordEnd + 3))) return 0;
  HOUSE.lastIndex = start;
  const house = HOUSE.exec(text)?.[0];
  if (!house) return 0;
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
  const flat = FLAT.exec(text.slice(Math.max(0, start - 20), start));
  const from = start - (flat?.[0].length ?? 0);
  // The point of "St." belongs to it where the address goes on; else it ends the sentence.
  const goesOn = /^(?:,|\s(?:Apt|Apartment|Unit|Suite|Ste|Flat|#|[NSEW]\b))/.test(
    text.slice(start + house.length, start + house.length + 8),
  );
  const end = tail(text, start + house.length - (house.endsWith('.') && !goesOn ? 1 : 0), lists);
  found({ start: from, end, kind: 'ADDRESS', reason: 'form', certainty: 'sure' });
  return end;
}

const LABEL =
  /(?:home address|mailing address|residential address|street address|address|residence)\s?:\s?([^\n;]{6,100})/gi;
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

/** Countries and states are no finer than Safe Harbor allows. */
const WIDE = new RegExp(
  `^(?:${STATES}|Mexico|Canada|China|India|England|Scotland|Wales|Ireland|Britain|France|Germany|Italy|Spain|Portugal|Poland|Russia|Ukraine|Japan|Korea|Vietnam|Thailand|Philippines|Pakistan|Bangladesh|Nepal|Iran|Iraq|Syria|Turkey|Egypt|Nigeria|Ghana|Kenya|Ethiopia|Somalia|Sudan|Brazil|Peru|Colombia|Cuba|Haiti|Jamaica|Guatemala|Honduras|Africa|Asia|Europe|America|Australia|Europe|Tanzania|Uganda|Rwanda|Burundi|Congo|Cameroon|Senegal|Mali|Niger|Chad|Angola|Zambia|Zimbabwe|Malawi|Mozambique|Botswana|Namibia|Madagascar|Morocco|Algeria|Tunisia|Libya|Liberia|Sierra Leone|Togo|Benin|Gambia|Guinea|Eritrea|Yemen|Oman|Qatar|Kuwait|Bahrain|Jordan|Lebanon|Israel|Palestine|Afghanistan|Uzbekistan|Kazakhstan|Mongolia|Myanmar|Burma|Laos|Cambodia|Bhutan|Maldives|Fiji|Samoa|Tonga|Chile|Argentina|Bolivia|Ecuador|Paraguay|Uruguay|Venezuela|Guyana|Suriname|Panama|Nicaragua|Belize|Bahamas|Barbados|Trinidad|Greece|Cyprus|Malta|Albania|Serbia|Croatia|Bosnia|Slovenia|Slovakia|Hungary|Romania|Bulgaria|Moldova|Belarus|Latvia|Lithuania|Estonia|Finland|Sweden|Norway|Denmark|Iceland|Netherlands|Belgium|Luxembourg|Switzerland|Austria|Armenia|Azerbaijan|New Zealand|Papua New Guinea|Northern Ireland|Puerto Rico|South Africa|South America|South Korea|North Korea|Saudi Arabia|United States|United Kingdom|US|USA|UK|Central America|Southeast Asia|Eastern Europe|Middle East|Latin America|Dominican Republic|El Salvador|Sri Lanka|Hong Kong|Taiwan|Singapore|Malaysia|Indonesia|God|Apt|ICU|ER|ED|OR|PACU|NICU)$`,
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
  if (numbers.length === 0) return;
  if (/[A-Z]\d[\dA-Z]? ?\d[A-Z]{2}/.test(text)) {
    for (const { 0: code, index } of text.matchAll(CODE)) {
      if (!code.includes(' ') && code.length < 6) continue;
      found({
        start: index,
        end: index + code.length,
        kind: 'ADDRESS',
        reason: 'form',
        certainty: 'likely',
      });
    }
  }
  if (!/zip|postal|postcode/i.test(text)) return;
  for (const { start, end } of numbers) {
    if (!/^\d{5}(?:-\d{4})?$/.test(text.slice(start, end))) continue;
    if (ZIP_LABEL.test(text.slice(Math.max(0, start - 16), start)))
      found({ start, end, kind: 'ADDRESS', reason: 'label', certainty: 'sure' });
  }
}
