/** Imports random models in one dialect of config.json, and exports them in both. */
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { parseModelConfig } from '../../engine/model/config.ts';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { rowSize, type MergedWeights } from '../../formats/weights/merged-weights.ts';
import { writeSafetensors } from '../../formats/weights/safetensors-writer.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { randomCheckpoint } from '../../../test/gpu/model-folders.ts';
import type { OpenModel } from '../models/open-model.ts';
import { ggufFile, modelFolder } from '../../engine/exports/model-export.ts';
import type { ModelToExport } from '../../engine/exports/model-export.ts';
import type { FolderFormat } from '../../engine/exports/number-formats.ts';
import { collect, quietTask } from './checked-run.ts';
import { openLibrary, textsOf } from './studio.ts';

/**
 * Small random models of every architecture, imported in one dialect of config.json and exported in both.
 * test/fixtures/exports/dialects.json holds the answers of transformers 4 and 5 with the exported folders.
 */

const shape = {
  ...{ hidden_size: 48, intermediate_size: 64, num_hidden_layers: 2, vocab_size: 272 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 256 },
  ...{ rms_norm_eps: 1e-6, hidden_act: 'silu', bos_token_id: 256, eos_token_id: 256 },
};
const llama3 = {
  ...{ rope_type: 'llama3', factor: 4, low_freq_factor: 1, high_freq_factor: 4 },
  original_max_position_embeddings: 64,
};

