/** Stands in for spoken.ts in the page, which loads without the words; the views fetch them. */
import type { Language } from './words.ts';

export const spoken: Language | null = null;
