/** Everything that the worker says, in Chinese: errors by code, other sentences by their English form. */
import type { StudioError } from '../../../errors.ts';
import { ErrorFacts, type ErrorWords } from './error-facts.ts';
import { fileErrors } from './error-words-files.ts';
import { modelErrors } from './error-words-model.ts';
import { resultErrors } from './error-words-results.ts';
import { studioErrors } from './error-words-studio.ts';
import { phrases } from './phrases-zh.ts';
import { schemaWords } from './error-words-schema.ts';

export interface ChineseWords {
  /** Null where a code has no Chinese: an error of another version of the studio, say. */
  readonly error: (
    error: StudioError,
  ) => Readonly<Record<'message' | 'kept' | 'remedy', string>> | null;
  readonly phrase: (english: string) => string;
}

const errors: ReadonlyMap<string, ErrorWords> = new Map(
  Object.entries({ ...modelErrors, ...fileErrors, ...studioErrors, ...resultErrors }),
);

const whole = new Map(phrases.filter(([english]) => !english.includes('{}')));
const patterns = phrases
  .filter(([english]) => english.includes('{}'))
  // The most words first: a short pattern would take a longer one's values for its own.
  .toSorted(([one], [other]) => other.length - one.length)
  .map(([english, chinese]) => ({ pattern: patternOf(english), chinese }));

function patternOf(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.+?)')}$`, 's');
}

/** A sentence of the worker in Chinese, its values filled in; the sentence itself where there is none. */
function translate(english: string): string {
  const known = whole.get(english);
  if (known !== undefined) return known;
  for (const { pattern, chinese } of patterns) {
    const found = pattern.exec(english);
    if (found) {
      return chinese.replace(/\{(\d)\}/g, (_, place: string) => found[Number(place) + 1] ?? '');
    }
  }
  return schemaWords(english);
}

export const chineseWords: ChineseWords = {
  error: ({ code, kept, data }) => {
    const words = errors.get(code);
    if (!words) return null;
    const [message, remedy] = words(new ErrorFacts(data, translate));
    return { message, remedy, kept: translate(kept) };
  },
  phrase: translate,
};
