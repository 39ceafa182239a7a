/** Sample data of the faults of device, data, runs and results, and of rows, for tests of the words. */
import type { CommandFaults } from '../catalogue/command.ts';
import type { DeviceFaults } from '../catalogue/device.ts';
import type { ResultFaults } from '../catalogue/results.ts';
import type { RowFaults } from '../catalogue/rows.ts';
import type { RunFaults } from '../catalogue/runs.ts';
import type { StorageFaults } from '../catalogue/storage.ts';
import type { TrainingFaults } from '../catalogue/training.ts';
import { schemaSamples, type Samples } from './samples.ts';

const id = 'an-id';
const path = 'runs/7/part.bin';
const file = 'questions.jsonl';
const detail = 'what the browser said';
const address = 'https://judge.example/v1';

const typed = { command: 'train', option: '--model' };

const command: Samples<CommandFaults> = {
  'command-unknown': [
    { command: 'tarin', known: ['train', 'resume'] },
    { command: '', known: ['train', 'resume'] },
  ],
  'command-option': {
    unknown: typed,
    'value-missing': typed,
    missing: typed,
    value: { ...typed, value: 'Half', known: ['F32', 'BF16'] },
    number: { ...typed, value: 'Many' },
  },
  'command-argument': {
    missing: { command: 'train', argument: 'RECIPE' },
    extra: { command: 'train', argument: 'More.json' },
  },
  'path-missing': { path },
  'path-unusable': {
    full: { path },
    denied: { path },
    folder: { path },
    'no-folder': { path },
  },
  'data-none': { path },
  'model-not-here': { model: 'Owner/Name', folder: '/models/Hub' },
  'run-folder-taken': { path },
  'run-folder-missing': { path },
  'prepared-taken': {
    done: { path },
    other: { path },
    files: { path },
  },
  'prepared-changed': { path, dataSet: 'Records' },
  'prepared-invalid': { file: 'prepared.json', where: 'sets' },
  'prepared-damaged': { file: '1-000001.safetensors' },
  'prepared-other': {
    tokenizer: { path },
    template: { path },
    rules: { path },
    records: { path },
  },
  'bundle-too-large': { dataSet: 'Records', bytes: 6e9 },
  'run-other-base': { run: 'Qwen2 0.5B', model: 'Folder' },
  'stages-not-alike': { path: 'runs/first' },
  'compare-other-vocabulary': {
    ...{ model: 'Qwen2 0.5B', tokens: 151_936 },
    ...{ other: 'Folder', otherTokens: 2048 },
  },
};

const device: Samples<DeviceFaults> = {
  'webgpu-missing': {},
  'adapter-missing': {},
  'adapter-gone': {},
  'device-refused': { detail },
  'device-lost': { detail, reason: 'unknown', at: 'a time', run: true },
  'gpu-fault': [{ detail }, { detail, run: true }],
  'kernels-wrong': [
    { kernels: 'norm-rms-rows-plain', count: 1 },
    { kernels: 'norm-rms-rows-plain, ffn-gate-forward-silu-vec4', count: 2 },
  ],
  'gpu-out-of-memory': { label: 'model.layers.1.mlp.up_proj.weight', bytes: 1.2e9 },
  'tensor-too-large': { label: 'key cache 1', bytes: 268e6, limit: 134e6 },
};

const inRun = { file: 'run.json', where: 'run.json.steps' };

const archive: Samples<ResultFaults>['run-archive-invalid'] = {
  missing: inRun,
  twice: inRun,
  'unknown-file': inRun,
  'too-large': inRun,
  'not-text': inRun,
  'more-stages': inRun,
  'earlier-stages-missing': inRun,
  'other-experts': { ...inRun, experts: 9 },
  bytes: { ...inRun, found: 1000, due: 1024 },
  'stage-unknown': inRun,
  order: inRun,
  steps: { ...inRun, due: 300, found: 299 },
  'other-place': { ...inRun, key: 'stage' },
  'parameters-no-list': inRun,
  parameters: { ...inRun, count: 12_345 },
  moments: inRun,
  'moment-missing': inRun,
  'routing-incomplete': inRun,
  'no-checkpoint-part': { ...inRun, name: 'extra_1' },
  'no-branch': inRun,
  'of-no-branch': inRun,
  shape: { ...inRun, found: '[16, 897]', due: '[16, 896]' },
  'no-number': inRun,
  ...schemaSamples(inRun),
};

