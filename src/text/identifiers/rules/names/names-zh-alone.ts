/** Names that the rest of a text tells: said twice, called by the given name alone, or a surname that signs. */
import type { Found } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import { givenNameCost, pairCost, surnameAt } from '../../words/chinese-costs.ts';
import { ACTS, endsBefore, looksGiven } from '../../words/chinese-names.ts';
import { closedAt, isChinese, sticky } from './names-zh-before.ts';

/** A name that little speaks for at its place. */
export interface Weak {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** “姓名：” names whoever follows, whatever the characters. */
const NAMED =
  /(?:姓名|名字|曾用名|签名|签字|签章)\s?:\s?([\u4e00-\u9fff]{2,4})(?=[\s,，。;；、()（）|/]|$)/g;
const NOBODY =
  /^(?:不详|未知|同上|保密|无名|无名氏|待查|如下|电子|手写|性别|年龄|家属|患者|本人|医生|医师|护士|见下|已签|未签|拒绝|日期|时间)/;

/** “边疆，男，45岁”: the sex and the age follow nobody else, even where the name is a word. */
const DESCRIBED =
  /(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,3})(?=[,，(（]\s?[男女]性?[,，/]\s?\d{1,3}\s?(?:岁|个?月))/g;

export function findDescribed(text: string, { words }: Lists, found: Found): void {
  if (!/[男女]/.test(text)) return;
  for (const { 1: name = '', index } of text.matchAll(DESCRIBED)) {
    if (surnameAt(name, 0) === 0 || words.has(name) || words.has(name.slice(-2))) continue;
    found({
      start: index,
      end: index + name.length,
      kind: 'NAME',
      reason: 'follows',
      certainty: 'likely',
    });
  }
}

export function findNamed(text: string, found: Found): void {
  if (!text.includes('名') && !text.includes('签')) return;
  for (const match of text.matchAll(NAMED)) {
    const name = match[1] ?? '';
    if (NOBODY.test(name)) continue;
    const start = match.index + match[0].length - name.length;
    found({ start, end: start + name.length, kind: 'NAME', reason: 'label', certainty: 'sure' });
  }
}

/** From where a name counts that stands twice in a text, with so much said for both places together. */
const TWICE = 3;
const TOGETHER = 9;

/** Names that stand twice: what is no word, and begins like a name at two places, is one. */
export function findTwice(text: string, weak: readonly Weak[], found: Found): void {
  const byName = new Map<string, Weak[]>();
  for (const one of weak) {
    const name = text.slice(one.start, one.end);
    const places = byName.get(name);
    if (places) places.push(one);
    else byName.set(name, [one]);
  }
  for (const places of byName.values()) {
    const apart = places.filter(({ score }) => score >= TWICE);
    if (apart.length < 2 || apart.reduce((sum, { score }) => sum + score, 0) < TOGETHER) continue;
    for (const { start, end } of apart)
      found({ start, end, kind: 'NAME', reason: 'list', certainty: 'likely' });
  }
}

/** Words that a given name must not be part of, and what stands before one that is said alone. */
const SAID_ALONE = /[今昨前明][天日晚早晨]$|[她他我你给和与跟找让叫喊问陪是说]$|(?:爸|妈|爷|奶)$/;
/** Most that the characters of a given name may cost. */
const USUAL = 19;

function beginsAlone(text: string, at: number): boolean {
  return (
    at === 0 ||
    !isChinese(text.charCodeAt(at - 1)) ||
    SAID_ALONE.test(text.slice(Math.max(0, at - 2), at))
  );
}

/** 碧云 of 贺碧云, 峻峻 of 何峻, where somebody is called so elsewhere. */
export function findGivenAlone(
  text: string,
  names: ReadonlySet<string>,
  { costs, words }: Lists,
  found: Found,
): void {
  for (const name of names) {
    const given = name.slice(surnameAt(name, 0));
    if (given.length === 0 || given.length > 2 || given.length === name.length) continue;
    const called = given.length === 1 ? given + given : given;
    const word = words.has(called) || pairCost(costs, called) < givenNameCost(costs, called, 0);
    if (word && !looksGiven(called, 0, 2)) continue;
    for (let at = text.indexOf(called); at >= 0; at = text.indexOf(called, at + 2)) {
      if (!beginsAlone(text, at)) continue;
      const end = at + 2;
      const goesOn = !closedAt(text, end) && !endsBefore(text, end) && !sticky(ACTS, text, end);
      if ((word || givenNameCost(costs, called, 0) > USUAL) && goesOn) continue;
      found({ start: at, end, kind: 'NAME', reason: 'again', certainty: 'likely' });
    }
  }
}

/** “换膜，巧云拍照”: a given name alone that does something, where a part of a sentence begins. */
const MARKS = ' \n\t,，。;；!！?？“"';
/** After a word that is no person: 可乐等, 伟哥. */
const OTHER = '等都均哥姐弟妹';
const PLAIN = 15.5;

export function findActing(text: string, { costs, words }: Lists, found: Found): void {
  let inside = false;
  for (let index = 0; index + 2 < text.length; index += 1) {
    const begins = !inside;
    inside = isChinese(text.charCodeAt(index));
    if (!begins || !inside || !isChinese(text.charCodeAt(index + 1))) continue;
    if (index > 0 && !MARKS.includes(text[index - 1] ?? '')) continue;
    const name = text.slice(index, index + 2);
    if (givenNameCost(costs, name, 0) > PLAIN || words.has(name)) continue;
    if (pairCost(costs, name) < Infinity || !looksGiven(name, 0, 2)) continue;
    if (OTHER.includes(text[index + 2] ?? '')) continue;
    const end = index + 2;
    if (surnameAt(text, index) > 0 || !sticky(ACTS, text, end)) continue;
    if (pairCost(costs, text.slice(index + 1, index + 3)) < Infinity) continue;
    found({ start: index, end, kind: 'NAME', reason: 'follows', certainty: 'likely' });
  }
}

/** Surnames that stand alone as words. */
const NO_SIGNATURE = new Set(
  '男女有无是否对能会可行全同别时年月日元和与及于上下左右正平常高单双安宁包管水路查终',
);
const AFTER_SENTENCE = /[。.!！?？;；)）]\s*$/;