/** config.json of each model as it is imported. */
export const brought: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // The newer dialect, with a padding token beyond the embedding and a stated quantisation that the weights lack.
  qwen2: {
    ...{ ...shape, model_type: 'qwen2', architectures: ['Qwen2Model'], tie_word_embeddings: true },
    ...{ rope_parameters: { rope_theta: 1_000_000, rope_type: 'default' }, dtype: 'bfloat16' },
    ...{ pad_token_id: 300, quantization_config: { quant_method: 'bitsandbytes' } },
  },
  qwen3: {
    ...{ ...shape, model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'], head_dim: 16 },
    ...{ rope_theta: 500_000, rope_scaling: { type: 'linear', factor: 2 }, torch_dtype: 'float16' },
  },
  llama: {
    ...{ ...shape, model_type: 'llama', architectures: ['LlamaForCausalLM'], attention_bias: true },
    ...{ rope_parameters: { rope_theta: 500_000, ...llama3 } },
  },
  mistral: {
    ...{ ...shape, model_type: 'mistral', architectures: ['MistralForCausalLM'] },
    ...{ rope_theta: 1_000_000, sliding_window: null, head_dim: 32 },
  },
  // Windows of five positions, and the settings of local layers that GGUF takes for granted.
  gemma3_text: {
    ...{ ...shape, model_type: 'gemma3_text', architectures: ['Gemma3ForCausalLM'], head_dim: 16 },
    ...{ hidden_act: undefined, hidden_activation: 'gelu_pytorch_tanh', num_hidden_layers: 6 },
    ...{
      sliding_window: 5,
      query_pre_attn_scalar: 16,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    },
  },
  phi3: {
    ...{ ...shape, model_type: 'phi3', architectures: ['Phi3ForCausalLM'], pad_token_id: 0 },
    ...{ original_max_position_embeddings: 256, rope_theta: 10_000, sliding_window: null },
  },
  // Windows in every layer, in the last layer, and in the named layers.
  'mistral-windows': {
    ...{ ...shape, model_type: 'mistral', architectures: ['MistralForCausalLM'] },
    sliding_window: 7,
  },
  'qwen2-windows': {
    ...{ ...shape, model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'] },
    ...{ use_sliding_window: true, sliding_window: 5, max_window_layers: 1 },
  },
  'qwen3-windows': {
    ...{ ...shape, model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'], head_dim: 16 },
    ...{ use_sliding_window: true, sliding_window: 6, max_window_layers: 2 },
    layer_types: ['sliding_attention', 'full_attention'],
  },
};

/** Seeds for which greedy tokens win by far more than the rounding of float32. */
const seeds: Readonly<Record<string, number>> = {
  qwen2: 45,
  qwen3: 66,
  llama: 66,
  mistral: 47,
  gemma3_text: 48,
  phi3: 53,
  'mistral-windows': 60,
  'qwen2-windows': 61,
  'qwen3-windows': 62,
};
const TOKENIZER = 'test/fixtures/field/27-weights-twice-in-the-folder/consolidated';

export interface Changes {
  /** Fields of config.json. */
  readonly change?: object;
  /** Gives config.json as the folder has it. */
  readonly stated?: (declared: object) => object;
  /** Gives the folder's name for a tensor. */
  readonly named?: (name: string) => string;
  /** The folder whose tokenizer the model uses. */
  readonly tokenizer?: string;
  /** The number format of its tensors. */
  readonly dtype?: 'F32' | 'BF16' | 'F16';
  /** Whether its norms lie around 0, as in Gemma; else around 1. */
  readonly normsAroundZero?: boolean;
}

/** An imported model, opened from its folder, optionally with changes. */
export async function openBrought(
  name: string,
  {
    change,
    stated = (declared) => declared,
    named = (own) => own,
    tokenizer = TOKENIZER,
    dtype = 'F32',
    normsAroundZero = false,
  }: Changes = {},
): Promise<OpenModel> {
  const declared = { ...brought[name], ...change };
  const tensors = randomCheckpoint(parseModelConfig(declared), seeds[name] ?? 0);
  const weights = writeSafetensors(
    new Map(
      tensors.map(({ name: tensor, shape: sizes, values }) => {
        const shifted = normsAroundZero && sizes.length === 1;
        const data = shifted ? values.map((value) => value - 1) : values;
        return [named(tensor), { dtype, shape: sizes, data }];
      }),
    ),
  );
  const files = new Map<string, ByteSource>([
    ['model.safetensors', memorySource('model.safetensors', weights)],
    [
      'config.json',
      memorySource('config.json', new TextEncoder().encode(JSON.stringify(stated(declared)))),
    ],
  ]);
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    files.set(file, memorySource(file, new Uint8Array(await readFile(`${tokenizer}/${file}`))));
  }
  const { models } = await openMemoryStorage(`dialects-${crypto.randomUUID()}`);
  const library = openLibrary(models);
  const { id } = await library.import(files, name, quietTask);
  return library.open(id);
}

/** Weights as its folder has them. */
function broughtWeights(model: OpenModel): MergedWeights {
  const shapes = checkpointShapes(describeWeights(model.config, 1));
  return {
    shapes,
    readRows: (name, first, rows) => {
      const size = rowSize(shapes.find((entry) => entry.name === name)?.shape ?? []);
      return model.weights.readFloat32(name, first * size, (first + rows) * size);
    },
  };
}

async function toExport(model: OpenModel, weights: MergedWeights): Promise<ModelToExport> {
  return { model, template: model.template(), texts: await textsOf(model), weights };
}

export interface ExportChanges {
  readonly dtype?: FolderFormat;
  /** Weights from the device; without them, the folder's weights are used. */
  readonly weights?: MergedWeights;
}

/** The files of an imported model's exported folder. */
export async function exportBrought(
  model: OpenModel,
  { dtype = 'F32', weights = broughtWeights(model) }: ExportChanges = {},
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const folder = await modelFolder(await toExport(model, weights), { dtype, task: quietTask });
  for (const { path, chunks } of folder) files.set(path, await collect(chunks));
  return files;
}

/** The GGUF file of an imported model, in F16. */
export async function exportBroughtGguf(
  model: OpenModel,
  { weights = broughtWeights(model) }: ExportChanges = {},
): Promise<Uint8Array> {
  const about = { name: model.summary.name };
  const options = { format: 'F16', about, task: quietTask } as const;
  return collect(await ggufFile(await toExport(model, weights), options));
}
