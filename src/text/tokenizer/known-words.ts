/** Byte-level tokenizers cut every word by itself: one that was cut before needs neither its bytes nor its merges again. */
import type { Tokenizer } from '@huggingface/tokenizers';
import { WordCache } from './word-cache.ts';

/** Longer words hardly come again. */
const LONGEST = 256;

const NOTHING = { get: () => undefined, put: () => undefined, clear: () => undefined };

/** The library's step that splits a text and spells each word by bytes. */
interface ByteLevelStep {
  readonly byte_encoder: unknown;
  readonly pattern: RegExp;
  readonly add_prefix_space: boolean;
  readonly use_regex: boolean;
  pre_tokenize_text: (text: string) => string[];
}

interface Model {
  readonly fuse_unk: boolean;
  /** Of words as bytes spell them. */
  cache?: Pick<WordCache, 'get' | 'put' | 'clear'>;
  encode: (words: string[]) => string[];
}

/** The last step before the model, where it spells bytes. */
function byteLevelStep({ pre_tokenizer: steps }: Tokenizer): ByteLevelStep | null {
  const all = steps && 'tokenizers' in steps ? (steps.tokenizers as unknown[]) : [steps];
  const last = all.at(-1);
  const spells = typeof last === 'function' && 'byte_encoder' in last;
  return spells ? (last as unknown as ByteLevelStep) : null;
}

/** Lets the library remember words as they are in the text, where each is cut by itself; changes no token. */
export function rememberWords(library: Tokenizer): void {
  const step = byteLevelStep(library);
  const model = library.model as unknown as Model;
  // These look at what stands beside a word.
  if (!step || step.add_prefix_space || model.fuse_unk) return;
  const speller = Object.create(step, { use_regex: { value: false } }) as ByteLevelStep;
  const spell = step.pre_tokenize_text.bind(speller);
  const encode = model.encode.bind(model);
  const known = new WordCache();
  // A word need not be remembered twice.
  if (model.cache) model.cache = NOTHING;
  step.pre_tokenize_text = (text) => (step.use_regex ? (text.match(step.pattern) ?? []) : [text]);
  model.encode = (words) => {
    const all: string[] = [];
    for (const word of words) {
      let pieces = known.get(word);
      if (!pieces) {
        pieces = encode(spell(word));
        if (word.length <= LONGEST) known.put(word, pieces);
      }
      for (const piece of pieces) all.push(piece);
    }
    return all;
  };
}
