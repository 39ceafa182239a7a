/** Swaps sex or age in the text of a question, in English and Chinese. */

/** Words of one sex and of the other; both ways but where noted. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['man', 'woman'],
  ['men', 'women'],
  ['male', 'female'],
  ['males', 'females'],
  ['boy', 'girl'],
  ['boys', 'girls'],
  ['gentleman', 'lady'],
  ['he', 'she'],
  ['himself', 'herself'],
  ['husband', 'wife'],
  ['mr', 'mrs'],
];
const CHINESE_PAIRS: readonly (readonly [string, string])[] = [
  ['男性', '女性'],
  ['男子', '女子'],
  ['男士', '女士'],
  ['男人', '女人'],
  ['男孩', '女孩'],
  ['男童', '女童'],
  ['男婴', '女婴'],
  ['男患者', '女患者'],
  ['先生', '太太'],
  ['丈夫', '妻子'],
];

const both = (pairs: typeof PAIRS): [string, string][] =>
  pairs.flatMap(([one, other]): [string, string][] => [
    [one, other],
    [other, one],
  ]);

const ENGLISH = new Map([...both(PAIRS), ['him', 'her'], ['his', 'her'], ['ms', 'mr']]);
const CHINESE = new Map(both(CHINESE_PAIRS));

const ENGLISH_WORDS = new RegExp(
  String.raw`\b(?:${[...ENGLISH.keys(), 'her'].join('|')})\b`,
  'giu',
);
const CHINESE_WORDS = new RegExp([...CHINESE.keys()].join('|'), 'gu');
/** A lone 男 or 女 between signs, as in "患者，男，45岁", and 他 or 她 as words. */
const LONE_SEX = /(?<=^|[，,、。；;：:\s]|患者|病人)[男女](?=[，,、。；;\s\d]|$)/gu;
const PRONOUN = /(?<!其)他(?!人|们)|她(?!们)/gu;
/** After these, "her" is an object (him); before any other word, a possessive (his). */
const OBJECT_BEFORE =
  /^(?:\s*(?:$|[.,;:!?)])|\s+(?:a|an|the|to|with|and|for|in|on|at|by|that|who|but|or|of|from|as|because|after|before|when|if)\b)/iu;

/** Questions about organs or states of one sex: swapped, they would make no sense. */
const BOUND =
  /pregnan|prostat|ovar|uter|testi|menstru|menopaus|vagin|penis|cervi|gravid|labou?r|gyn(?:ae|e)co|erectile|妊娠|怀孕|孕|前列腺|卵巢|子宫|月经|绝经|阴道|阴茎|睾丸|产妇|分娩|宫颈|产后|哺乳/iu;

/** The text with every word of one sex replaced by that of the other; null where none is named or organs bind it. */
export function swapSex(text: string): string | null {
  if (BOUND.test(text)) return null;
  const swapped = text
    .replace(ENGLISH_WORDS, (word, at: number) => {
      const lower = word.toLowerCase();
      const after = text.slice(at + word.length);
      const other =
        lower === 'her'
          ? OBJECT_BEFORE.test(after)
            ? 'him'
            : 'his'
          : (ENGLISH.get(lower) ?? word);
      return inCaseOf(word, other);
    })
    .replace(CHINESE_WORDS, (word) => CHINESE.get(word) ?? word)
    .replace(LONE_SEX, (word) => (word === '男' ? '女' : '男'))
    .replace(PRONOUN, (word) => (word === '他' ? '她' : '他'));
  return swapped === text ? null : swapped;
}

function inCaseOf(pattern: string, word: string): string {
  if (pattern.length > 1 && pattern === pattern.toUpperCase()) return word.toUpperCase();
  const [first = ''] = pattern;
  return first === first.toUpperCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

const AGE =
  /\b(\d{1,3})(?=(?:\s|-|‑|–)?(?:years?|yrs?|y)(?:(?:\s|-|‑|–)olds?|\/o|o)\b|\s+years?\s+of\s+age)|(?<=\baged?\s)(\d{1,3})\b|(\d{1,3})(?=\s*(?:周岁|岁))/giu;
const ADULT = 18;
const OLDEST = 110;
const TURN = 50;
const YEARS = 30;

/** The text with every adult's age moved by 30 years: below 50 older, else younger; null where none is given. */
export function swapAge(text: string): string | null {
  const swapped = text.replace(AGE, (digits: string) => {
    const age = Number(digits);
    if (!(age >= ADULT && age <= OLDEST)) return digits;
    return String(age < TURN ? age + YEARS : age - YEARS);
  });
  return swapped === text ? null : swapped;
}
