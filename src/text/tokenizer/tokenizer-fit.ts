/** Drops tokens that were added to a tokenizer but never to the model, such as a padding token. */
import { isJsonObject, parseJsonObject } from '../../formats/texts/json.ts';
import type { JsonValue } from '../../formats/texts/json.ts';

/**
 * Gives tokenizer.json without added tokens that the model has no embedding for: no text may become such a token.
 * @param size rows of the model's embedding
 * @throws StudioError `json-…`
 */
export function withinVocabulary(tokenizerJson: string, size: number): string {
  const json = parseJsonObject(tokenizerJson, {
    name: 'tokenizer.json',
    maxLength: 64_000_000,
    prototypeKeys: 'allow',
  });
  const { added_tokens: added } = json;
  if (!Array.isArray(added)) return tokenizerJson;
  const beyond = (entry: JsonValue): boolean => {
    const id = isJsonObject(entry) ? entry['id'] : null;
    return typeof id === 'number' && id >= size;
  };
  return JSON.stringify({
    ...json,
    added_tokens: added.filter((entry: JsonValue) => !beyond(entry)),
  });
}
