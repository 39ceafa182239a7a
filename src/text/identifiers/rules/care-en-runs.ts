/** Capitalised words that stand together as those of one name of a place of care. */
import type { Word } from './names/names-en-facts.ts';

interface Run {
  readonly words: Word[];
  readonly start: number;
  readonly end: number;
}

/** "'s and the " */
const MOST_BETWEEN = 12;

/** Runs of capitalised words, which "of", "and", "the" may join, on one line. */
export function runs(text: string, capitals: readonly Word[]): Run[] {
  const found: Run[] = [];
  let words: Word[] = [];
  const close = (): void => {
    const [first] = words;
    const last = words.at(-1);
    if (first && last) found.push({ words, start: first.start, end: last.end });
    words = [];
  };
  for (const word of capitals) {
    const last = words.at(-1);
    if (last && word.start - last.end > MOST_BETWEEN) close();
    else if (last && !(word.start === last.end + 1 && text[last.end] === ' ')) {
      const gap = text.slice(last.end, word.start);
      const near =
        /^(?:'s?)? ?(?:& )?$|^\. ?$|^'s? $|^,? (?:of|and|&|for)(?: the)? $|^-$|^'s $/.test(gap);
      const stops =
        gap.startsWith('.') &&
        !(
          last.end - last.start <= 2 ||
          /^(?:mt|ste|dr|st|ft)$/i.test(text.slice(last.start, last.end))
        );
      // "Penwick Hospital and Dunmore Clinic" are two.
      const two =
        gap.startsWith(' and') &&
        /^(?:hospital|infirmary|clinic|surgery|hospice)$/i.test(text.slice(last.start, last.end)) &&
        !/^(?:Clinics?|Health|Medical|Research|Maternity|Community|Children|Women|Surgical|Rehab|Cancer|Heart)/.test(
          text.slice(word.start, word.end),
        );
      if (!near || stops || two) close();
    }
    words.push(word);
  }
  close();
  return found;
}
