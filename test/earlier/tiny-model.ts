/** A model of few random weights, imported as if a person had dropped its folder. */
import { readFile } from 'node:fs/promises';
import { randomCheckpoint } from '../gpu/model-folders.ts';
import { parseModelConfig } from '../../src/engine/model/config.ts';
import { writeSafetensors } from '../../src/formats/weights/safetensors-writer.ts';
import type { Studio } from '../../src/worker/testing/studio.ts';

/** Ends turns in words of its own: version 0.1.0 took only special tokens for an end that is learnt. */
const TEMPLATE =
  "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + ' [OVER]\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

/** A folder that a person dropped: few random weights, with the tokenizer of the built-in model. */
export async function bringTinyModel({ client }: Studio, name = 'tiny'): Promise<string> {
  const builtIn = 'public/models/medcare-nano';
  const own = {
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    layer_types: ['full_attention', 'full_attention'],
  };
  const known = JSON.parse(await readFile(`${builtIn}/config.json`, 'utf8')) as object;
  const config = { ...known, ...own };
  const tensors = randomCheckpoint(parseModelConfig(config), 7).map(
    ({ name, shape, values: data }) => [name, { dtype: 'BF16', shape, data }] as const,
  );
  const weights = writeSafetensors(new Map(tensors), new Map([['format', 'pt']]));
  const tokenizer = JSON.parse(
    await readFile(`${builtIn}/tokenizer_config.json`, 'utf8'),
  ) as object;
  const texts = [
    new File([await readFile(`${builtIn}/tokenizer.json`)], 'tokenizer.json'),
    new File([JSON.stringify({ ...tokenizer, chat_template: TEMPLATE })], 'tokenizer_config.json'),
  ];
  const files = [
    new File([JSON.stringify(config)], 'config.json'),
    new File([weights.slice()], 'model.safetensors'),
    ...texts,
  ];
  const paths = files.map((file) => `tiny/${file.name}`);
  return (await client.call('models.import', { files, paths, name, task: 'import' })).id;
}
