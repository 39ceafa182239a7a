/** Whether a file of a data set that exists in English and Spanish is the English or the Spanish one. */
import type { FileAbout } from './task.ts';

const SPANISH = /[¿¡ñ]|\b(?:el|la|los|las|del|una|que|qué|cuál|en|se)\b/gu;
const ENGLISH = /\b(?:the|of|which|what|is|are|to|and|with|in)\b/gu;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** By the name or folder of the file, where that says it; else by the commoner words of its first rows. */
export function languageOf({ path, text }: FileAbout): 'en' | 'es' {
  const named = /(?:^|[/_.-])(en|es)(?=[/_.-]|$)/u.exec(path)?.[1];
  if (named === 'en' || named === 'es') return named;
  const words = text.toLowerCase();
  return count(words, SPANISH) > count(words, ENGLISH) ? 'es' : 'en';
}
