/** Chinese names: a surname, what stands before and after it, and the characters of given names. */
import type { Certainty, Found, Place, Reason } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import type { Scan } from '../../scan.ts';
import { NO_NAME } from '../../words/chinese-no-names.ts';
import {
  findActing,
  findDescribed,
  findGivenAlone,
  findNamed,
  findSigned,
  findSpeakers,
  findTwice,
  type Weak,
} from './names-zh-alone.ts';
import {
  KIN_CUT,
  MOST,
  before,
  closedAt,
  isChinese,
  sticky,
  type Before,
} from './names-zh-before.ts';
import { DOSE, isMeasure, isPart } from './names-zh-part.ts';
import { findDotted } from './names-zh-dotted.ts';
import { findMinorityNames } from './names-zh-minority.ts';
import { SMALL, isTitled } from './names-zh-titled.ts';
import { KINDRED, LIKELY, likelyNames } from './names-zh-likely.ts';
import { mostLikelihood, surnameAt } from '../../words/chinese-costs.ts';
import {
  DOES,
  FOLLOWS,
  GIVEN,
  SMALL_ROLES,
  TITLES,
  endsBefore,
  looksGiven,
} from '../../words/chinese-names.ts';

/** Roles of staff: whoever follows has a name. */
const STAFF = /[医护师]|主刀|术者|助$|签/;
const SEX = /[男女]|身份证|护照|证件|族|婚/;

/** Points of evidence from which something counts as a name. */
const ENOUGH = 4;
const PLENTY = 6;

interface Candidate {
  readonly end: number;
  readonly points: number;
  readonly reason: Reason;
}

/** A name of three characters with a space or a line's end on both sides, as in tables and signatures. */
const isolated = (text: string, start: number, given: number, { role }: Before): number =>
  given === 2 &&
  !role &&
  (start === 0 || /\s/.test(text[start - 1] ?? '')) &&
  /^(?:\s|$)/.test(text.slice(start + 3, start + 4)) &&
  looksGiven(text, start + 1, start + 3)
    ? 1
    : 0;

/** What speaks for a name that begins at a surname and ends at `end`. */
function weigh(
  text: string,
  start: number,
  end: number,
  surname: number,
  told: Before,
  words: ReadonlySet<string>,
  listed: boolean,
): Candidate {
  const given = end - start - surname;
  const title = TITLE_BEGINS.has(text[end] ?? '') ? sticky(TITLES, text, end) : null;
  const follows = title ? null : sticky(FOLLOWS, text, end);
  // In the middle of a sentence only what follows can tell a name.
  if (!told.role && !told.open && !listed && !title && !follows)
    return { end, points: 0, reason: 'list' };
  let points = 0;
  if (told.role) points += told.colon ? 5 : SMALL_ROLES.has(told.role) ? 1 : 3;
  else if (listed) points += 3;
  else if (told.open) points += 1;
  if (!told.role && (told.open || follows || title) && looksGiven(text, start + surname, end))
    points += 1 + (told.open && (told.colon || sticky(DOES, text, end)) ? 1 : 0);
  if (title) points += 4;
  else if (follows) points += follows.startsWith('之') ? 5 : 3;
  else if (closedAt(text, end)) points += 1 + isolated(text, start, given, told);
  else if (endsBefore(text, end)) points += told.role && given > 0 ? 1 : 0;
  else if (!words.has(text.slice(end, end + 2))) points -= 2;
  if (surname === 2) points += 2;
  else if (MOST.has(text[start] ?? '')) points += 1;
  else if (!told.role && !title) points -= 1;
  if (given === 2 && surname === 1) points += 1;
  // What a common word begins with is no name, unless a label says that one follows.
  const labelled = told.role !== '' && told.colon;
  const whole =
    (STAFF.test(told.role) && given === 2 && closedAt(text, end)) || SEX.test(follows ?? '');
  if (!labelled && surname === 1 && words.has(text.slice(start, start + 2)))
    points -= whole ? 2 : title ? 3 : 4;
  if (!labelled && given === 2 && words.has(text.slice(end - 2, end))) points -= 2;
  if (
    (!told.role || SMALL_ROLES.has(told.role)) &&
    !told.open &&
    words.has(text.slice(start - 1, start + 1))
  )
    points -= 3;
  const reason: Reason = title
    ? 'title'
    : told.role
      ? told.colon
        ? 'label'
        : 'role'
      : follows
        ? 'follows'
        : 'list';
  return { end, points, reason };
}

