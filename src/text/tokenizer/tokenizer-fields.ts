/** Checks that the fields of tokenizer.json that the tokenizer library trusts have the types it expects. */
import { isJsonObject } from '../../formats/texts/json.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';

type Check = (value: JsonValue) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const object: Check = (value) => isJsonObject(value);
const objects: Check = (value) => Array.isArray(value) && value.every(object);
const pattern: Check = (value) =>
  isJsonObject(value) && [value['String'], value['Regex']].some((one) => typeof one === 'string');
const tokenAndId: Check = (value) =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
const merges: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (merge: JsonValue) =>
      typeof merge === 'string' ||
      (Array.isArray(merge) && merge.length === 2 && merge.every(text)),
  );

/** Fields of normalizers, pre-tokenizers, post-processors and decoders: a name means the same in all of them. */
const COMPONENT: Readonly<Record<string, Check>> = {
  ...{ type: text, behavior: text, content: text, replacement: text, str_rep: text, prepend: text },
  ...{ prepend_scheme: text, prefix: text, suffix: text, pad_token: text, pattern },
  ...{ word_delimiter_token: text, precompiled_charsmap: text, add_prefix_space: flag },
  ...{ trim_offsets: flag, use_regex: flag, clean_text: flag, handle_chinese_chars: flag },
  ...{ lowercase: flag, strip_accents: flag, strip_left: flag, strip_right: flag, invert: flag },
  ...{ individual_digits: flag, cleanup: flag, length: count, start: count, stop: count },
  ...{ normalizers: objects, pretokenizers: objects, processors: objects, decoders: objects },
  ...{ single: objects, pair: objects, special_tokens: object, sep: tokenAndId, cls: tokenAndId },
};
const MODEL: Readonly<Record<string, Check>> = {
  ...{ type: text, unk_token: text, continuing_subword_prefix: text, end_of_word_suffix: text },
  ...{ fuse_unk: flag, byte_fallback: flag, ignore_merges: flag, unk_id: count, merges },
  max_input_chars_per_word: count,
};
const NESTED = ['normalizers', 'pretokenizers', 'processors', 'decoders'];

/** The place of a field whose type the library does not take; null where there is none. A null counts as no field. */
export function wrongField(json: JsonObject): string | null {
  for (const part of ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder']) {
    const found = inComponent(json[part] ?? null, part);
    if (found !== null) return found;
  }
  const { model } = json;
  return isJsonObject(model) ? inFields(model, MODEL, 'model') : 'model';
}

function inComponent(component: JsonValue, where: string): string | null {
  if (component === null) return null;
  if (!isJsonObject(component)) return where;
  const own = inFields(component, COMPONENT, where);
  if (own !== null) return own;
  for (const field of NESTED) {
    const list = component[field];
    if (!Array.isArray(list)) continue;
    for (const [index, inner] of list.entries()) {
      const found = inComponent(inner as JsonValue, `${where}.${field}.${index}`);
      if (found !== null) return found;
    }
  }
  return null;
}

function inFields(
  fields: JsonObject,
  checks: Readonly<Record<string, Check>>,
  where: string,
): string | null {
  for (const [name, check] of Object.entries(checks)) {
    const value = Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;
    if (value !== null && !check(value)) return `${where}.${name}`;
  }
  return null;
}
