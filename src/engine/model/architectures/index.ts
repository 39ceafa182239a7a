/** The list of every architecture that the engine runs. */
import type { Architecture } from './architecture.ts';
import { gemma3 } from './gemma3.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

const values = [qwen2, qwen3, llama, mistral, gemma3, phi3] as const;

/** `model_type` of an architecture. */
export type ArchitectureName = (typeof values)[number]['name'];

export const architectures: readonly (Architecture & { readonly name: ArchitectureName })[] =
  values;

export const architectureNames: readonly ArchitectureName[] = values.map(({ name }) => name);

/** The architecture of that name. @throws RangeError for an unknown name */
export function architectureNamed(name: ArchitectureName): Architecture {
  const found = architectures.find((value) => value.name === name);
  if (!found) throw new RangeError(`No architecture is called ${name}`);
  return found;
}
