/**
 * Gives `Error.message` its language: English wherever the studio's code runs, with one exception. The page
 * shows faults in the language of its reader, so its build takes spoken-later.ts instead (vite.config.ts) and
 * fetches the words of that language alone.
 */
import { english } from './en/english.ts';
import type { Language } from './words.ts';

export const spoken: Language | null = english;
