/** Sample data of the faults of files in general, of models and their texts, for tests of the words. */
import type { FileFaults } from '../catalogue/files.ts';
import type { HubFaults } from '../catalogue/hub.ts';
import type { ModelFaults } from '../catalogue/models.ts';
import type { TextFaults } from '../catalogue/text.ts';
import { schemaSamples, type Samples } from './samples.ts';

const file = 'folder/some.file';
const path = 'inner/part.bin';
const tensor = 'layers.3.weight';
const key = 'some.key';
const hub = 'https://hub.example';
const name = 'owner/model-x';
const stretch = { first: 1111, last: 2222 };
const inJson = { file, position: 61, line: 4321, column: 17 };

const files: Samples<FileFaults> = {
  'archive-twice': { path },
  'archive-bomb': { path, packed: 10, size: 1e9 },
  'archive-malformed': {
    'no-directory': { file },
    'directory-outside': { file },
    'no-wide-directory': { file },
    'wide-directory-outside': { file },
    'size-beyond': { file },
    'no-wide-size': { file },
    'directory-cut': { file },
    'name-not-text': { file },
    method: { file, path, method: 99 },
    sizes: { file, path },
    'file-outside': { file },
    'no-header': { file },
    overlap: { file },
    'into-directory': { file },
  },
  'archive-count': { count: 70_000 },
  'archive-path': [
    { path, made: true },
    { path, made: false },
  ],
  'archive-encrypted': {},
  'archive-range': { path, ...stretch, size: 3333 },
  'archive-damaged': { path },
  'archive-too-large': { path },
  'file-range': {
    bytes: { file, ...stretch, size: 3333 },
    elements: { file, ...stretch },
    block: { file, ...stretch, tensor },
  },
  'file-unreadable': { file },
  'file-stand-in': (['pointer', 'page', 'message'] as const).map((found) => ({ file, found })),
  'text-encoding': { file },
  'json-too-long': { file, length: 70_000, maxLength: 60_000 },
  'json-not-object': [{ file }, { file: '' }],
  'json-syntax': {
    'string-open': inJson,
    'control-character': inJson,
    escape: inJson,
    ends: inJson,
    'not-a-number': inJson,
    python: inJson,
    comment: inJson,
    'comma-too-many': inJson,
    key: inJson,
    value: inJson,
    colon: inJson,
    comma: { ...inJson, close: ']' },
    more: inJson,
  },
  'json-depth': { ...inJson, levels: 64 },
  'json-duplicate-key': { ...inJson, key },
  'json-prototype-key': { ...inJson, key },
  'import-columns': [
    { columns: ['c1', 'c2'], why: 'unknown', missing: [] },
    { columns: ['c1', 'c2'], why: 'not-allowed', missing: [] },
    { columns: ['c1', 'c2'], why: 'repeated', missing: [] },
    { columns: ['c1', 'c2'], why: 'missing', missing: ['c3', 'c4'] },
  ],
  'import-not-text': (
    [
      ...(['zip', 'spreadsheet', 'parquet', 'arrow', 'packed', 'tar', 'pdf'] as const),
      ...(['document', 'database', 'pickle', 'pointer', 'page', 'message'] as const),
      ...(['utf32', 'binary'] as const),
    ] as const
  ).map((found) => ({ file, found })),
  'import-gzip': { damaged: { file }, ratio: { file } },
  'import-encoding': {},
  'parquet-unreadable': { damaged: { file }, size: { file }, packing: { file } },
};

const hubs: Samples<HubFaults> = {
  'hub-address': { address: hub },
  'hub-name': { name },
  'hub-elsewhere': { hub, typed: 'https://other.example' },
  'hub-unreachable': [
    { hub, detail: 'refused', offline: true },
    { hub, detail: 'refused', offline: false },
  ],
  'hub-missing': { hub, name },
  'hub-revision-missing': { name, revision: 'v2' },
  'hub-gated': { hub, name },
  'hub-private': { hub, name },
  'hub-file-missing': { path },
  'hub-busy': [
    { hub, status: 429 },
    { hub, status: 503, seconds: 45 },
  ],
  'hub-refused': { hub, status: 500 },
  'hub-answer': {
    'not-json': { hub, detail: 'Unexpected token' },
    shape: { hub, field: 'siblings.0', detail: 'expected array' },
    path: { hub, path },
    'no-size': { hub, path },
    'no-hash': { hub, path },
    'too-large': { hub, path, bytes: 5_000_000 },
    'no-weight-map': { hub, path },
  },
  'hub-no-weights': { name },
  'hub-page': (['page', 'message', 'pointer'] as const).map((found) => ({ path, found })),
  'hub-length': { path, expected: 5_000_000, found: 4_999_999 },
  'hub-hash': { path, expected: 'aa', found: 'bb' },
  'hub-cut': { path, received: 1_000_001, expected: 5_000_000, why: 'reset' },
  'hub-changed': { name, commit: 'abc', choice: 'safetensors' },
};