const firstRow = {
  line: 42,
  field: 'the_answer',
  row: 'no-answer',
  rowData: { field: 'the_answer', found: '' },
  said: '"answer" is empty',
} as const;

const results: Samples<ResultFaults> = {
  'run-archive-invalid': archive,
  'run-archive-newer': { version: 9, known: 2 },
  'run-archive-damaged': { file },
  'run-archive-here': { name: 'My run' },
  'hand-off-base': { model: 'a-model.gguf' },
  'run-base-mismatch': { ...archive, fault: { where: '', said: 'It is damaged.' } },
  'routing-missing': {},
  'mixture-missing': {},
  'mixture-untrained': { runId: id },
  'mixture-kept': {},
  'noise-audit-missing': { runId: id },
  'pairs-missing': { id, runId: id },
  'text-empty': {},
  'evaluation-empty': [{ count: 0 }, { count: 1234, file, ...firstRow }],
  'evaluation-no-answers': { files: file, count: 1234, field: 'the_target' },
  'evaluation-too-large': { file, bytes: 3e8, most: 2e8 },
  'evaluation-missing': { id },
  'evaluation-mismatch': {},
  'evaluation-no-harness': {},
  'evaluation-elsewhere': { id },
  'grid-elsewhere': { id },
  'grid-missing': { id },
  'grid-run-stopped': { runId: id },
  'grid-run-interrupted': { runId: id },
  'judge-address': { address },
  'judge-off': { address },
  'judge-questions-missing': [{ name: file }, { name: file, ...firstRow }],
  'judge-file-too-large': { file, bytes: 3e8, most: 2e8 },
};

const runs: Samples<RunFaults> = {
  'run-missing': { id },
  'run-elsewhere': { id },
  'run-in-use': { id },
  'run-not-resumable': { state: 'done' },
  'run-not-active': { id },
  'run-active': { id },
  'run-not-paused': {},
  'run-inputs-changed': {},
  'run-storage-full': { path },
  'run-under-way': { state: 'paused' },
  'step-missing': { id, stage: 1, step: 1234 },
  'stage-missing': {},
  'snapshot-missing': { stage: 1, snapshot: 'stage-2' },
  'best-missing': { id, stage: 1 },
  'model-not-merged': [{ branches: [] }, { branches: ['ka_1', 'align_1'] }],
  'profile-refused': { id },
  'profile-active': {},
  'profile-stage-missing': { stage: 4, stages: 2 },
  internal: { detail },
  cancelled: {},
  'worker-crashed': [{ detail }, { detail: '' }],
  'tokeniser-crashed': [{ detail }, { detail: '' }],
  'text-stuck': { seconds: 20 },
  'model-aside': { model: 'My model' },
  'message-unreadable': { kind: 'runs.list' },
  'request-invalid': { detail },
};

const storage: Samples<StorageFaults> = {
  'page-not-secure': {},
  'storage-path': { path },
  'storage-failed': [{ path, detail }, { detail }, { path, ended: true }],
  'storage-full': { path },
  'storage-short': { needed: 3e9, free: 2e8 },
  'storage-newer': {},
  'storage-changing': {},
  'storage-cleared': { id },
  'file-missing': { path },
  'file-damaged': { path, bytes: 5555, expected: 6666 },
  'public-file-missing': {
    outside: { path },
    page: { path },
    status: { path, status: 503 },
    network: { path, detail },
  },
  'public-file-damaged': { path, bytes: 5555, expected: 6666 },
  'data-set-missing': { id },
  'data-set-empty': { file },
  'data-set-in-use': { id },
  'identifiers-not-looked': { id },
  'row-missing': { index: 1233 },
  'model-missing': { id },
  'model-in-use': { id },
  'model-built-in': { id },
  'download-missing': { id },
  'download-elsewhere': { id },
  'document-elsewhere': { id, kind: 'recipe' },
};

