/** In place of spoken.ts in the page: no words are loaded with it, the views fetch them. */
import type { Language } from './words.ts';

export const spoken: Language | null = null;
