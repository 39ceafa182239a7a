/** Ages of 90 and over, in figures and in words. */
import type { Found, Place } from '../kinds.ts';
import { ROLES } from '../words/english.ts';
import { labelBefore } from '../words/labels.ts';

const FIGURE = /(?:9\d|1[01]\d|12[0-5])(?!\d|\.\d)/y;
const AFTER =
  /^(?:\s?\+)?(?:[- ]{0,2}(?:years?|yrs?|yr)[- .]{0,2}(?:old|of age|young)|[- ]?y(?:\/|\.|-)?\s?\/?o(?![a-z])|[- ]?yo[mf]?(?![a-z])|[- ]?(?:yr|y)s?(?:\/|\.)?o(?![a-z])|(?:y|yrs?)(?![a-z])|[- ]?(?:y|yr|yrs|years?)[- ]?(?:[MF]\b|male|female|man|woman|lady|gentleman|widow)|\s?(?:余|多)?\s?周?岁(?!以上|及以上|以下|以内|或以上))/i;
/** ", 94 yrs," and "(93 years)" after somebody. */
const YEARS = /^ ?(?:years?|yrs?|y)\.?(?=[,;)\n]|$|\. )/;
/** 94/F, 94F, 94-F: the sex beside it. */
const BESIDE = /^(?:(?: ?[/|-] ?|)[MF](?![A-Za-z\d])| [MF][),])/;
/** “/ 93 y /”: a field of its own. */
const FIELD = /^ ?(?:y|yrs?|years?)\.? ?[/|;]/;
/** "a retired cellist of 94 who", "At 95, Mrs. X" */
const OF_AGE =
  /\b(?:woman|man|lady|gentleman|widow|widower|(?:a|an|the) [a-z]+(?: [a-z]+){0,2}) of $/;
/** "this lady of 93 (her record": of one person, whatever follows. */
const OF_ONE =
  /\b(?:this|that|a|an|the) (?:[a-z]+ )?(?:woman|man|lady|gentleman|widow|widower) of $/;