const allGiven = (text: string, from: number, to: number): boolean => {
  for (let i = from; i < to; i += 1) if (!GIVEN.has(text[i] ?? '')) return false;
  return true;
};

/** 李某, 王某某, 张XX, 陈** */
const MASKED =
  /(?:小?某某?(?![些种个人天日时地年月次位项类])|小?[xX×*]{1,3}|○{1,2}|〇{1,2})(?![A-Za-z\d])/y;
const MASK_BEGINS = new Set('小某xX×*○〇');
/** First characters of titles. */
const TITLE_BEGINS = new Set(
  '女先小太同主副住医护教院科处局老专药技博阿大伯奶爷师叔姐哥警律经男中秘法检社校村书队站辅班司保心治营康',
);

/** Whether anything can follow a surname here: most surnames in a text are parts of other words. */
function mayFollow(text: string, after: number): boolean {
  const next = text[after] ?? '';
  return GIVEN.has(next) || TITLE_BEGINS.has(next) || MASK_BEGINS.has(next);
}

/** The name at a surname, if the evidence is enough. */
function nameAt(
  text: string,
  start: number,
  surname: number,
  told: Before,
  words: ReadonlySet<string>,
  listed: boolean,
): Candidate | null {
  const after = start + surname;
  const candidates: Candidate[] = [];
  const title = TITLE_BEGINS.has(text[after] ?? '') ? sticky(TITLES, text, after) : null;
  if (title) {
    if (isTitled(text, start, surname, title, told, words))
      candidates.push({ end: after, points: PLENTY, reason: 'title' });
  }
  const masked = MASK_BEGINS.has(text[after] ?? '') ? sticky(MASKED, text, after) : null;
  const clear = (told.role !== '' && told.role !== '科') || !SMALL.has(text[start] ?? '');
  if (masked && (told.open || told.role) && clear)
    candidates.push({ end: after + masked.length, points: ENOUGH + 1, reason: 'form' });
  const labelled = told.role !== '' && told.colon;
  for (const given of [2, 1]) {
    const end = after + given;
    // 由同学: a title is no given name.
    if (end > text.length || title?.length === given) continue;
    // 洪叔，您的报告
    if (given === 1 && KINDRED.test(text[after] ?? '') && closedAt(text, end)) continue;
    let fits = allGiven(text, after, end);
    if (!fits && labelled)
      fits =
        (closedAt(text, end) || sticky(TITLES, text, end) !== null) &&
        [...text.slice(after, end)].every((c) => isChinese(c.charCodeAt(0)));
    if (!fits || sticky(DOSE, text, end) || KIN_CUT.test(text.slice(end - 1, end + 1))) continue;
    const weighed = weigh(text, start, end, surname, told, words, listed);
    // "张伟来院": a word begins where the second character of the given name would stand.
    const cut =
      given === 2 &&
      endsBefore(text, end - 1) &&
      !closedAt(text, end) &&
      weighed.reason !== 'title' &&
      !sticky(FOLLOWS, text, end);
    candidates.push(cut ? { ...weighed, points: weighed.points - 2 } : weighed);
  }
  const best = candidates.toSorted((a, b) => b.points - a.points)[0];
  return best && best.points >= ENOUGH ? best : null;
}

function certaintyOf({ points, reason }: Candidate): Certainty {
  if (points >= PLENTY) return 'sure';
  return reason === 'list' ? 'unsure' : 'likely';
}

/** What is told before a place is asked of several names that begin near. */
interface Choice {
  readonly end: number;
  readonly score: number;
  readonly reason: Reason;
  readonly certainty: Certainty;
}

