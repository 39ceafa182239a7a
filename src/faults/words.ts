/** What each language must have words for: every fault, every fault of a row, what was kept, what a task is doing. */
import type {
  FaultCode,
  FaultData,
  FaultDescription,
  Faults,
  KeptCode,
  Note,
  Notes,
} from './catalogue.ts';
import { bufferPurpose, type BufferGroup } from './buffers.ts';
import type { ImportFaults, RowFaultCode, RowFaultData, RowFaults } from './catalogue/rows.ts';

/** What happened and what to do, from the data of a fault. */
export type Sentences = readonly [message: string, remedy: string];

/** Words for every fault of an area: a missing one, or data that a throw does not give, does not compile. */
export type Words<F> = { readonly [C in keyof F]: (data: F[C]) => Sentences };

/** Words for every reason that a fault may have, from the data that comes with the reason. */
export type ReasonWords<R extends { readonly reason: string }> = {
  readonly [C in R['reason']]: (data: Extract<R, { readonly reason: C }>) => string;
};

/** A clause for every fault of a row. */
export type RowWords = { readonly [C in RowFaultCode]: (data: RowFaults[C]) => string };

/** What the buffers of the device are for. */
export interface BufferWords {
  readonly groups: Readonly<Record<BufferGroup, string>>;
  /** @param layer counted from 1 */
  readonly ofLayer: (what: string, layer: number) => string;
  readonly backward: (what: string) => string;
}

/** Everything that one language says. */
export interface Language {
  readonly faults: Words<Faults>;
  readonly kept: Readonly<Record<KeptCode, string>>;
  /** `said`: what happened, where a note tells of a fault. */
  readonly rows: RowWords;
  /** Names of the faults of data sets' rows, for lists to choose from. */
  readonly rowNames: Readonly<Record<keyof ImportFaults, string>>;
  readonly notes: { readonly [C in keyof Notes]: (data: Notes[C], said: string) => string };
  readonly buffers: BufferWords;
}

/** What a buffer is for, by the name that a plan or a fault gives it: the name itself says nothing to people. */
export function bufferWords({ groups, ofLayer, backward }: BufferWords, name: string): string {
  const purpose = bufferPurpose(name);
  const what = groups[purpose.group];
  const told = purpose.backward ? backward(what) : what;
  return purpose.layer === null ? told : ofLayer(told, purpose.layer);
}

/** The sentences of a fault; null where another version of the studio named it. */
export function faultWords({ faults }: Language, code: string, data: FaultData): Sentences | null {
  if (!Object.hasOwn(faults, code)) return null;
  // What is stored under a code has the data of that code; earlier versions may lack some, which reads as nothing.
  const words = faults[code as FaultCode] as (data: FaultData) => Sentences;
  return words(data);
}

/** Why a row is listed; null where another version of the studio named it. */
export function rowWords(
  { rows }: Pick<Language, 'rows'>,
  code: string,
  data: RowFaultData,
): string | null {
  if (!Object.hasOwn(rows, code)) return null;
  // As of faults: what is stored under a code has the data of that code.
  const words = rows[code as RowFaultCode] as (data: RowFaultData) => string;
  return words(data);
}

/** The name of a row's fault; of another version's, its code. */
export function rowName({ rowNames }: Language, code: string): string {
  return Object.hasOwn(rowNames, code) ? rowNames[code as keyof ImportFaults] : code;
}

/** What was kept; what earlier versions stored is a sentence already. */
export function keptWords({ kept }: Language, code: string): string {
  return Object.hasOwn(kept, code) ? kept[code as KeptCode] : code;
}

/** What a task is doing, or why a plan does not fit. */
export function noteWords(language: Language, note: Note): string {
  const words = language.notes[note.code] as (data: Note, said: string) => string;
  return words(note, 'fault' in note ? messageOf(language, note.fault) : '');
}

function messageOf(language: Language, { code, message, data }: FaultDescription): string {
  return faultWords(language, code, data)?.[0] ?? message;
}

/** A reason in words; what stands there of an earlier version is a clause already. */
export function reasonWords<R extends { readonly reason: string }>(
  words: ReasonWords<R>,
  data: R,
): string {
  const { reason } = data;
  if (!Object.hasOwn(words, reason)) return reason;
  return words[reason as R['reason']](data as Extract<R, { readonly reason: R['reason'] }>);
}