/** "98, DNACPR in place": what a text begins with. */
const OPENS_TEXT = /^, (?:\p{L}{2}|[MF],)/u;
const AT_AGE = /(?:^|[.!?\n] ?)At $/;
/** "How old is he now? A: 103" */
const ASKED =
  /\bold (?:is|was|are)[^?]{0,30}\?\s*(?:[A-Z][A-Za-z]{0,8}[:.] ?)?(?:[Hh]e|[Ss]he|[Tt]hey)?(?:'s| is| was)? ?$/;
const SEX_BEFORE = /(?:^|[^A-Za-z\d])[MF] ?[/,-]? ?$/;
/** "93M with", "a 93 F who". */
const SEX =
  /^[- ]?(?:M|F|male|female|man|woman|gentleman|lady)(?=\s(?:with|who|w\/|present|pres|admitted|c\/o|h\/o|s\/p|here|hx|from|in|was|is|transferred|brought|found|status|a\/w|[A-Z]{2,}))/;
/** "in her 97th year", "her 101st birthday". */
const ORDINAL = /^(?:st|nd|rd|th) (?:year\b|birthday|bday)/;
const SAID =
  /\b(?:aged|ages?|age of|turned|turning|turns|will be|would be|living and is|alive and is|would have been|reached|reaching|pushing|approaching|died at|died at age|passed away at|deceased at|death at|lived to|lived to be|(?:is|was|now|be|am) (?:nearly|almost|now)?)\s*:?\s*$/i;
const BEING = /(?:is|was|now|be|am|nearly|almost|now)\s*$/i;
/** "over 90 years old" speaks of everybody. */
const GENERAL =
  /(?:[≥≤<>＞＜]|over|above|under|below|than|least|most|大于|小于|超过|不足|高于|低于|满|[-~至到])\s*$/i;
const GENERAL_AFTER =
  /^(?:\s?(?:years?(?: old)?|yrs?|岁))?\s?(?:and|or|及|或)\s?(?:over|older|above|more|以上|以下|under|younger)/i;

/** "Hassan Wang, 91, of": after a first name and a surname. */
const PERSON = /\p{Lu}[\p{Ll}'-]+ (?:\p{Lu}\.? )?\p{Lu}[\p{L}'-]+,? \(?$/u;

/** "she is 94 and", "who's 92". */
const PRONOUN =
  /\b(?:she|he|who|mum|mom|dad|mother|father|gran|grandma|grandpa|grandad|grandmother|grandfather|patient|pt|husband|wife)(?:'s| is| was)(?: now| nearly| almost| only)? $/i;

/** Somebody just before: "Husband, 93, answers", "Great-grandmother (101)", "Tenant is 98." */
const SOMEBODY = /([A-Za-z]+)(, \(?| \(|: | (?:is|was)(?: now| nearly| almost| only)? | )$/;
const NOBODY = new Set(
  're regarding cc ep rt sn attention contact name named called mate'.split(' '),
);
/** "review: 92, lives with": how somebody lives. */
const LIVES =
  /^, (?:lives|living|resides|lived|widow(?:ed|er)?|retired|frail|independent|mobile|housebound|bedbound|nursing home|care home|resident|otherwise well)\b/;
/** What ends what is said of the age. */
const SAID_OF =
  /^(?:[,;:)](?! ?\d)|\.(?!\d)|\n|$| (?:and|but|now|next|tomorrow|today)\b| on (?:the |\d|[A-Z]))/;
/** "He will be 101 on 14 March", "which makes her 94." */
const BECOMES =
  /(?:\b(?:will be|would be|turns?|turned|makes (?:him|her|me|them))|[,;] so|[(,] ?now) $/i;
/** ", 91, ": between two parts of a sentence, where nothing was measured. */
const BETWEEN = /[a-z], $/;
const MEASURED_BEFORE =
  /\d|\b(?:sats?|hr|bp|map|pulse|temp\w*|rates?|spo2|o2|glucose|sugars?|bm|gcs|weight|scores?|hct|plt|level|dose|count|na|cl|ast|alt|alp|ldl|from|to|range|saturation|pressure|iq|index)\b/i;

const OTHERS = new Set('veteran lady gentleman man woman grandmother grandfather'.split(' '));
const isSomebody = (word: string): boolean =>
  (ROLES.has(word) && !NOBODY.has(word)) || OTHERS.has(word);

function isOfSomebody(text: string, start: number, before: string, after: string): boolean {
  if (!SAID_OF.test(after)) return false;
  if (BECOMES.test(before)) return true;
  if (/(?:^|[a-z]: |[.\n] ?)$/.test(before) && LIVES.test(after)) return true;
  const [, who = '', gap = ''] = SOMEBODY.exec(before) ?? [];
  const small = who.toLowerCase();
  if (gap === ' ' ? /^(?:pt|patient)$/.test(small) : isSomebody(small)) return true;
  return (
    BETWEEN.test(before) &&
    /^, [a-z]/.test(after) &&
    !MEASURED_BEFORE.test(text.slice(Math.max(0, start - 32), start))
  );
}

/** An age of 90 or over at a word of digits. */
export function findAge(text: string, { start }: Place, found: Found): boolean {
  FIGURE.lastIndex = start;
  const figure = FIGURE.exec(text)?.[0];
  if (!figure) return false;
  const end = start + figure.length;
  const before = text.slice(Math.max(0, start - 18), start);
  const after = text.slice(end, end + 24);
  if (GENERAL.test(before) || GENERAL_AFTER.test(after)) return false;
  const spoken =
    (OF_AGE.test(text.slice(Math.max(0, start - 40), start)) &&
      /^ (?:who|with|living|from)\b/.test(after)) ||
    (OF_ONE.test(text.slice(Math.max(0, start - 32), start)) && SAID_OF.test(after.trimStart())) ||
    (AT_AGE.test(before) &&
      /^(?: years)?,? (?:[Ss]he|[Hh]e|Mrs?|Ms|Miss|Dr|the patient|\p{Lu}\p{Ll}+ \p{Lu})/u.test(
        after,
      ));
  if (
    spoken ||
    (start === 0 && OPENS_TEXT.test(after)) ||
    AFTER.test(after) ||
    FIELD.test(after) ||
    ASKED.test(text.slice(Math.max(0, start - 60), start))
  ) {
    found({ start, end, kind: 'AGE', reason: 'form', certainty: 'sure' });
    return true;
  }
  if (
    ORDINAL.test(after) &&
    /\b(?:in|his|her|their|my|the|celebrated|s) (?:his |her |their |my )?$/.test(before)
  ) {
    found({ start, end: end + 2, kind: 'AGE', reason: 'form', certainty: 'likely' });
    return true;
  }
  const after2 = after.slice(0, 12);
  const sexed =
    (BESIDE.test(after2) && !/[\d/.]$/.test(before)) ||
    (SEX_BEFORE.test(before) && /^(?:[,;.)\n]|$| [a-z])/.test(after2));
  if (sexed || (YEARS.test(after2) && /[,(] ?$|\bis $/.test(before))) {
    found({ start, end, kind: 'AGE', reason: 'form', certainty: 'likely' });
    return true;
  }
  if (
    PRONOUN.test(before) &&
    /^(?:[,;.!]|$| and | but | now\b| next\b)/.test(after) &&
    !/^\.\d/.test(after)
  ) {
    found({ start, end, kind: 'AGE', reason: 'role', certainty: 'unsure' });
    return true;
  }
  if (SEX.test(after) && !/(?:temp|temperature|T|°|tmax)[\s:.]*(?:of |is |was )?$/i.test(before)) {
    found({ start, end, kind: 'AGE', reason: 'form', certainty: 'likely' });
    return true;
  }
  const alone =
    !/^\s?(?:[%/°℃A-Za-z]*\d|%|\/|°|℃|bpm|mm|mg|ml|kg|cm|lbs?|days?|weeks?|months?|hours?|minutes?|次|分|毫|公)/i.test(
      after,
    );
  if (PERSON.test(before) && /^(?:,|\)| who | was | of )/.test(after)) {
    found({ start, end, kind: 'AGE', reason: 'follows', certainty: 'likely' });
    return true;
  }
  if (isOfSomebody(text, start, text.slice(Math.max(0, start - 32), start), after)) {
    found({ start, end, kind: 'AGE', reason: 'follows', certainty: 'unsure' });
    return true;
  }
  const label = labelBefore(text, start);
  const labelled =
    label?.kind === 'AGE' ||
    (SAID.test(before) && (!BEING.test(before) || /\b(?:living|alive) and is $/.test(before)));
  if (!labelled || !alone) return false;
  found({ start, end, kind: 'AGE', reason: 'label', certainty: 'sure' });
  return true;
}

const ONES = 'one|two|three|four|five|six|seven|eight|nine';
const NUMBER = String.raw`(?:ninety(?:[- ]?(?:${ONES}))?|(?:one|a)[- ]hundred(?:(?:[- ]and)?[- ](?:${ONES}|ten|eleven|twelve))?)`;
const ORDINALS = String.raw`(?:ninet(?:ieth|y[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))|(?:one )?hundred(?:th|(?: and)?[- ](?:first|second|third|fourth|fifth)))`;
const WORDS = new RegExp(
  String.raw`\b(${NUMBER})(?=[- ](?:years?|yrs?|yr)[- ](?:old|of age|young)|[- ]y\/?o\b|[- ]year[- ]old)|` +
    String.raw`\b(?:aged?|turn(?:ed|ing|s)|age of|at|(?:she|he|who|pt|patient|mother|father|mum|mom|dad)(?:'s| is| was)(?: now| nearly| almost)?)\s(${NUMBER})(?![- ](?:\w+[- ])?(?:percent|per cent|mg|ml|minutes?|days?|degrees|hours?|weeks?|months?|patients|times|mm|beats))\b|` +
    // "Oleander Fitch, ninety-six, venous ulcer"
    String.raw`[\p{L}'], (${NUMBER})(?=,)|` +
    String.raw`\b(?:his|her|their|my) (${ORDINALS})(?= (?:year|birthday))|` +
    String.raw`\bin (?:his|her|their) (?:early |mid[- ]?|late )?(90s|90's|nineties|100s)\b|\b(centenarian|nonagenarian)\b`,
  'giu',
);
const CHINESE =
  /(九十[一二三四五六七八九]?|一百(?:[零〇一][一二三四五六七八九十]?)?)(?:余|多|几)?周?岁(?!以上|及以上|以下)|(百岁)(?=老人|高龄)/g;

/** One of these is in every age in words. */
const SAYING = ['inet', 'INET', 'undred', 'UNDRED', '90s', '100s', 'narian'];

/** Ages in words. */
export function findAgesInWords(text: string, chinese: boolean, found: Found): void {
  const put = (matches: Iterable<RegExpExecArray>): void => {
    for (const match of matches) {
      const word = match.slice(1).find(Boolean);
      if (word === undefined) continue;
      const start = match.index + match[0].indexOf(word);
      if (GENERAL.test(text.slice(Math.max(0, start - 8), start))) continue;
      found({ start, end: start + word.length, kind: 'AGE', reason: 'form', certainty: 'sure' });
    }
  };
  if (SAYING.some((word) => text.includes(word))) put(text.matchAll(WORDS));
  if (chinese && /九十|一百|百岁/.test(text)) put(text.matchAll(CHINESE));
}
