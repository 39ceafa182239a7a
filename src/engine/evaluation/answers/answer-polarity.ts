/** Labels that mean yes or no: their synonyms, and what remains when one of two is denied. */
import type { LabelFinder } from './answer-labels.ts';

export interface Polarity {
  readonly yes: string;
  readonly no: string;
  /** There is no third label: whatever is not one label is the other. */
  readonly onlyTwo: boolean;
  /** The labels say whether something is there (有, 无), so that a sentence can answer: 未见异常. */
  readonly presence: boolean;
  /** Whether "no", 不是, 对 and their like answer it. */
  readonly plain: boolean;
  /** The labels judge a statement (正确, 错误), so that a sentence can judge it as well: 该说法有误. */
  readonly truth: boolean;
}

interface Family {
  readonly yes: string;
  readonly no: string;
  readonly plain: boolean;
}

const TRUTH: Family = {
  yes: '对|正确|真|true|correct|right|√|成立',
  no: '错|错误|不对|不正确|假|false|incorrect|wrong|×|不成立',
  plain: true,
};
const PRESENCE: Family = { yes: '有|存在|present', no: '无|没有|不存在|absent', plain: true };
const FAMILIES: readonly Family[] = [
  { yes: '是|是的|yes|y', no: '否|不是|no|n', plain: true },
  TRUTH,
  { yes: '能|会|可以|可', no: '不能|不会|不可以|不可', plain: true },
  PRESENCE,
  { yes: '阳性|positive|+|(+)', no: '阴性|negative|-|(-)', plain: false },
  { yes: '恶性|malignant', no: '良性|benign', plain: false },
  { yes: '异常|abnormal', no: '正常|normal', plain: false },
];

const words = (text: string): string[] => text.split('|').map((word) => word.trim());
const SAYS_YES =
  words(`是|是的|对|对的|对的呢|没错|正确|正确的|可以|可以的|能|能够|会|会的|有|有的|存在|需要|属于|应该|应当|建议|推荐|肯定|肯定的|是肯定的|确实|确实如此|
  yes|yeah|yep|correct|true|right|indeed|affirmative|it does|it is|that is correct|that is right|that is true|this is correct|
  this is true|absolutely|certainly|definitely|of course`);
const SAYS_NO =
  words(`否|不|不是|不是的|不是这样|不是这样的|不对|不对的|不会|不会的|不能|不能够|不可以|没有|没有的|没|无|未|不存在|
  并非|并非如此|并非这样|并不是|并不是的|并不|并没有|并不会|并不能|不正确|不正确的|错误|错误的|错|错的|不属于|不需要|不必|无需|不应该|不应当|不建议|不推荐|否定|否定的|是否定的|有误|不成立|不属实|
  no|nope|nah|i do not think so|not at all|it does not|it is not|it did not|absolutely not|definitely not|certainly not|of course not|not true|
  not correct|not right|not really|incorrect|false|wrong|untrue|that is not correct|that is not true|that is not right|
  this is not true|this is not correct|that is incorrect|that is false|this is false|this is incorrect`);

/** What precedes an answer of one word: nothing, a mark, or an introduction. */
const BEFORE =
  /(?:^|[\n?:]|(?:^|[^\p{Script=Han}])(?:答|回答)|(?:答案|结论|结果|判断)(?:应该?)?[是为]?|认为|觉得|(?:^|[\n?:,])\s*(?:很?可能|也许|大概|应该|应当|当然|目前|一般|通常)|\b(?:answer|decision|conclusion|verdict) (?:is|would be|must be|should be)|\b(?:think|believe|say)|[\u0001])[ \t]*$/iu;
/** What may precede a word that is a full answer alone. */
const SENTENCE = /[.。!;,]\s*$/u;
const AFTER = /^\s*(?:[,.。!;)\n…-]|$)/u;

const OF_TRUTH = /正确|错误|错的|对的|不对|有误|不成立|不属实|correct|true|false|right|wrong/;

/** How far before a word to look. */
const BACK = 40;

