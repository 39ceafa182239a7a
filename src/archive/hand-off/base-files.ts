/** Says what the base of a bundle must be: its files with their hashes, and how branches merge into it. It never goes along. */
import type { ModelConfig } from '../../engine/model/config.ts';
import {
  weightStorage,
  type Precision,
  type StoredTypes,
} from '../../engine/model/weight-storage.ts';
import { describeWeights } from '../../engine/model/weights.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { rotaryPositions } from '../../engine/training/run/lengths.ts';
import { mergingOf } from '../../engine/training/stage/branch-plans.ts';
import { fault } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { sealOfSource, type FileSeal } from '../../formats/files/sealer.ts';
import type { NamedSeal, RunToHandOff } from './run-to-hand-off.ts';

/** Files by which the trainer recognises a base. */
const DECIDES = /^(?:config\.json|tokenizer\.json|[^/]+\.safetensors(?:\.index\.json)?)$/;
/** The limits of a device decide in how many parts a matrix lies, not in which format. */
const NO_LIMITS = {
  maxBindingBytes: Number.POSITIVE_INFINITY,
  maxBufferBytes: Number.POSITIVE_INFINITY,
};

export interface BaseToHandOff {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tensors: StoredTypes;
  readonly precision: Precision;
  readonly files: ReadonlyMap<string, ByteSource>;
  /** Seals of files that are known already. */
  readonly known?: ReadonlyMap<string, FileSeal>;
}

/** @throws StudioError `hand-off-base` for a model that is no Hugging Face folder, and what reading its files throws */
export async function baseOfBundle(
  { name, config, tensors, precision, files, known }: BaseToHandOff,
  recipe: Recipe,
): Promise<Pick<RunToHandOff, 'base' | 'merging' | 'vocabulary'>> {
  const deciding = [...files].filter(([path]) => DECIDES.test(path));
  // The trainer reads no GGUF file, and the numbers of one are not those of the folder that it was made from.
  if (!deciding.some(([path]) => path.endsWith('.safetensors'))) {
    throw fault('hand-off-base', { model: name });
  }
  const base: NamedSeal[] = [];
  for (const [path, source] of deciding) {
    const { bytes, sha256 } = known?.get(path) ?? (await sealOfSource(source));
    base.push({ path, bytes, sha256 });
  }
  const storage = weightStorage(tensors, precision, NO_LIMITS);
  const merging = mergingOf(describeWeights(config, rotaryPositions(config, recipe), storage));
  return { base, merging, vocabulary: config.vocabularySize };
}
