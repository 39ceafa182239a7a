/** The words of faults, rows and notes in the language of the page; its words are fetched once they are needed. */
import { create } from 'zustand';
import type { FaultDescription, Note } from '../../../faults/catalogue.ts';
import type { RowFaultData } from '../../../faults/catalogue/rows.ts';
import {
  bufferWords,
  faultWords,
  keptWords,
  noteWords,
  rowName,
  rowWords,
  type Language as Words,
} from '../../../faults/words.ts';
import { useLanguage, type Language } from '../../../studio/language.ts';
import { seenControls } from '../seen-controls.ts';

export interface ErrorText {
  readonly message: string;
  readonly kept: string;
  readonly remedy: string;
}

interface Fetched {
  readonly of: Language | null;
  readonly words: Words | null;
}

/** The fetched words and their language; null until then. */
export const useFaultWords = create<Fetched>()(() => ({ of: null, words: null }));

/** Fetches the words of the page's language; where that fails, faults of the worker stay English. */
export async function loadFaultWords(): Promise<void> {
  const of = useLanguage.getState().shown;
  if (useFaultWords.getState().of === of) return;
  const words =
    of === 'zh'
      ? (await import('../../../faults/zh/chinese.ts')).chinese
      : (await import('../../../faults/en/english.ts')).english;
  useFaultWords.setState({ of, words });
}

function wordsOfPage(): Words | null {
  const { of, words } = useFaultWords.getState();
  return of === useLanguage.getState().shown ? words : null;
}

/** A fault's three sentences in the page's language; they may quote names and texts of any file. */
export function errorText(error: FaultDescription): ErrorText {
  const words = wordsOfPage();
  const [message, remedy] = sentences(words, error);
  return {
    message: seenControls(message),
    kept: seenControls(keptText(words, error.kept)),
    remedy: seenControls(remedy),
  };
}

type Sentences = readonly [message: string, remedy: string];

function sentences(
  words: Words | null,
  { code, message, remedy, data }: FaultDescription,
): Sentences {
  // A fault brings its English along, unless the page itself threw it (faults/spoken.ts).
  const english = message === code ? null : ([message, remedy] as const);
  if (!words || (english && useLanguage.getState().shown === 'en')) return [message, remedy];
  try {
    const said = faultWords(words, code, data) ?? [message, remedy];
    return english && lacksData(said, english) ? english : said;
  } catch {
    // Faults stored by an earlier version may lack data that these words need.
    return [message, remedy];
  }
}

/** Whether a sentence has a hole for a name or a figure where the English that came with the fault has none. */
function lacksData(said: Sentences, english: Sentences): boolean {
  const has = (hole: string) => (sentence: string) => sentence.includes(hole);
  return ['undefined', 'NaN'].some((hole) => said.some(has(hole)) && !english.some(has(hole)));
}

/** Codes have no blanks; earlier versions stored sentences. */
function keptText(words: Words | null, kept: string): string {
  if (words) return keptWords(words, kept);
  return kept.includes(' ') ? kept : '';
}

/** What a task is doing, or why a plan does not fit; '' for nothing, and until the words are there. */
export function noteText(note: Note | null): string {
  const words = wordsOfPage();
  return note && words ? seenControls(noteWords(words, note)) : '';
}

/** What a buffer of the device is for; '' until the words are there. */
export function bufferText(name: string): string {
  const words = wordsOfPage();
  return words ? bufferWords(words.buffers, name) : '';
}

/** A fault of a row as it is listed, with its English. */
interface ListedRow {
  readonly code: string;
  readonly reason: string;
  readonly data?: RowFaultData;
}

/** Why a row is listed, in the page's language; it may quote the row. */
export function rowReason({ code, reason, data = {} }: ListedRow): string {
  const words = useLanguage.getState().shown === 'en' ? null : wordsOfPage();
  return seenControls((words && rowWords(words, code, data)) ?? reason);
}

/** The name of a row's fault; its code until the words are there. */
export function rowFaultName(code: string): string {
  const words = wordsOfPage();
  return words ? rowName(words, code) : code;
}

/** What happened, beside a field; null where nothing did. */
export function errorMessage(error: FaultDescription | null): string | null {
  return error && errorText(error).message;
}