/** The polarity of a task's labels; null where they have none, or more than one. */
export function polarityOf(labels: ReadonlySet<string>): Polarity | null {
  const forms = new Map([...labels].map((label) => [label.trim().toLowerCase(), label]));
  const found: Polarity[] = [];
  for (const family of FAMILIES) {
    const yes = words(family.yes).flatMap((form) => forms.get(form) ?? []);
    const no = words(family.no).flatMap((form) => forms.get(form) ?? []);
    const [first, second] = [yes[0], no[0]];
    if (first === undefined || second === undefined || yes.length + no.length > 2) continue;
    const { plain } = family;
    const [presence, truth] = [family === PRESENCE, family === TRUTH];
    found.push({ yes: first, no: second, onlyTwo: labels.size === 2, presence, plain, truth });
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}

interface Word {
  readonly text: string;
  readonly label: string;
  /** A negation alone usually takes something back or denies it: it answers only where an answer is due. */
  readonly short: boolean;
}

/** Finds labels, and their synonyms where those are answers. */
export function withOtherWords(find: LabelFinder, polarity: Polarity): LabelFinder {
  if (!polarity.plain) return find;
  const byFirst = new Map<string, Word[]>();
  const put = (text: string, label: string): void => {
    const short = text.length < 2 || /^(?:不|错|no$)/.test(text);
    const first = text.slice(0, 1);
    byFirst.set(first, [...(byFirst.get(first) ?? []), { text, label, short }]);
  };
  for (const text of SAYS_YES) put(text, polarity.yes);
  for (const text of SAYS_NO) put(text, polarity.no);
  for (const known of byFirst.values()) known.sort((a, b) => b.text.length - a.text.length);
  return (text, at) => {
    const found = find(text, at);
    for (const word of byFirst.get(text.slice(at, at + 1).toLowerCase()) ?? []) {
      const { length } = word.text;
      if (found && found.length >= length) break;
      if (text.slice(at, at + length).toLowerCase() !== word.text) continue;
      if (!AFTER.test(text.slice(at + length, at + length + 3))) continue;
      const before = text.slice(Math.max(0, at - BACK), at);
      const within =
        polarity.truth && OF_TRUTH.test(word.text) && !/\p{Script=Latin}$/u.test(before);
      const alone = BEFORE.test(before) || (!word.short && SENTENCE.test(before));
      if (alone || within) return { label: word.label, length };
    }
    return found;
  };
}

const ABSENT =
  /没有|没能?发现|未见|未发现|未提示|未检出|未出现|未显示|不存在|并无|否认|不伴|(?<![有])无(?!法|论|需|须|意|效|关|疑|从)/u;
const PRESENT = /(?<![没未具])有(?!没有|无|待|限|关|时|些|效|可能)|存在|可见|伴有/u;
const UNSURE =
  /或|可能|也许|是否|有无|有没有|不清楚|不确定|不明|无法|难以|尚|待|并非|不是|如果|若/u;

/** The label that the first sentence of an answer states; null where it states none plainly. */
export function sentenceSays(plain: string, polarity: Polarity): string | null {
  const [sentence = ''] = plain.trim().split(/[。.!！?？;；\n]/u, 1);
  if (UNSURE.test(sentence)) return null;
  if (polarity.presence) return presenceIn(sentence, polarity);
  return polarity.truth ? truthIn(sentence, polarity) : null;
}

/** 患者没有高血压病史, 未见异常, 有高血压病史 */
function presenceIn(sentence: string, { yes, no }: Polarity): string | null {
  const absent = ABSENT.test(sentence);
  const present = PRESENT.test(sentence.replace(new RegExp(ABSENT, 'gu'), ''));
  if (absent && present) return null;
  return absent ? no : present ? yes : null;
}

/** 该说法不正确, 说法有误 */
function truthIn(sentence: string, { yes, no }: Polarity): string | null {
  if (/[,，]/u.test(sentence)) return null;
  const ends = (words: readonly string[]): boolean =>
    words.some((word) => OF_TRUTH.test(word) && sentence.endsWith(word));
  return ends(SAYS_NO) ? no : ends(SAYS_YES) ? yes : null;
}

/** The label of an answer that is nothing but a sign, "(+)". */
export function signIn(written: string, { yes, no, plain, presence }: Polarity): string | null {
  const sign = /^[\s(（[]*([+＋\-－−])[\s)）\]。.]*$/u.exec(written)?.[1];
  const signed = !plain && !presence && /阳|positive/i.test(yes);
  if (sign === undefined || !signed) return null;
  return sign === '+' || sign === '＋' ? yes : no;
}