/** A name as the rules weigh it, or as its characters make it likely, whichever says more. */
function choose(
  text: string,
  start: number,
  lists: Lists,
  listed: boolean,
  weak?: Weak[],
): Choice | null {
  const surname = surnameAt(text, start);
  if (surname === 0) return null;
  const follows =
    mayFollow(text, start + surname) || text[start - 1] === ':' || text[start - 2] === ':';
  const most = mostLikelihood(lists.costs, text, start, surname, LIKELY - MOST_EDGES);
  if (!follows && most < LIKELY - MOST_EDGES) return null;
  if (isMeasure(text, start)) return null;
  if (isPart(text, start)) return null;
  const told = before(text, start, lists.words);
  const weighed = follows ? nameAt(text, start, surname, told, lists.words, listed) : null;
  const word =
    weighed &&
    weighed.end > start + surname &&
    !told.colon &&
    NO_NAME.has(text.slice(start, weighed.end));
  const ruled = word ? null : weighed;
  if (ruled?.end === start + surname)
    return { ...ruled, score: SURE, certainty: certaintyOf(ruled) };
  const edges = told.role || listed ? MOST_EDGES : MOST_BARE_EDGES;
  const names =
    ruled || most >= LIKELY - edges ? likelyNames(text, start, surname, told, listed, lists) : [];
  let best = names[0];
  for (const name of names) if (best && name.score > best.score) best = name;
  const same = ruled ? (names.find(({ end }) => end === ruled.end)?.score ?? -4) : -Infinity;
  if (
    ruled &&
    (!best || best.end === ruled.end || best.score < same + MARGIN || best.score < LIKELY)
  ) {
    // In the middle of a sentence a rule alone is not believed against every likelihood.
    if (ruled.reason === 'list' && same < 3) return null;
    return { ...ruled, score: Math.max(same, LIKELY), certainty: certaintyOf(ruled) };
  }
  if (!best) return null;
  if (best.score < LIKELY) {
    weak?.push(best);
    return null;
  }
  const reason = told.role ? (told.colon ? 'label' : 'role') : 'list';
  const certainty = best.score >= LIKELY + 6 ? 'sure' : 'likely';
  return { end: best.end, score: best.score, reason, certainty };
}

/** The most that the edges of a name can say, with a role or a label before it and without. */
const MOST_EDGES = 11;
const MOST_BARE_EDGES = 8;
/** A surname with a title: no likelihood says more. */
const SURE = 30;
/** So much likelier is a name of another length than the one that the rules give. */
const MARGIN = 0.7;
/** So much likelier is a name that begins inside another. */
const INNER = 2;

/** Between the names of a list. */
const LISTS = /^(?:[(（][^()（）。]{1,10}[)）]|[左右双男女])?[、,/ 和及与]$|^[护驾麻录]$/;
const LONGEST_BETWEEN = 13;

export function findChineseNames({ text, surnames }: Scan, lists: Lists, found: Found): void {
  findNamed(text, found);
  findDescribed(text, lists, found);
  // Lists go on after names of other forms.
  const ends = new Set<number>();
  const noted: Found = (finding) => {
    ends.add(finding.end);
    found(finding);
  };
  findDotted(text, noted);
  findMinorityNames(text, lists.words, noted);
  let last: Place = { start: 0, end: 0 };
  const weak: Weak[] = [];
  const names = new Set<string>();
  surnames.forEach((start, i) => {
    if (start < last.end) return;
    const listed =
      (ends.has(start - 1) && LISTS.test(text[start - 1] ?? '')) ||
      (start - last.end <= LONGEST_BETWEEN &&
        last.end - last.start >= 2 &&
        start > last.end &&
        LISTS.test(text.slice(last.end, start)));
    const name = choose(text, start, lists, listed, weak);
    if (!name) return;
    for (let k = i + 1; (surnames[k] ?? text.length) < name.end; k += 1) {
      const inner = choose(text, surnames[k] ?? 0, lists, false);
      const margin = SMALL_ROLES.has(text[start] ?? '') || text[start] === '母' ? -INNER : INNER;
      if (inner && inner.score > name.score + margin && inner.end >= name.end) return;
    }
    last = { start, end: name.end };
    const { end, reason, certainty } = name;
    if (end - start >= 2) names.add(text.slice(start, end));
    found({ start, end, kind: 'NAME', reason, certainty });
  });
  if (weak.length > 1) findTwice(text, weak, found);
  findGivenAlone(text, names, lists, found);
  if (names.size > 0) findActing(text, lists, found);
  findSigned(text, found);
  findSpeakers(text, lists, found);
}
