/** Sample data of the faults of weights and of GGUF files, for tests of the words. */
import type { GgufFaults } from '../catalogue/gguf.ts';
import type { WeightFaults } from '../catalogue/weights.ts';
import type { Samples } from './samples.ts';

const file = 'folder/some.file';
const tensor = 'layers.3.weight';
const key = 'some.key';
const supported = 'llama, qwen2';

const gguf: Samples<GgufFaults> = {
  'gguf-magic': { file },
  'gguf-truncated': { file, bytes: 1234 },
  'gguf-header-size': { file, most: 5678 },
  'gguf-count': (['entries', 'tensors', 'elements'] as const).map((place) => {
    return { file, place, key, claimed: '99999', most: 65_536 };
  }),
  'gguf-string': (['key', 'tensor', 'value', 'element'] as const).map((place) => {
    return { file, place, key, claimed: '99999', most: 65_536 };
  }),
  'gguf-utf8': { file, place: 'value', key },
  'gguf-value': {
    truth: { file, value: 7 },
    type: { file, key, type: 77 },
    'element-type': { file, key, type: 78 },
  },
  'gguf-array': { depth: { file, key, most: 4 }, elements: { file, most: 100_000 } },
  'gguf-duplicate': { key: { file, key }, tensor: { file, tensor } },
  'gguf-shape': {
    rank: { file, tensor, rank: 9 },
    dimension: { file, tensor, size: '-1' },
    block: { file, tensor, row: 1001, type: 'Q8_0' },
    overflow: { file, tensor },
  },
  'gguf-offset': {
    alignment: { file, tensor, offset: '1003', alignment: 32 },
    end: { file, tensor, end: 9999, size: 5555 },
  },
  'gguf-overlap': { file, tensor },
  'gguf-alignment': { file, stated: '33' },
  'gguf-metadata': { missing: { file, key }, type: { file, key, due: 'list of numbers' } },
  'gguf-type': { file, types: ['IQ1_S', 'TQ2_0'], tensors: ['14', '3'] },
  'gguf-byte-order': { file, version: 3 },
  'gguf-version': { file, version: 9 },
  'gguf-unsupported': {
    'no-model': { file, supported, type: 'vocab-only' },
    split: { file, supported, parts: 5 },
    'no-architecture': { file, supported },
    architecture: { file, supported, architecture: 'mamba2' },
    experts: { file, supported },
    value: { file, supported, key, value: '123' },
    'layers-differ': { file, supported, key },
    'value-size': { file, supported, valueSize: 96, headSize: 64 },
    rotated: { file, supported, headSize: 64, rotated: 32 },
    'head-size': { file, supported, size: 512 },
    tensor: { file, supported, tensor },
    rows: { file, supported, tensor, rows: 1000, headSize: 64 },
    stored: { file, supported, tensor, type: 'I32' },
    divisors: { file, supported, tensor, shape: '64, 2', type: 'F16' },
    'no-embedding': { file, supported },
    'rope-type': { file, supported, type: 'yarn' },
    'rope-factors': { file, supported },
  },
  'gguf-tokenizer': {
    none: { file },
    kind: { file, kind: 'bert-x' },
    'no-tokens': { file },
    types: { file, tokens: 1000, types: 999 },
    'token-twice': { file, token: '<s>' },
    'too-long': { file, characters: 70_000, most: 60_000 },
    'space-before': { file },
    'changes-text': { file, how: 'remove_extra_whitespaces' },
    'too-old': { file },
    'pre-tokenizer': { file, name: 'tekken-7', known: ['llama-bpe', 'qwen2'] },
    'no-merges': { file },
    merge: { file, line: 'a b c' },
    scores: { file, pieces: 1000, scores: 999 },
    'pieces-too-long': { file },
    'cut-unnamed': {},
    'not-nfc': {},
    'no-pairs': {},
    'no-scores': {},
    'merges-not-by-score': { left: 'a_b', right: 'c_d' },
    opaque: {},
  },
  'gguf-several': { files: ['a.gguf', 'b.gguf'], count: 2 },
  'gguf-model': {
    unnamed: { tensor },
    'llama3-rope': { architecture: 'qwen2' },
    longrope: {},
    'some-windows': { architecture: 'qwen2' },
    'local-layers': {},
    'score-scale': {},
    'attention-bias': { architecture: 'mistral3' },
    'feed-forward-bias': { architecture: 'mistral3' },
    tensor: { tensor },
  },
  'gguf-write-block': { tensor, values: 1001, block: 32 },
  'gguf-write-range': { tensor, value: 70_001 },
  'gguf-write-length': { tensor, written: 1001, due: 1024 },
  'block-length': { type: 'Q4_0', values: 1001, block: 32 },
};

