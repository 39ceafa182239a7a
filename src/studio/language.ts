/** The language of the studio; words in English and Chinese side by side. */
import { create } from 'zustand';
import { readPreference, writePreference } from './preferences.ts';

/** The languages of the studio, each under its own name. */
export const languageNames = { en: 'English', zh: '中文' } as const;

export type Language = keyof typeof languageNames;
export type LanguageChoice = 'system' | Language;

interface LanguageState {
  readonly choice: LanguageChoice;
  /** The language that is shown now. */
  readonly shown: Language;
  readonly choose: (choice: LanguageChoice) => void;
}

function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languageNames, value);
}

/** The first of the system's languages that the studio speaks; English where it speaks none of them. */
function resolve(choice: LanguageChoice): Language {
  if (choice !== 'system') return choice;
  const wanted = 'navigator' in globalThis ? globalThis.navigator.languages : [];
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

function parseChoice(value: unknown): LanguageChoice | null {
  return value === 'system' || isLanguage(value) ? value : null;
}

const initial = readPreference('language', parseChoice) ?? 'system';

/** English or Chinese: the system's choice until a person chooses. */
export const useLanguage = create<LanguageState>()((set) => ({
  choice: initial,
  shown: resolve(initial),
  choose: (choice) => {
    writePreference('language', choice === 'system' ? null : choice);
    set({ choice, shown: resolve(choice) });
  },
}));

/** The tag for writing dates and numbers now (BCP 47). */
export function locale(): string {
  return useLanguage.getState().shown === 'zh' ? 'zh-CN' : 'en-GB';
}

/** Puts the language on the document, now and whenever it changes. */
export function followLanguage(): void {
  const apply = () => {
    document.documentElement.lang = locale();
  };
  apply();
  useLanguage.subscribe(apply);
}

/**
 * The words of one part of the studio in every language: plain strings, and functions where a sentence
 * holds a value. The compiler checks that all languages have the same keys and arguments. Call the result
 * where words are shown, never at the top of a module; the page is drawn again when the language changes. What is kept
 * between drawings (`memo`) asks through `useWords`.
 */
export function inLanguages<Words>(words: {
  readonly en: Words;
  readonly zh: NoInfer<Words>;
}): () => Words {
  return () => words[useLanguage.getState().shown];
}

/** The words for a component that `memo` keeps: it is drawn again when the language changes. */
export function useWords<Words>(words: () => Words): Words {
  useLanguage((state) => state.shown);
  return words();
}
