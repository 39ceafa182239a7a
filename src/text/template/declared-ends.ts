/**
 * Names the tokens that end an answer in exported files, so that other programs stop where the model learned to
 * stop: first the token that the template writes after an answer, then the tokens that the base's files named.
 */
import type { TurnEnd } from './turn-end.ts';
import type { Vocabulary } from '../tokenizer/vocabulary.ts';

type Json = Readonly<Record<string, unknown>>;

const idsOf = (declared: unknown): number[] =>
  (Array.isArray(declared) ? declared : [declared]).filter((id) => typeof id === 'number');

/** A configuration whose `eos_token_id` names the template's end; unchanged where it does already. */
export function withEndIds(config: Json, end: TurnEnd, others: readonly number[] = []): Json {
  const named = idsOf(config['eos_token_id']);
  if (end.id === null || named.includes(end.id)) return config;
  const ids = [...new Set([end.id, ...named, ...others])];
  return { ...config, eos_token_id: ids.length === 1 ? ids[0] : ids };
}

/**
 * Whether the template's end can be `eos_token` too: programs that know only one end token then know the right
 * one. A template that writes `eos_token` itself would then write something else, so its model keeps the old one.
 */
export function isEosToken(vocabulary: Vocabulary, end: TurnEnd, template: string): boolean {
  if (end.id === null) return false;
  return vocabulary.idOf(vocabulary.eosToken) === end.id || !/\beos_token\b/.test(template);
}

/** tokenizer_config.json or special_tokens_map.json with the end token that the template writes. */
export function withEosToken(
  declared: Json,
  vocabulary: Vocabulary,
  end: TurnEnd,
  template: string,
): Json {
  if (end.id === null || !isEosToken(vocabulary, end, template)) return declared;
  const text = vocabulary.pieceOf(end.id) ?? '';
  const { eos_token: known } = declared;
  if (text === '' || known === text) return declared;
  // The older dialect has an object that holds the text.
  if (typeof known !== 'object' || known === null) return { ...declared, eos_token: text };
  return { ...declared, eos_token: { ...known, content: text } };
}

/** The end tokens of a GGUF file: of the text, and of a turn where that is a different token. */
export function ggufEnds(
  vocabulary: Vocabulary,
  end: TurnEnd,
  template: string,
): { readonly eos: number | undefined; readonly eot: number | undefined } {
  const [declared] = vocabulary.endIds;
  if (end.id === null || end.id === declared) return { eos: declared, eot: undefined };
  return isEosToken(vocabulary, end, template) || declared === undefined
    ? { eos: end.id, eot: undefined }
    : { eos: declared, eot: end.id };
}
