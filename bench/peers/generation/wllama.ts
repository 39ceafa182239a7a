/** llama.cpp in the page, on the processor. */
import type { GgufEntry } from '../../../src/formats/gguf/gguf-writer.ts';
import { streamGguf } from '../../../src/formats/gguf/gguf-writer.ts';
import { layOutGguf } from '../../../src/engine/exports/gguf-model.ts';
import type { WriterContestant } from './contest.ts';
import { firstLetterId, type NamedWeights } from './model.ts';

/** What is used of the library. Its package has no compiled types that our settings would pass. */
export interface WllamaModule {
  readonly Wllama: new (
    paths: { default: string },
    options: { suppressNativeLog: boolean },
  ) => WllamaInstance;
}

interface WllamaInstance {
  loadModel(files: Blob[], settings: { n_ctx: number; n_gpu_layers: number }): Promise<void>;
  createCompletion(request: Readonly<Record<string, unknown>>): Promise<{
    timings?: { prompt_n: number; prompt_ms: number; predicted_n: number; predicted_ms: number };
  }>;
  exit(): Promise<void>;
}

const letterA = 97;

/** A vocabulary whose texts of small letters are one token a letter: three of no text, the letters, and more. */
function letterVocabulary(size: number): Map<string, GgufEntry> {
  const tokens = Array.from({ length: size }, (_, id) => {
    const letter = id - firstLetterId;
    if (letter < 0) return ['<unk>', '<s>', '</s>'][id] ?? '';
    return letter < 26 ? String.fromCharCode(letterA + letter) : `[${id}]`;
  });
  // llama.cpp's numbers for unknown, control and normal tokens.
  const types = Int32Array.from(tokens, (_, id) => (id === 0 ? 2 : id < firstLetterId ? 3 : 1));
  return new Map<string, GgufEntry>([
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    ['tokenizer.ggml.scores', { type: 'float32s', value: new Float32Array(size) }],
    ['tokenizer.ggml.token_type', { type: 'int32s', value: types }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: false }],
  ]);
}

async function ggufFile({ config, tensors }: NamedWeights): Promise<Blob> {
  const shapes = [...tensors].map(([name, { shape }]) => ({ name, shape }));
  const layout = layOutGguf(config, shapes, 'F16');
  const metadata = new Map([...layout.metadata, ...letterVocabulary(config.vocabularySize)]);
  const weights = {
    shapes,
    readRows: (name: string, first: number, rows: number) => {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`The model lacks ${name}`);
      const row = tensor.values.length / (tensor.shape[0] ?? 1);
      return Promise.resolve(tensor.values.subarray(first * row, (first + rows) * row));
    },
  };
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of streamGguf(metadata, layout.tensors, (name) =>
    layout.pieces(weights, name),
  )) {
    pieces.push(piece.slice());
  }
  return new Blob(pieces);
}

/** wllama (llama.cpp as WebAssembly) on the processor: the same numbers in a GGUF file of float16. */
export function wllamaWriter(
  load: () => Promise<WllamaModule>,
  wasm: string,
  model: NamedWeights,
  capacity: number,
): WriterContestant {
  return {
    name: 'wllama',
    note: 'llama.cpp on the processor, for information',
    // It gives text back, not ids.
    compared: false,
    prepare: async () => {
      const { Wllama: Library } = await load();
      const wllama = new Library({ default: wasm }, { suppressNativeLog: true });
      const file = await ggufFile(model);
      await wllama.loadModel([file], { n_ctx: capacity, n_gpu_layers: 0 });
      return {
        generate: async (prompt, tokens) => {
          const text = String.fromCharCode(
            ...Array.from(prompt, (id) => id - firstLetterId + letterA),
          );
          const { timings } = await wllama.createCompletion({
            prompt: text,
            max_tokens: tokens,
            temperature: 0,
            temp: 0,
            top_k: 1,
            ignore_eos: true,
            cache_prompt: false,
          });
          if (!timings) throw new Error('wllama gave no timings');
          if (timings.prompt_n !== prompt.length) {
            throw new Error(`wllama read ${timings.prompt_n} tokens, not ${prompt.length}`);
          }
          // The first of its tokens comes with the prompt's pass.
          const millisecondsToFirst = timings.prompt_ms;
          return {
            ids: Array.from({ length: timings.predicted_n }, () => 0),
            millisecondsToFirst,
            milliseconds: millisecondsToFirst + timings.predicted_ms,
          };
        },
        release: () => wllama.exit(),
      };
    },
  };
}
