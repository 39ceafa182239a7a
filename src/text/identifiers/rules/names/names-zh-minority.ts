/** Names of minorities without dots, from their parts: 扎西顿珠, 次仁央宗, 巴特尔, 阿依古丽. */
import type { Found } from '../../kinds.ts';
import { DOES, FOLLOWS, SMALL_ROLES, TITLES, endsBefore } from '../../words/chinese-names.ts';
import { ENDS, PARTS } from '../../words/minority-names.ts';
import { isPart } from './names-zh-part.ts';
import { before, closedAt, isChinese, sticky } from './names-zh-before.ts';

const PART = `(?:${PARTS.join('|')})`;
/** Two parts or more, or one with an end; one part alone needs more to speak for it. */
const NAME = new RegExp(`${PART}{1,4}(?:${ENDS})?`, 'y');
/** First characters, and first two: a name is looked for only where both are right. */
const BEGINS = new Uint8Array(0x10000);
for (const part of PARTS) BEGINS[part.charCodeAt(0)] = 1;
const HEADS = new Set(PARTS.map((part) => part.slice(0, 2)));
/** Places and things that are written with the same characters. */
const PLACES =
  /^(?:的|地区|自治|机场|[省市县州旗盟区镇乡村路街湾河湖山江岛海寺庙](?!说|诉|来|去|因|于)|[族人]|帝国|共和|语|草原|高原|沙漠|盆地|医院|大学|牌|片|胶囊|颗粒|酸|素|霉|综合|病|征|钙|糖)/;

function isName(text: string, start: number, end: number, words: ReadonlySet<string>): boolean {
  const { open } = before(text, start, words);
  const role = told(text, start, words);
  const titled = sticky(TITLES, text, end) ?? sticky(FOLLOWS, text, end);
  const after = text.slice(end, end + 3);
  if (PLACES.test(after) && !(after.startsWith('的') && (role || end - start > 3))) return false;
  if (end - start === 2)
    return (role || titled !== null) && (closedAt(text, end) || endsBefore(text, end));
  if (role || titled !== null) return true;
  const ends = closedAt(text, end) || endsBefore(text, end) || sticky(DOES, text, end) !== null;
  return end - start >= 4 ? true : open && ends;
}

export function findMinorityNames(text: string, words: ReadonlySet<string>, found: Found): void {
  let done = 0;
  for (let start = 0; start + 1 < text.length; start += 1) {
    if (
      BEGINS[text.charCodeAt(start)] === 0 ||
      start < done ||
      !HEADS.has(text.slice(start, start + 2))
    )
      continue;
    const name = sticky(NAME, text, start);
    if (!name) continue;
    const end = start + name.length;
    done = end;
    const dotted = /[·•・‧]/.test((text[start - 1] ?? '') + (text[end] ?? ''));
    if (dotted || isPart(text, start)) continue;
    const to = restOf(text, start, end, words);
    if (to > end || isName(text, start, end, words))
      found({ start, end: to, kind: 'NAME', reason: 'form', certainty: 'likely' });
  }
}

/** More of the name that no list knows, up to where it ends: 娜仁花. */
function restOf(text: string, start: number, end: number, words: ReadonlySet<string>): number {
  let to = end;
  while (to < end + 3 && isChinese(text.charCodeAt(to)) && !endsBefore(text, to)) to += 1;
  if (to === end || PLACES.test(text.slice(end, end + 3))) return end;
  const ends = sticky(FOLLOWS, text, to) ?? (closedAt(text, to) && told(text, start, words));
  return ends ? to : end;
}

/** Whether a role stands before. */
function told(text: string, start: number, words: ReadonlySet<string>): boolean {
  const { role } = before(text, start, words);
  return role !== '' && !SMALL_ROLES.has(role);
}

/** The parts of a found name that stand alone elsewhere: 古丽娜尔 of 古丽娜尔·哈布力. */
export function partsOf(name: string): string[] {
  const parts = name.split(/[·•・‧]/);
  return parts.length === 1 ? [] : parts.filter((part) => part.length >= 3 || PARTS.includes(part));
}
