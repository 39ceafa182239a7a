/** A folder with an adapter alone: what it is an adapter for, and what to do with it. */
import { StudioError } from '../../errors.ts';
import { parseJsonObject } from '../texts/json.ts';

/** The file that names an adapter's base model. */
export const ADAPTER_CONFIG = 'adapter_config.json';

/** @param config text of adapter_config.json */
export function adapterAlone(config: string): StudioError {
  let base = '';
  let kind = 'LoRA';
  try {
    const declared = parseJsonObject(config, { name: ADAPTER_CONFIG });
    const { base_model_name_or_path: name, peft_type: type } = declared;
    if (typeof name === 'string') base = name.slice(0, 200);
    if (typeof type === 'string' && type !== 'LORA') kind = type.slice(0, 40);
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown;
  }
  const of = base === '' ? 'a base model that it does not name' : `"${base}"`;
  return new StudioError({
    code: 'weights-adapter-alone',
    message: `This is a ${kind} adapter for ${of}, not a whole model: it holds what training changed and not the weights it changed.`,
    kept: 'Models already loaded.',
    remedy:
      'To train from the start, bring the base model: drop its folder, or look it up by name on the Model page. To use what the adapter learned, merge the two where Python is: PeftModel.from_pretrained(base, "folder").merge_and_unload().save_pretrained("merged"), copy the tokenizer files there too, and drop the folder "merged".',
    data: { base, kind },
  });
}
