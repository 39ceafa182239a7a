/** Where a model of several kinds of input describes the part of it that writes text. */
import { fault } from '../../faults/fault.ts';
import { isJsonObject, type JsonObject } from '../../formats/texts/json.ts';
import { architectureNames, architectures } from './architectures/index.ts';

const INSIDE = ['text_config', 'llm_config', 'language_config', 'thinker_config'] as const;

/** Fields of the whole about the tokens of its text part, where the part lacks them. */
const OF_THE_WHOLE = ['bos_token_id', 'eos_token_id', 'pad_token_id', 'tie_word_embeddings'];

/**
 * config.json of the model that writes text: the whole file, or the text part of a multimodal model where that
 * part is a known architecture (Gemma 3 and MedGemma with pictures). Other parts are ignored.
 * @throws StudioError `config-nested` for other models of which only a part writes text
 */
export function textConfig(whole: JsonObject): JsonObject {
  if (whole['hidden_size'] !== undefined) return whole;
  const field = INSIDE.find((name) => isJsonObject(whole[name]));
  const part = field === undefined ? undefined : whole[field];
  if (field === undefined || !isJsonObject(part)) return whole;
  const [type, inner] = [typeOf(whole), typeOf(part)];
  const architecture = architectures.find(
    ({ name, config: { partOf } }) =>
      partOf?.modelType === type && partOf.field === field && ['', name].includes(inner),
  );
  if (architecture) {
    const said = Object.entries(whole).filter(([key]) => OF_THE_WHOLE.includes(key));
    return { ...Object.fromEntries(said), ...part, model_type: architecture.name };
  }
  const runs = architectureNames.some((name) => name === inner);
  throw fault(
    'config-nested',
    { type, inner, field, runs, supported: architectureNames.join(', ') },
    { kept: 'loaded-models' },
  );
}

function typeOf({ model_type: type }: JsonObject): string {
  return typeof type === 'string' ? type.slice(0, 60) : '';
}
