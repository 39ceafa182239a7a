/** Recognises a folder that holds only a PEFT adapter: says which base it is for, and what to do with it. */
import { fault, StudioError } from '../../faults/fault.ts';
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
  return fault('weights-adapter-alone', { base, kind }, { kept: 'loaded-models' });
}
