/** Reads JSON from strangers: limits its depth, checks its keys, and says where a fault is. */
import type { JsonFlaw } from '../../faults/catalogue/files.ts';
import secureJson from 'secure-json-parse';
import { fault, type StudioError } from '../../faults/fault.ts';
import { refuseStandIn, SIGNATURE_BYTES } from '../files/file-signature.ts';
import { scanJsonValue, skipWhitespace } from './json-scan.ts';
import type { JsonScanRules } from './json-scan.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** Nesting deeper than this serves only to exhaust the stack: no configuration and no record needs it. */
export const MAX_JSON_DEPTH = 64;

export interface JsonParseOptions extends Partial<JsonScanRules> {
  /** Name of the file, for messages. */
  readonly name?: string;
  /** Longest text accepted, in UTF-16 units. */
  readonly maxLength?: number;
}

const DEFAULT_RULES: JsonScanRules = {
  maxDepth: MAX_JSON_DEPTH,
  prototypeKeys: 'refuse',
  duplicateKeys: 'allow',
};

/**
 * Parses one JSON text from outside. The text is scanned first, so that every refusal gives the place
 * (UTF-16 position, 1-based line and column), then parsed by secure-json-parse.
 * @throws StudioError `json-too-long`, `json-syntax`, `json-depth`, `json-prototype-key`,
 *   `json-duplicate-key`.
 */
export function parseJson(text: string, options: JsonParseOptions = {}): JsonValue {
  const { name = 'the file', maxLength = Number.POSITIVE_INFINITY, ...rules } = options;
  if (text.length > maxLength) {
    throw fault('json-too-long', { file: name, length: text.length, maxLength });
  }
  const scanRules: JsonScanRules = { ...DEFAULT_RULES, ...rules };
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const scanned = scanJsonValue(text, begin, scanRules);
  if (!scanned.ok) {
    refuseStandIn(name, new TextEncoder().encode(text.slice(0, SIGNATURE_BYTES)));
    throw jsonFault(text, scanned.position, scanned.flaw, name);
  }
  const after = skipWhitespace(text, scanned.end);
  if (after !== text.length) {
    throw jsonFault(text, after, { code: 'json-syntax', reason: 'more' }, name);
  }
  return parseScanned(text.slice(begin), scanRules.prototypeKeys);
}

/** Parses one JSON text that must be an object. @throws StudioError as parseJson, or `json-not-object`. */
export function parseJsonObject(text: string, options: JsonParseOptions = {}): JsonObject {
  const value = parseJson(text, options);
  if (isJsonObject(value)) return value;
  throw fault('json-not-object', { file: options.name ?? '' });
}

/** Parses a text that scanJsonValue has accepted completely; the library's checks stay switched on. */
export function parseScanned(text: string, prototypeKeys: 'refuse' | 'allow'): JsonValue {
  const action = prototypeKeys === 'refuse' ? 'error' : 'ignore';
  return secureJson.parse(text, { protoAction: action, constructorAction: action }) as JsonValue;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 1-based line and column (UTF-16 units) of a position; CRLF, LF and CR each end a line. */
export function lineAndColumn(text: string, position: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = 0; i < position; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 13 && text.charCodeAt(i + 1) === 10) continue;
    if (unit === 10 || unit === 13) {
      line += 1;
      start = i + 1;
    }
  }
  return { line, column: position - start + 1 };
}

function jsonFault(text: string, position: number, flaw: JsonFlaw, file: string): StudioError {
  const place = { file, position, ...lineAndColumn(text, position) };
  switch (flaw.code) {
    case 'json-syntax': {
      const { code, ...why } = flaw;
      return fault(code, { ...place, ...why });
    }
    case 'json-depth':
      return fault(flaw.code, { ...place, levels: flaw.levels });
    case 'json-duplicate-key':
    case 'json-prototype-key':
      return fault(flaw.code, { ...place, key: flaw.key });
  }
}
