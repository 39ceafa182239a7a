/** Decides whether the answers of a set are labels: a few short answers that repeat. */

const MOST_LABELS = 6;
const LONGEST_LABEL = 30;
/** Fewest items for each label: fewer show nothing. */
const ITEMS_PER_LABEL = 3;
/** Answers that count as labels by their meaning, however few items there are. */
const VERDICTS: ReadonlySet<string> = new Set(
  'yes no maybe true false positive negative present absent 是 否 不是 不确定 有 无 没有 阳性 阴性 对 错 正确 错误'.split(
    ' ',
  ),
);

/** An answer as a label is written: without a full stop at its end. */
const labelText = (text: string): string =>
  text
    .trim()
    .replace(/[.。]+$/u, '')
    .trim();

/** Answers with the same form are one label. */
export const labelForm = (text: string): string => labelText(text).toLowerCase();

/** Whether an answer is nothing but yes or no in some form. */
export const isVerdict = (answer: string): boolean => VERDICTS.has(labelForm(answer));

/** A code of a classification: N39.0 (ICD-10), A01AB03 (ATC), C50-1. */
const CODE = /^[A-Z]{1,4}[-.]?\d[\w.+/-]{1,12}$/i;

/** How often each label was written in which way, by the form of the label. */
type Spellings = Map<string, Map<string, number>>;

function countSpelling(spellings: Spellings, answer: string): void {
  const [form, text] = [labelForm(answer), labelText(answer)];
  const written = spellings.get(form) ?? new Map<string, number>();
  spellings.set(form, written.set(text, (written.get(text) ?? 0) + 1));
}

/** The most frequent spelling of each label, in order of first appearance. */
const usualSpellings = (spellings: Spellings): string[] =>
  [...spellings.values()].map(
    (written) => [...written].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '',
  );

/**
 * The codes that the answers consist of, each once, in order of first appearance; null where one is no code or all are
 * the same. A code is right or wrong: however many there are and however seldom each, likeness of texts means nothing.
 */
export function codedAnswers(answers: readonly string[]): readonly string[] | null {
  const codes: Spellings = new Map();
  for (const answer of answers) {
    if (!CODE.test(labelText(answer))) return null;
    countSpelling(codes, answer);
  }
  return codes.size < 2 ? null : usualSpellings(codes);
}

/**
 * The labels that the answers consist of, in order of first appearance and each in its most frequent spelling;
 * null where the answers are free text. Where they are letters of options, the labels are all letters from A to the
 * last one that an answer has.
 */
export function closedAnswers(answers: readonly string[]): readonly string[] | null {
  const forms: Spellings = new Map();
  for (const answer of answers) {
    const form = labelForm(answer);
    if (form === '' || form.length > LONGEST_LABEL || form.includes('\n')) return null;
    if (!forms.has(form) && forms.size === MOST_LABELS) return null;
    countSpelling(forms, answer);
  }
  const often = answers.length >= forms.size * ITEMS_PER_LABEL;
  const plain = [...forms.keys()].every(isVerdict);
  if (forms.size < 2 || !(often || plain)) return null;
  const labels = usualSpellings(forms);
  const last = [...forms.keys()].sort().at(-1) ?? '';
  if (labels.every((label) => /^[A-H]$/.test(label))) {
    return [...'ABCDEFGH'].slice(0, 'abcdefgh'.indexOf(last) + 1);
  }
  return labels;
}