const weights: Samples<WeightFaults> = {
  'safetensors-truncated': { file, bytes: 7 },
  'safetensors-header-length': {
    'too-long': { file, claimed: '999999', most: 100_000 },
    'beyond-file': { file, claimed: '999999', most: 1000 },
  },
  'safetensors-header-start': { file },
  'safetensors-header-utf8': { file },
  'safetensors-metadata': { 'no-object': { file }, 'no-string': { file } },
  'safetensors-entry': [
    { file, tensor, field: '' },
    { file, tensor, field: 'strides_1' },
  ],
  'safetensors-dtype': [
    { file, tensor, dtype: '' },
    { file, tensor, dtype: 'Q9' },
  ],
  'safetensors-shape': {
    overflow: { file, tensor },
    'no-counts': { file, tensor, most: 8 },
  },
  'safetensors-offsets': {
    'no-pair': { file, tensor },
    outside: { file, tensor, first: 1111, last: 2222 },
  },
  'safetensors-size': { file, tensor, bytes: 1000, due: 1024 },
  'safetensors-tiling': {
    hole: { file, tensor },
    overlap: { file, tensor },
    rest: { file, bytes: 4096 },
  },
  'safetensors-integer-range': { file, value: '5000000000' },
  'safetensors-not-float': { file, dtype: 'I64' },
  'safetensors-not-integer': { file, dtype: 'F32' },
  'safetensors-write-name': { reserved: { tensor }, twice: { tensor } },
  'safetensors-write-shape': { 'no-counts': { tensor }, overflow: { tensor } },
  'safetensors-write-dtype': { tensor, dtype: 'BF16' },
  'safetensors-write-length': { tensor, came: 1000, due: 1024 },
  'weights-ambiguous': { first: 'a/model.safetensors', second: 'b/model.safetensors' },
  'weights-pickle': { file },
  'weights-index-missing': { file },
  'weights-unnamed': { file },
  'weights-missing': { files: [file], count: 12 },
  'weights-shard-missing': { shard: 'model-00002.safetensors' },
  'weights-shard-path': { shard: '../model.safetensors' },
  'weights-index-disagrees': {
    'two-shards': { tensor },
    elsewhere: { tensor, shard: 'model-00002.safetensors' },
    'no-shard': { tensor },
  },
  'weights-index': {
    'too-large': { bytes: 70_000_000, most: 60_000_000 },
    'not-text': {},
    'no-map': {},
    'no-name': { tensor },
    empty: {},
    'too-many': { count: 12_345 },
  },
  'weights-adapter-alone': [
    { base: '', kind: 'LORA' },
    { base: 'owner/model-x', kind: 'LORA' },
  ],
  'weights-adapter-inside': { tensor },
  'weights-names': { tensor, one: 'model.a', other: 'b' },
  'weights-quantised': { tensor, method: 'awq-4' },
  'weights-range': { tensor },
  'tensor-missing': [{ tensor }, { tensor, file }],
  'tensor-shape': { tensor, shape: '896, 64', expected: '896, 128' },
  'head-missing': {},
  'branch-missing': { parameter: 'layers.0.q.lora.A' },
  'branch-shape': { parameter: 'layers.0.q.lora.A', shape: '16, 897' },
  'peft-empty': {},
  'peft-shape': { layer: 11, module: 'q_proj' },
  'peft-scale': { layer: 11, module: 'q_proj', scale: 0 },
};

export const samplesOfWeights = { ...gguf, ...weights };
