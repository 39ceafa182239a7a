/** The language of the command line: English or Chinese, by option or by the system. */
import { english } from '../../faults/en/english.ts';
import type { Language as FaultLanguage } from '../../faults/words.ts';
import { chinese } from '../../faults/zh/chinese.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

let spoken: Language = 'en';

/** Chooses the language of all that follows. */
export function speak(language: Language): void {
  spoken = language;
}

export function spokenLanguage(): Language {
  return spoken;
}

/** The words of faults in it. */
export function faultLanguage(): FaultLanguage {
  return spoken === 'zh' ? chinese : english;
}

/** Words of the command line in every language; call the result where they are shown. */
export function inLanguages<Words>(words: {
  readonly en: Words;
  readonly zh: NoInfer<Words>;
}): () => Words {
  return () => words[spoken];
}

/** The language that the system asks for (LC_ALL, LC_MESSAGES, LANG); English where it names no other of ours. */
export function systemLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  // An empty variable counts as none.
  const set = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => env[name] ?? '');
  const wanted = set.find((value) => value !== '') ?? '';
  return /^zh/i.test(wanted) ? 'zh' : 'en';
}
