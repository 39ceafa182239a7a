/**
 * Finds a decoder's tensors under the names that transformers gives them (`model.embed_tokens.weight`,
 * `model.layers.0.…`, `model.norm.weight`, `lm_head.weight`), whatever prefix a program added when it saved:
 * none (the bare decoder), `language_model.`, `base_model.model.`, `module.`, `_orig_mod.`.
 */
import { fault, type StudioError } from '../../faults/fault.ts';
import type { TensorInfo, WeightsFolder } from './weights-folder.ts';

/** What compilation, sharding and adapter libraries put in the middle of names. */
const INNER_WRAPPERS =
  /(?:^|(?<=\.))(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|base_layer)\./g;
/** A tensor that every decoder has, with what stands before it. */
const ANCHOR = /^((?:[\w-]+\.)*?)(?:embed_tokens|layers\.0\.input_layernorm|norm)\.weight$/;
const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** The folder with its tensors under the usual names; tensors that no decoder has keep theirs. */
export function withUsualNames(
  folder: WeightsFolder,
  { tiedHead }: { readonly tiedHead: boolean },
): WeightsFolder {
  const stored = usualNames([...folder.tensors.keys()]);
  // Where the two are one matrix, a file may hold it under either name.
  const head = stored.get(HEAD);
  if (tiedHead && head !== undefined && !stored.has(EMBEDDING)) stored.set(EMBEDDING, head);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, own] of stored) {
    const info = folder.tensors.get(own);
    if (info) tensors.set(name, info);
  }
  const ownName = (name: string): string => stored.get(name) ?? name;
  return {
    ...folder,
    tensors,
    readFloat32: async (name, first, last) => folder.readFloat32(ownName(name), first, last),
    readStored: async (name, first, last) => folder.readStored(ownName(name), first, last),
  };
}

/** Usual name → name in the files. @throws StudioError `weights-adapter-inside`, `weights-names` */
function usualNames(names: readonly string[]): Map<string, string> {
  const adapter = names.find((name) => /\.lora_(?:A|B|embedding_A|embedding_B)\b/.test(name));
  if (adapter !== undefined) throw adapterInside(adapter);
  const prefixes = new Map<string, number>();
  for (const name of names) {
    const [, prefix] = ANCHOR.exec(name.replace(INNER_WRAPPERS, '')) ?? [];
    if (prefix !== undefined) prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
  }
  const found = new Map<string, string>();
  // The decoder itself has all three tensors; a part beside it (an encoder of images) seldom has.
  const [decoder] = [...prefixes].sort(
    ([one, ones], [other, others]) => others - ones || one.length - other.length,
  );
  const prefix = decoder?.[0] ?? 'model.';
  for (const name of names) {
    const usual = usualName(name.replace(INNER_WRAPPERS, ''), prefix);
    const before = found.get(usual);
    if (before !== undefined) throw twoOfOneName(usual, before, name);
    found.set(usual, name);
  }
  return found;
}

function usualName(name: string, prefix: string): string {
  if (name.endsWith(HEAD) && prefix.startsWith(name.slice(0, -HEAD.length))) return HEAD;
  return name.startsWith(prefix) ? `model.${name.slice(prefix.length)}` : name;
}

function adapterInside(tensor: string): StudioError {
  return fault(
    'weights-adapter-inside',
    { tensor: tensor.slice(0, 120) },
    { kept: 'loaded-models' },
  );
}

function twoOfOneName(tensor: string, one: string, other: string): StudioError {
  return fault(
    'weights-names',
    { tensor, one: one.slice(0, 120), other: other.slice(0, 120) },
    { kept: 'loaded-models' },
  );
}
