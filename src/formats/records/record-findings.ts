/** Counts what an import found besides records and problems, so that nothing of a file is dropped silently. */
import type { JsonValue } from '../texts/json.ts';
import type { FilePlace } from './record-types.ts';

export type FindingCode =
  /** The file is in another encoding than UTF-8, which the example names. */
  | 'encoding'
  /** Lines with bytes that are no text in the file's encoding. */
  | 'not-text'
  /** A field that holds something and was not read. */
  | 'unused-field'
  /** Something beside the rows, in an object around them. */
  | 'beside-rows'
  /** Answers that the file excludes from training. */
  | 'untrained'
  /** Conversations that end with a question: it is read, and nothing is learned from it. */
  | 'unanswered'
  /** Rows that are left out because somebody marked their answer as bad. */
  | 'marked-bad'
  /** Answers with reasoning, and what happened to it. */
  | 'reasoning-train'
  | 'reasoning-keep'
  | 'reasoning-drop'
  /** Words such as NaN that were read as an empty field. */
  | 'not-a-number';

/** The place is that of the first occurrence. */
export interface Finding extends FilePlace {
  readonly code: FindingCode;
  /** The field, where the finding is about one. */
  readonly field?: string;
  readonly count: number;
  /** Value of the first occurrence, as text, cut where it is long. */
  readonly example?: string;
}

const OF_ENCODING: readonly FindingCode[] = ['encoding', 'not-text'];

/** Number of fields that are told apart; any further ones are counted together. */
const MAX_FIELDS = 100;
const EXAMPLE_LENGTH = 120;
const MAX_NAME = 200;

/** A value as text, cut where it is long. */
function shown(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH)}…` : text;
}

/** What a finding is about, besides its code and place. */
interface About {
  readonly field?: string;
  readonly value?: JsonValue;
  /** 1 unless given. */
  readonly count?: number;
}

/** Counts findings. */
export class Findings {
  readonly #known = new Map<string, { -readonly [K in keyof Finding]: Finding[K] }>();

  add(code: FindingCode, { line, row }: FilePlace, about: About = {}): void {
    const { field: name, value, count = 1 } = about;
    let field = name;
    const key = name === undefined ? code : `${code} ${name}`;
    let known = this.#known.get(key);
    if (known === undefined && field !== undefined && this.#known.size >= MAX_FIELDS) {
      field = '…';
      known = this.#known.get(`${code} …`);
    }
    if (known) {
      known.count += count;
      return;
    }
    this.#known.set(field === name ? key : `${code} …`, {
      code,
      ...(field !== undefined && { field: field.slice(0, MAX_NAME) }),
      count,
      line,
      ...(row !== undefined && { row }),
      ...(value !== undefined && { example: shown(value) }),
    });
  }

  /**
   * Findings, most frequent first within each kind. What is wrong with the file's encoding comes first, because it
   * explains other findings; then kinds in the order in which they were found.
   */
  list(): Finding[] {
    const all = [...this.#known.values()];
    const kinds = [...new Set([...OF_ENCODING, ...all.map(({ code }) => code)])];
    return kinds.flatMap((kind) =>
      all.filter(({ code }) => code === kind).sort((a, b) => b.count - a.count),
    );
  }
}