/** “复查血脂。葛”: only a surname at the end of a line, after a whole sentence. */
export function findSigned(text: string, found: Found): void {
  for (let from = 0; from < text.length;) {
    const line = text.indexOf('\n', from);
    let end = line < 0 ? text.length : line;
    const next = end + 1;
    while (end > from && text[end - 1] === ' ') end -= 1;
    for (const length of [1, 2]) {
      const start = end - length;
      if (start <= from || surnameAt(text, start) !== length) continue;
      if (NO_SIGNATURE.has(text[start] ?? '')) continue;
      if (AFTER_SENTENCE.test(text.slice(Math.max(from, start - 3), start)))
        found({ start, end, kind: 'NAME', reason: 'form', certainty: 'likely' });
    }
    from = next;
  }
}

const BEFORE_SPEAKER = /[\s。.!！?？:：…~]/;

/** “晓燕：……”: who speaks in a dialogue is named by the given name alone, more than once. */
export function findSpeakers(text: string, { costs, words }: Lists, found: Found): void {
  const places = new Map<string, number[]>();
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    const start = colon - 2;
    if (start < 0 || !isChinese(text.charCodeAt(start)) || !isChinese(text.charCodeAt(start + 1)))
      continue;
    if (start > 0 && !BEFORE_SPEAKER.test(text[start - 1] ?? '')) continue;
    const name = text.slice(start, colon);
    if (words.has(name) || pairCost(costs, name) < Infinity) continue;
    if (givenNameCost(costs, name, 0) > USUAL) continue;
    const known = places.get(name);
    if (known) known.push(start);
    else places.set(name, [start]);
  }
  for (const starts of places.values())
    if (starts.length > 1)
      for (const start of starts)
        found({ start, end: start + 2, kind: 'NAME', reason: 'follows', certainty: 'likely' });
}
