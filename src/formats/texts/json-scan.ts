/**
 * Scans one JSON value inside a longer text (RFC 8259, strict), and says where it ends, or where and why it is
 * refused. It keeps its own stack instead of recursing, so depth costs no call stack, and it sees what a parser
 * hides: duplicate keys, keys that poison prototypes, the exact place of a fault.
 */

import type { JsonFlaw, JsonSyntaxReason } from '../../faults/catalogue/files.ts';

export interface JsonScanRules {
  /** Deepest nesting of arrays and objects accepted. */
  readonly maxDepth: number;
  /** Whether the keys `__proto__` and `constructor` are refused (vocabularies hold them rightly). */
  readonly prototypeKeys: 'refuse' | 'allow';
  /** Whether the same key twice in one object is refused. */
  readonly duplicateKeys: 'refuse' | 'allow';
  /** Whether NaN and Infinity, which are no JSON but which some programs write, are read as null. */
  readonly bareWords?: 'null';
}

/** Rules for reading rows of records. */
export const ROW_RULES: JsonScanRules = {
  maxDepth: 64,
  prototypeKeys: 'refuse',
  duplicateKeys: 'refuse',
  bareWords: 'null',
};

/** A word that stands for null: its position and its length. */
type BareWord = readonly [at: number, length: number];

export type JsonScan =
  | { readonly ok: true; readonly end: number; readonly words: readonly BareWord[] }
  | {
      readonly ok: false;
      readonly position: number;
      readonly flaw: JsonFlaw;
    };

// JSON forbids raw control characters in strings.
const PLAIN_CHARACTERS = new RegExp('[^"\\\\\\u0000-\\u001f]*', 'y');
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WHITESPACE = /[ \t\n\r]*/y;
const LITERALS = ['true', 'false', 'null'] as const;
const BARE_WORDS = ['NaN', 'Infinity', '-Infinity'] as const;
const NO_WORDS: readonly BareWord[] = [];

/** Position of the first unit at or after `position` that is not JSON white space. */
export function skipWhitespace(text: string, position: number): number {
  WHITESPACE.lastIndex = position;
  WHITESPACE.test(text);
  return WHITESPACE.lastIndex;
}

interface Frame {
  readonly close: ']' | '}';
  readonly keys: Set<string> | undefined;
}

class ScanFault {
  readonly position: number;
  readonly flaw: JsonFlaw;
  constructor(position: number, flaw: JsonFlaw) {
    this.position = position;
    this.flaw = flaw;
  }
}

function syntax(position: number, reason: JsonSyntaxReason): ScanFault {
  return new ScanFault(position, { code: 'json-syntax', reason });
}

/** End of the string whose opening quote is at `position`. */
function scanString(text: string, position: number): number | ScanFault {
  let at = position + 1;
  for (;;) {
    PLAIN_CHARACTERS.lastIndex = at;
    PLAIN_CHARACTERS.test(text);
    at = PLAIN_CHARACTERS.lastIndex;
    const unit = text[at];
    if (unit === '"') return at + 1;
    if (unit === undefined) return syntax(at, 'string-open');
    if (unit !== '\\') return syntax(at, 'control-character');
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return syntax(at, 'escape');
    at = ESCAPE.lastIndex;
  }
}

function scanScalar(
  text: string,
  position: number,
  words: BareWord[] | undefined,
): number | ScanFault {
  const unit = text[position];
  if (unit === undefined) return syntax(position, 'ends');
  if (unit === '"') return scanString(text, position);
  NUMBER.lastIndex = position;
  if (NUMBER.test(text)) return NUMBER.lastIndex;
  for (const literal of LITERALS) {
    if (text.startsWith(literal, position)) return position + literal.length;
  }
  const word = BARE_WORDS.find((known) => text.startsWith(known, position));
  if (word !== undefined) {
    words?.push([position, word.length]);
    if (words) return position + word.length;
    return syntax(position, 'not-a-number');
  }
  return noValue(text, position);
}

