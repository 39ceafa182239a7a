/**
 * Finds a decoder's tensors under the names that transformers gives them (`model.embed_tokens.weight`,
 * `model.layers.0.…`, `model.norm.weight`, `lm_head.weight`), whatever prefix a program added when it saved:
 * none (the bare decoder), `language_model.`, `base_model.model.`, `module.`, `_orig_mod.`.
 */
import { fault, type StudioError } from '../../faults/fault.ts';
import type { TensorNames } from '../gguf/gguf-names.ts';
import type { TensorInfo, WeightsFolder } from './weights-folder.ts';

/** Parts that compilation, sharding and PEFT put into the middle of names. */
const INNER_WRAPPERS =
  /(?:^|(?<=\.))(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|base_layer)\./g;
/** Prefix of the names of a decoder's tensors, except its head. */
const DECODER = 'model.';

/** Matches the tensors that every decoder has; the first group is what comes before their names. */
function anchorOf({ outside, block }: TensorNames): RegExp {
  const whole = [outside.embedding, outside.finalNorm].map(({ huggingFace }) => huggingFace);
  const firstNorm = `${DECODER}layers.0.${block['attentionNorm']?.huggingFace ?? ''}`;
  const bare = [...whole, firstNorm].map((name) =>
    name.slice(DECODER.length).replaceAll('.', '\\.'),
  );
  return new RegExp(`^((?:[\\w-]+\\.)*?)(?:${bare.join('|')})\\.weight$`);
}

/**
 * The folder with its tensors under the usual names; tensors that no decoder has keep theirs.
 * @param names the names in the model's architecture
 */
export function withUsualNames(
  folder: WeightsFolder,
  { tiedHead }: { readonly tiedHead: boolean },
  names: TensorNames,
): WeightsFolder {
  const stored = usualNames([...folder.tensors.keys()], names);
  const embedding = `${names.outside.embedding.huggingFace}.weight`;
  // Where head and embedding are one matrix, a file may hold it under either name.
  const head = stored.get(`${names.outside.head.huggingFace}.weight`);
  if (tiedHead && head !== undefined && !stored.has(embedding)) stored.set(embedding, head);
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
function usualNames(names: readonly string[], usual: TensorNames): Map<string, string> {
  const anchor = anchorOf(usual);
  const head = `${usual.outside.head.huggingFace}.weight`;
  const adapter = names.find((name) => /\.lora_(?:A|B|embedding_A|embedding_B)\b/.test(name));
  if (adapter !== undefined) throw adapterInside(adapter);
  const prefixes = new Map<string, number>();
  for (const name of names) {
    const [, prefix] = anchor.exec(name.replace(INNER_WRAPPERS, '')) ?? [];
    if (prefix !== undefined) prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
  }
  const found = new Map<string, string>();
  // The decoder itself has all three tensors; a part beside it (an encoder of images) seldom has.
  const [decoder] = [...prefixes].sort(
    ([one, ones], [other, others]) => others - ones || one.length - other.length,
  );
  const prefix = decoder?.[0] ?? DECODER;
  for (const name of names) {
    const renamed = usualName(name.replace(INNER_WRAPPERS, ''), prefix, head);
    const before = found.get(renamed);
    if (before !== undefined) throw twoOfOneName(renamed, before, name);
    found.set(renamed, name);
  }
  return found;
}

function usualName(name: string, prefix: string, head: string): string {
  if (name.endsWith(head) && prefix.startsWith(name.slice(0, -head.length))) return head;
  return name.startsWith(prefix) ? `${DECODER}${name.slice(prefix.length)}` : name;
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
