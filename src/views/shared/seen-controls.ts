/** Makes characters visible that turn the direction of text or cannot be seen at all. */
import type { ReactNode } from 'react';

/** Characters that turn the direction of text, or are invisible; tabs and line ends stay. */
const unseen = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\t\n\r])\p{Cc}/gu;

/** A text from outside, with such characters as visible marks: ⟨U+202E⟩. */
export function seenControls(text: string): string {
  return text.replace(unseen, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${hex}⟩`;
  });
}

/** The same for everything that a widget shows: names and texts may come from any file. */
export function seen(shown: ReactNode): ReactNode {
  return typeof shown === 'string' ? seenControls(shown) : shown;
}