/** The fault of a text that has something else where a value or a key is due. */
function noValue(text: string, position: number, key = false): ScanFault {
  if (text[position] === "'" || /^(?:None|True|False)\b/.test(text.slice(position, position + 6)))
    return syntax(position, 'python');
  if (text[position] === '#' || /^\/[/*]/.test(text.slice(position, position + 2)))
    return syntax(position, 'comment');
  if (
    /[\]}]/.test(text[position] ?? '') &&
    /,\s*$/.test(text.slice(Math.max(0, position - 40), position))
  )
    return syntax(position, 'comma-too-many');
  return key ? syntax(position, 'key') : syntax(position, 'value');
}

/** Reads `"key" :` and returns the position of the value, after checking the key against the rules. */
function scanKey(
  text: string,
  position: number,
  keys: Set<string> | undefined,
  rules: JsonScanRules,
): number | ScanFault {
  if (text[position] !== '"') return noValue(text, position, true);
  const end = scanString(text, position);
  if (end instanceof ScanFault) return end;
  const raw = text.slice(position, end);
  const key: string = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
  if (rules.prototypeKeys === 'refuse' && (key === '__proto__' || key === 'constructor')) {
    return new ScanFault(position, { code: 'json-prototype-key', key });
  }
  if (keys !== undefined) {
    if (keys.has(key)) {
      const shown = key.length > 80 ? `${key.slice(0, 80)}…` : key;
      return new ScanFault(position, { code: 'json-duplicate-key', key: shown });
    }
    keys.add(key);
  }
  const colon = skipWhitespace(text, end);
  if (text[colon] !== ':') return syntax(colon, 'colon');
  return skipWhitespace(text, colon + 1);
}

/** Scans the value that begins at `begin` (white space before it is skipped). */
export function scanJsonValue(text: string, begin: number, rules: JsonScanRules): JsonScan {
  const words: BareWord[] | undefined = rules.bareWords === 'null' ? [] : undefined;
  const result = scan(text, begin, rules, words);
  if (typeof result === 'number') return { ok: true, end: result, words: words ?? NO_WORDS };
  const { position, flaw } = result;
  return { ok: false, position, flaw };
}

/** A text with every word that stands for null replaced by null. @param offset its beginning in the scanned text */
export function withoutBareWords(text: string, words: readonly BareWord[], offset: number): string {
  let written = '';
  let from = 0;
  for (const [at, length] of words) {
    written += `${text.slice(from, at - offset)}null`;
    from = at - offset + length;
  }
  return words.length === 0 ? text : written + text.slice(from);
}

function scan(
  text: string,
  begin: number,
  rules: JsonScanRules,
  words: BareWord[] | undefined,
): number | ScanFault {
  const stack: Frame[] = [];
  let at = skipWhitespace(text, begin);
  for (;;) {
    // A value is due at `at`.
    const open = text[at];
    if (open === '{' || open === '[') {
      if (stack.length >= rules.maxDepth) {
        const levels = rules.maxDepth;
        return new ScanFault(at, { code: 'json-depth', levels });
      }
      const close = open === '{' ? '}' : ']';
      const first = skipWhitespace(text, at + 1);
      if (text[first] === close) {
        at = first + 1;
      } else {
        const collect = open === '{' && rules.duplicateKeys === 'refuse';
        const frame: Frame = { close, keys: collect ? new Set() : undefined };
        stack.push(frame);
        const value = open === '{' ? scanKey(text, first, frame.keys, rules) : first;
        if (value instanceof ScanFault) return value;
        at = value;
        continue;
      }
    } else {
      const end = scanScalar(text, at, words);
      if (end instanceof ScanFault) return end;
      at = end;
    }
    // A value has ended at `at`: close the containers that end here, or go on to the next member.
    let more = false;
    while (!more) {
      const frame = stack.at(-1);
      if (frame === undefined) return at;
      at = skipWhitespace(text, at);
      if (text[at] === frame.close) {
        stack.pop();
        at += 1;
      } else if (text[at] === ',') {
        at = skipWhitespace(text, at + 1);
        if (frame.close === '}') {
          const value = scanKey(text, at, frame.keys, rules);
          if (value instanceof ScanFault) return value;
          at = value;
        }
        more = true;
      } else {
        const { close } = frame;
        return new ScanFault(at, { code: 'json-syntax', reason: 'comma', close });
      }
    }
  }
}
