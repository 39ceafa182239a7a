/** The values of an error as Chinese sentences take them up. */
import type { ErrorData } from '../../../errors.ts';
import { formatBytes, formatInteger } from '../format.ts';

/** What an error carries, by name; what is missing reads as nothing rather than as "undefined". */
export class ErrorFacts {
  readonly #data: ErrorData;
  readonly #phrase: (english: string) => string;

  constructor(data: ErrorData, phrase: (english: string) => string) {
    this.#data = data;
    this.#phrase = phrase;
  }

  has(name: string): boolean {
    const value = this.#data[name];
    return value !== undefined && value !== '' && value !== false;
  }

  /** As it is: names of files, tensors, branches. */
  text(name: string): string {
    const value = this.#data[name];
    return typeof value === 'object' ? value.join('、') : String(value ?? '');
  }

  /** A reason that the studio itself wrote, in Chinese; what a browser or a library said stays as said. */
  why(name: string): string {
    return this.#phrase(this.text(name));
  }

  number(name: string): number {
    return Number(this.#data[name] ?? 0);
  }

  /** 6109 → "6,109". */
  count(name: string): string {
    return formatInteger(this.number(name));
  }

  /** Counted from 0 in the data, from 1 in words. */
  ordinal(name: string): string {
    return formatInteger(this.number(name) + 1);
  }

  bytes(name: string): string {
    return formatBytes(this.number(name));
  }

  /** Kinds of records by their Chinese names. */
  kinds(name: string): string {
    const value = this.#data[name];
    const kinds = typeof value === 'object' ? value : [String(value ?? '')];
    return kinds
      .map((kind) => (kind === 'knowledge' ? '知识密集' : kind === 'alignment' ? '对齐' : kind))
      .join('或');
  }
}

/** One error in Chinese: what happened, what to do. */
export type ErrorWords = (facts: ErrorFacts) => readonly [message: string, remedy: string];
