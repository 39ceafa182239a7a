/** Joins words by the marks of the page's language: commas, colons, brackets. */
import { inLanguages } from '../../../studio/language.ts';

const marks = inLanguages({
  en: { comma: ', ', clause: '; ', colon: ': ', open: ' (', close: ')', sentence: ' ' },
  zh: { comma: '、', clause: '；', colon: '：', open: '（', close: '）', sentence: '' },
});

/** "a, b", "a、b". */
export function listed(words: readonly string[]): string {
  return words.join(marks().comma);
}

/** Clauses of a sentence: "a; b", "a；b". */
export function clauses(words: readonly string[]): string {
  return words.join(marks().clause);
}

/** Whole sentences, one after the other. */
export function sentences(words: readonly string[]): string {
  return words.join(marks().sentence);
}

/** "what: words", "what：words". */
export function named(what: string, words: string): string {
  return what + marks().colon + words;
}

/** "words (more)", "words（more）". */
export function bracketed(words: string, more: string): string {
  return words + marks().open + more + marks().close;
}
