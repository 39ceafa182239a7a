/** What errors and the worker's sentences read in the language of the page; the Chinese is fetched once it is needed. */
import { create } from 'zustand';
import type { StudioError } from '../../../errors.ts';
import { useLanguage } from '../../../studio/language.ts';
import type { ChineseWords } from './error-words.ts';
import { seenControls } from '../seen-controls.ts';

export interface ErrorText {
  readonly message: string;
  readonly kept: string;
  readonly remedy: string;
}

/** The fetched Chinese; null until then. */
export const useChineseWords = create<{ readonly words: ChineseWords | null }>()(() => ({
  words: null,
}));

/** Fetches the Chinese of errors where the page is Chinese; where that fails they stay English. */
export async function loadErrorWords(): Promise<void> {
  if (useLanguage.getState().shown !== 'zh' || useChineseWords.getState().words) return;
  const { chineseWords } = await import('./error-words.ts');
  useChineseWords.setState({ words: chineseWords });
}

function chinese(): ChineseWords | null {
  return useLanguage.getState().shown === 'zh' ? useChineseWords.getState().words : null;
}

/** An error's three sentences in the page's language; they may quote names and texts of any file. */
export function errorText(error: StudioError): ErrorText {
  const { message, kept, remedy } = chinese()?.error(error) ?? error;
  return {
    message: seenControls(message),
    kept: seenControls(kept),
    remedy: seenControls(remedy),
  };
}

/** A sentence of the worker in the page's language; what it does not know stays as it is. */
export function phrase(english: string): string {
  return seenControls(chinese()?.phrase(english) ?? english);
}

/** What happened, beside a field; null where nothing did. */
export function errorMessage(error: StudioError | null): string | null {
  return error && errorText(error).message;
}