const training: Samples<TrainingFaults> = {
  'recipe-invalid': {
    'attached-twice': { path: 'stages.1', branch: 'ka_1' },
    'too-many-active': { path: 'stages.1', branch: 'na_1' },
    'not-attached': { path: 'stages.1', branch: 'ka_1' },
    'ended-twice': { path: 'stages.1', branch: 'ka_1' },
    'mixture-merged': { path: 'stages.1', branch: 'na_1' },
    'not-a-mixture': { path: 'stages.1', branch: 'ka_1' },
    'forced-experts': { path: 'stages.1', branch: 'na_1', experts: 8, active: 2 },
    'two-mixtures': { path: 'stages.1', projection: 'up_proj' },
    'dropout-rates': { path: 'stages.1', projection: 'up_proj' },
    ...schemaSamples({ path: 'batch' }),
  },
  'recipe-not-json': { detail },
  'ablation-needs-medcare': { recipe: 'My recipe' },
  'merge-needs-float32': { stage: 1, branch: 'align_1', merged: 'ka_1' },
  'products-need-float16': {},
  'checkpoint-invalid': { what: 'the format' },
  'checkpoint-mismatch': { elements: 1, expected: 2 },
  'checkpoint-missing': { id },
  'record-too-long': { tokens: 9000, limit: 2048 },
  'record-not-tokenised': { detail, line: 3 },
  'record-beyond-cut': { maxLength: 2048 },
  'record-without-target': {},
  'stage-without-data': { stage: 1, name: 'My stage', kinds: ['knowledge', 'alignment'] },
  'no-targets': { stage: 1, name: 'My stage' },
  'targets-missing': [
    { records: 1234, truncated: 0, maxLength: 2048 },
    { records: 1234, truncated: 1200, maxLength: 2048 },
  ],
  'data-missing': [{ dataSets: 0 }, { dataSets: 2 }],
  'loss-not-finite': { stage: 1, step: 1233, records: [] },
  'gradient-vanished': { stage: 1, step: 1233, records: [] },
};

export const samplesOfWork = {
  ...command,
  ...device,
  ...results,
  ...runs,
  ...storage,
  ...training,
};

export const samplesOfRows: { readonly [C in keyof RowFaults]: readonly RowFaults[C][] } = {
  bom: [{}],
  encoding: [{ encoding: 'GBK' }],
  'broken-json': [{ detail: 'cut-off' }, { detail: 'comma', close: '' }, { detail: 'colon' }],
  'broken-csv': [{ detail: 'quote' }, { detail: 'width', found: 7, due: 9 }],
  'unclosed-quote': [{}],
  'not-an-object': [{ found: 'a list' }],
  'too-deep': [{ levels: 64 }],
  'list-not-read': [
    { field: 'test', records: 1 },
    { field: 'test', records: 12_345 },
  ],
  'prototype-key': [{ key: '__proto__' }],
  'duplicate-key': [{ key: 'the_answer' }],
  'unknown-shape': [{ fields: '' }, { fields: 'a, b' }],
  'missing-field': [
    { field: 'the_answer' },
    { field: 'the_answer', detail: 'empty' },
    { field: 'the_answer', detail: 'word' },
  ],
  'wrong-type': [
    { field: 'input_text', found: 'a list', due: 'text' },
    { field: 'input_text', due: 'texts' },
    { field: 'input_text', due: 'choices' },
    { field: 'history_1', detail: 'pairs' },
    { field: 'messages_1', detail: 'part', found: 'image_url' },
    { field: 'messages_1', detail: 'turn', found: 'a number' },
    { detail: 'options', found: 27 },
    { detail: 'option', found: 'a number' },
    { field: 'the_answer', detail: 'answer', found: 'F' },
  ],
  'unknown-role': [{ role: 'critic-1' }],
  'tool-turn': [{ role: 'function-1' }],
  'answer-unclear': [{ field: 'the_answer', detail: 'answer', found: '2' }],
  'no-target': [{}, { detail: 'first' }, { detail: 'bad', field: 'the_label' }],
  'system-late': [{}],
  'empty-prompt': [{}],
  'empty-response': [{}, { detail: 'missing' }],
  'no-prompt': [{}],
  'lone-surrogate': [{}],
  'invalid-utf8': [{}, { encoding: 'GB18030' }],
  'line-too-long': [{ megabytes: 64 }, { megabytes: 64, detail: 'columns' }],
  duplicate: [{ line: 1234 }, { line: 1234, file }, { row: 1234 }, { row: 1234, file }],
  'unknown-value': [
    { field: 'metric_1', found: 'bleu-4', allowed: 'accuracy, rouge-l' },
    { field: 'metric_1', found: '', allowed: 'accuracy, rouge-l' },
  ],
  'no-answer': [{ field: 'the_answer', found: '' }],
  'answer-no-choice': [{ field: 'the_answer', found: 'F' }],
  'answer-no-items': [{ field: 'the_answer', found: 'x' }],
};