const models: Samples<ModelFaults> = {
  'config-unsupported': {
    'head-size': { size: 257 },
    activation: { activation: 'relu6' },
    field: { field: 'final_logit', value: '30' },
    'layer-type': { type: 'linear_attention' },
    'rope-by-layer': {},
    'rotated-part': { part: 0.5 },
    'rope-untyped': { factor: 4 },
    'rope-dynamic': { original: 2048 },
    'rope-type': { type: 'yarn' },
  },
  'config-invalid': {
    'no-type': {},
    'key-value-heads': { keyValueHeads: 3, heads: 14 },
    heads: { heads: 14, hiddenSize: 897 },
    'layer-types': { entries: 23, layers: 24 },
    'no-window': {},
    'no-sliding-window': {},
    'linear-factor': {},
    'llama3-factor': {},
    'longrope-factors': { factors: 30, headSize: 64 },
    'rope-parameters': {},
    ...schemaSamples({ field: 'hidden_size' }),
  },
  'config-nested': [
    { type: 'qwen2_vl', inner: 'qwen2', field: 'text_config', runs: true, supported: 'llama' },
    { type: 'other', inner: 'mamba2', field: 'text_config', runs: false, supported: 'llama' },
  ],
  'architecture-unknown': { architecture: 'mamba2', supported: 'llama, qwen2' },
  'model-file-missing': [
    { file: 'tokenizer.json', place: 'folder' },
    { file: 'config.json', place: 'folder' },
    { file: 'tokenizer.json', place: 'hub' },
    { file: 'config.json', place: 'hub' },
  ],
  'model-file-too-large': { file, bytes: 3e8, most: 2e8 },
  'model-paths': {},
  'prompt-too-long': { tokens: 9000, context: 8192 },
};

const text: Samples<TextFaults> = {
  'template-limit': {
    elements: { most: 10_000 },
    characters: { most: 20_000 },
    depth: { most: 30 },
    steps: { most: 40_000 },
    seconds: { most: 5 },
    width: { name: 'indent()', most: 600 },
    range: { most: 7000 },
  },
  'template-too-long': { length: 300_000, most: 200_000 },
  'template-syntax': { detail: 'Expected end of statement' },
  'template-failed': {
    'method-uncalled': {},
    'method-computed': {},
    spread: {},
    failed: { detail: 'Cannot read x' },
  },
  'template-raised': { reason: 'Roles must alternate' },
  'template-missing': {},
  'template-input-too-long': { length: 300_000, most: 200_000 },
  'template-tokens-missing': { missing: ['<|im_end|>'], choice: 'chatml', other: 'plain' },
  'answer-not-located': { turn: 4 },
  'answer-turns': { turns: 5000 },
  'answer-empty': {},
  'tokenizer-vocabulary': [{}, { most: 1_000_000 }],
  'tokenizer-added-tokens': { 'no-list': {}, incomplete: {} },
  'tokenizer-model': {},
  'tokenizer-unsupported': [{ kind: 'WordLevel' }, { kind: '' }, { detail: 'bad regex' }],
  'tokenizer-field': { field: 'model.merges' },
  'tokenizer-unknown-character': {},
  'tokenizer-mismatch': { tokenizer: 151_700, model: 151_650 },
  'text-lone-surrogate': {},
  'mapping-passphrase-short': { least: 12 },
  'mapping-passphrase-wrong': {},
  'mapping-unreadable': {},
  'mapping-not-saved': { set: 'notes, replaced', detail: 'The disk is full.' },
};

export const samplesOfFiles = { ...files, ...hubs, ...models, ...text };
