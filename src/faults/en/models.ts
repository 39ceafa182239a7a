/** Faults of what a model folder says of its model, and of using that model, in English. */
import { sizeInWords } from '../amounts.ts';
import type { ConfigObstacle, ConfigReason, ModelFaults } from '../catalogue/models.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';
import { schemaReasons } from './schema.ts';

const whatCannotRun = {
  'head-size': ({ size }) => `a head size of ${size}`,
  activation: ({ activation }) => `the activation "${activation}"`,
  field: ({ field, value }) => `${field} of ${value}`,
  'layer-type': ({ type }) => `layers of type "${type}"`,
  'rope-by-layer': () => 'rotary positions that differ between layers',
  'rotated-part': ({ part }) => `rotary positions over only a part (${part}) of each head`,
  'rope-untyped': ({ factor }) => `rope_scaling with a factor of ${factor} and no type`,
  'rope-dynamic': ({ original }) => `rope scaling of type "dynamic" from ${original} positions on`,
  'rope-type': ({ type }) => `rope scaling of type "${type}"`,
} satisfies ReasonWords<ConfigObstacle>;

const supportedRopes =
  'Supported are default, linear, llama3, and longrope within its original context.';

const whatToTake = {
  'head-size': () => 'Head sizes must be even and at most 256.',
  activation: () =>
    'Use a model whose feed-forward layers are gated by SiLU, or a Gemma 3 whose are gated by GELU (tanh).',
  field: () => 'Use a model without it.',
  'layer-type': () => 'Use a model whose layers all have full attention.',
  'rope-by-layer': () => supportedRopes,
  'rotated-part': () => 'Use a model that rotates whole heads.',
  'rope-untyped': () =>
    'Add to rope_scaling in config.json the "rope_type" that the model was trained with: "linear", "llama3", or "default" for none.',
  'rope-dynamic': ({ original }) =>
    `Set max_position_embeddings in config.json to ${original}: positions up to there are not scaled.`,
  'rope-type': ({ type }) =>
    type === 'yarn'
      ? `${supportedRopes} If rope_scaling was added by hand for long texts, as is usual for Qwen, remove it from config.json. A model that was trained with it cannot be used here.`
      : supportedRopes,
} satisfies ReasonWords<ConfigObstacle>;

const whyInvalid = {
  'no-type': () => 'it has no model_type',
  'key-value-heads': ({ keyValueHeads, heads }) =>
    `${keyValueHeads} key/value heads do not divide ${heads} heads`,
  heads: ({ heads, hiddenSize }) => `${heads} heads do not divide the hidden size ${hiddenSize}`,
  'layer-types': ({ entries, layers }) => `layer_types has ${entries} entries for ${layers} layers`,
  'no-window': () => 'layer_types names sliding layers, but no window is in use',
  'no-sliding-window': () => 'it has local layers and no sliding_window',
  'linear-factor': () => 'its linear rope scaling lacks a factor',
  'llama3-factor': () => 'its llama3 rope scaling lacks a factor',
  'longrope-factors': ({ factors, headSize }) =>
    `its longrope scaling has ${factors} short factors for heads of ${headSize}`,
  'rope-parameters': () => 'its rope_parameters do not describe rotary positions',
  ...schemaReasons,
} satisfies ReasonWords<ConfigReason>;

export const models = {
  'config-unsupported': (data) => [
    `config.json describes something this studio cannot run: ${reasonWords(whatCannotRun, data)}.`,
    reasonWords(whatToTake, data),
  ],
  'config-invalid': (data) => [
    `config.json is not a usable model description: ${
      'field' in data ? `${data.field || 'top level'}: ` : ''
    }${reasonWords(whyInvalid, data)}.`,
    'Use config.json from the original model folder, unchanged.',
  ],
  'config-nested': ({ type, inner, field, runs, supported }) => [
    `This is ${type === '' ? 'a model' : `a model of type "${type}"`} that takes more than text, such as pictures or sound. Its text model${
      inner === '' ? '' : ` ("${inner}")`
    } is only one part, under "${field}" in config.json.`,
    runs
      ? `Use the text model by itself. Its makers often publish one (the ${inner} without pictures). Or save the text part in Python with save_pretrained (model.language_model and its head) and drop that folder.`
      : `Use a model that reads text only, of one of these types: ${supported}.`,
  ],
  'architecture-unknown': ({ architecture, supported }) => [
    `The architecture "${architecture}" is not supported.`,
    `Use a model of one of these types: ${supported}.`,
  ],
  'model-file-missing': ({ file, place }) =>
    place === 'folder'
      ? [
          `There is no ${file} in the folder.`,
          file === 'tokenizer.json'
            ? 'Make one in Python: load the tokenizer with transformers’ AutoTokenizer and use_fast=True, then call its save_pretrained.'
            : 'Drop the whole model folder as it was downloaded.',
        ]
      : [
          `There is no ${file} beside the weights.`,
          file === 'tokenizer.json'
            ? 'Choose a GGUF file, or a copy of the model that has tokenizer.json.'
            : 'Choose another copy of the model.',
        ],
  'model-file-too-large': ({ file, bytes, most }) => [
    `${file} has ${sizeInWords(bytes)}; at most ${sizeInWords(most)} are read.`,
    'Check that it is the right file.',
  ],
  'model-paths': () => [
    'The dropped files do not make up one folder: a path appears twice (some systems do not tell upper from lower case) or leads out of the folder.',
    'Drop the folder of one model.',
  ],
  'prompt-too-long': ({ tokens, context }) => [
    `The prompt has ${tokens} tokens; this model holds ${context}, answer included.`,
    'Shorten the prompt, or start a new conversation.',
  ],
} satisfies Words<ModelFaults>;
