import 'fake-indexeddb/auto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { dtypeSize, parseSafetensors } from '../../formats/weights/safetensors.ts';
import { writeSafetensors } from '../../formats/weights/safetensors-writer.ts';
import type { TensorToWrite } from '../../formats/weights/safetensors-writer.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { Task } from '../tasks/tasks.ts';
import { openLibrary } from '../testing/studio.ts';

/** Model folders as people have them: which ones open, which files are kept, and how refusals read. */

const FIELD = 'test/fixtures/field';
const PLAIN = `${FIELD}/26-window-that-no-layer-uses/qwen2-layer-types`;
const task: Task = {
  name: 'import',
  signal: new AbortController().signal,
  check: () => undefined,
  progress: () => undefined,
};

async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(
      names.map(
        async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const,
      ),
    ),
  );
}

function sources(files: ReadonlyMap<string, Uint8Array>): Map<string, ByteSource> {
  return new Map([...files].map(([path, bytes]) => [path, memorySource(path, bytes)]));
}

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

let count = 0;
async function imported(files: ReadonlyMap<string, Uint8Array>) {
  const { models } = await openMemoryStorage(`folders-${count++}`);
  const library = openLibrary(models);
  const summary = await library.import(sources(files), 'a', task);
  const [stored] = await models.stored();
  const model = await library.open(summary.id);
  return { summary, model, kept: stored?.files.map(({ name }) => name).sort() };
}

async function refusal(files: ReadonlyMap<string, Uint8Array>): Promise<StudioError> {
  try {
    await imported(files);
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

/** The plain folder with other weights or another config.json. */
async function changed(change: {
  readonly config?: object;
  readonly names?: (name: string) => string | null;
  readonly more?: Readonly<Record<string, TensorToWrite>>;
}): Promise<Map<string, Uint8Array>> {
  const files = await filesIn(PLAIN);
  const weights = files.get('model.safetensors') ?? new Uint8Array();
  const parsed = await parseSafetensors(weights);
  const tensors = new Map<string, TensorToWrite>(Object.entries(change.more ?? {}));
  for (const [name, { shape }] of parsed.tensors) {
    const given = change.names ? change.names(name) : name;
    if (given === null) continue;
    tensors.set(given, { dtype: 'BF16', shape, data: await parsed.readFloat32(name) });
  }
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object;
  files.set('model.safetensors', writeSafetensors(tensors));
  files.set('config.json', text({ ...config, ...change.config }));
  return files;
}

async function sameWeights(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const { model } = await imported(files);
  const due = await parseSafetensors(
    (await filesIn(PLAIN)).get('model.safetensors') ?? new Uint8Array(),
  );
  for (const name of due.tensors.keys()) {
    const own = await model.weights.readFloat32(name);
    expect([name, own]).toEqual([name, await due.readFloat32(name)]);
  }
}

test.each([
  '25-quantisation-left-in-config/empty-object',
  '25-quantisation-left-in-config/plain-weights',
  '26-window-that-no-layer-uses/qwen2-all-layers-full',
  '26-window-that-no-layer-uses/qwen2-layer-types',
])('%s opens', async (folder) => {
  const { summary } = await imported(await filesIn(`${FIELD}/${folder}`));
  expect(summary).toMatchObject({ architecture: 'qwen2', layers: 1, vocabularySize: 272 });
});

test.each([
  ['yarn', 'yarn'],
  ['factor-without-type', 'no type'],
])('26-window-that-no-layer-uses/%s is refused by name', async (folder, said) => {
  const error = await refusal(await filesIn(`${FIELD}/26-window-that-no-layer-uses/${folder}`));
  expect(error.code).toBe('config-unsupported');
  expect(error.message).toContain(said);
});

test('of weights that are twice in the folder those that the index names are kept', async () => {
  const { kept } = await imported(
    await filesIn(`${FIELD}/27-weights-twice-in-the-folder/consolidated`),
  );
  expect(kept).toEqual([
    'config.json',
    'generation_config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
});

test('one whole file is kept without the parts of another copy', async () => {
  const files = await filesIn(PLAIN);
  for (const [name, bytes] of await filesIn(
    `${FIELD}/27-weights-twice-in-the-folder/consolidated`,
  )) {
    if (!files.has(name)) files.set(name, bytes);
  }
  const { kept } = await imported(files);
  expect(kept?.filter((name) => name.includes('safetensors'))).toEqual(['model.safetensors']);
});

test('a nested folder beside its checkpoints, and files of other formats', async () => {
  const files = new Map<string, Uint8Array>();
  for (const [name, bytes] of await filesIn(PLAIN)) {
    files.set(`out/${name}`, bytes);
    files.set(`out/checkpoint-500/${name}`, bytes);
  }
  for (const name of ['pytorch_model.bin', 'model.gguf', 'tf_model.h5', 'original/params.json']) {
    files.set(`out/${name}`, text({}));
  }
  const { kept } = await imported(files);
  expect(kept).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
});

describe('tensor names', () => {
  const after = (name: string): string => name.replace(/^model\./, '');
  test.each<[string, (name: string) => string]>([
    ['of the bare decoder', after],
    ['language_model.', (name) => `language_model.${name}`],
    ['model.language_model.', (name) => `model.language_model.${after(name)}`],
    ['base_model.model.', (name) => `base_model.model.${name}`],
    ['transformer.', (name) => `transformer.${after(name)}`],
    ['module. and _orig_mod.', (name) => `module._orig_mod.${name}`],
    ['layers compiled one by one', (name) => name.replace(/layers\.0\./, 'layers.0._orig_mod.')],
    ['base_layer of an adapter library', (name) => name.replace('q_proj.', 'q_proj.base_layer.')],
  ])('%s', async (_name, names) => {
    await sameWeights(await changed({ names }));
  });

  test('buffers and a tied head beside the weights are let be', async () => {
    const more: Record<string, TensorToWrite> = {
      'model.layers.0.self_attn.rotary_emb.inv_freq': {
        ...{ dtype: 'F32', shape: [4], data: Float32Array.of(1, 0.1, 0.01, 0.001) },
      },
      'lm_head.weight': { dtype: 'BF16', shape: [272, 16], data: new Float32Array(272 * 16) },
    };
    await sameWeights(await changed({ more }));
  });

  test('a tied matrix may be stored as the head alone', async () => {
    const names = (name: string): string => name.replace('model.embed_tokens', 'lm_head');
    await sameWeights(await changed({ names }));
  });

  test('without a head of its own the model is refused, with the line to set', async () => {
    const error = await refusal(await changed({ config: { tie_word_embeddings: false } }));
    expect(error.code).toBe('head-missing');
    expect(error.remedy).toContain('tie_word_embeddings');
  });

  test('an adapter inside the weights is named', async () => {
    const lora = { dtype: 'F32', shape: [2, 16], data: new Float32Array(32) } as const;
    const more = { 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight': lora };
    const names = (name: string): string => `base_model.model.${name}`;
    const error = await refusal(await changed({ names, more }));
    expect(error.code).toBe('weights-adapter-inside');
    expect(error.remedy).toContain('merge_and_unload');
  });
});

describe('tokens beyond the vocabulary', () => {
  async function withToken(id: number): Promise<Map<string, Uint8Array>> {
    const files = await changed({ config: { pad_token_id: id, vocab_size: 272 } });
    const tokenizer = JSON.parse(new TextDecoder().decode(files.get('tokenizer.json'))) as {
      added_tokens: object[];
    };
    tokenizer.added_tokens.push({
      ...{ id, content: '[PAD]', special: true, normalized: false },
      ...{ single_word: false, lstrip: false, rstrip: false },
    });
    files.set('tokenizer.json', text(tokenizer));
    return files;
  }

  test('a padding token that the model has no row for is no token', async () => {
    const { model } = await imported(await withToken(272));
    expect(model.vocabulary.padId).not.toBe(272);
    const tokenizer = loadTokenizer(await model.tokenizerFiles());
    const ids = tokenizer.encode('a [PAD] b');
    expect(Math.max(...ids)).toBeLessThan(272);
    expect(tokenizer.decode(ids)).toBe('a [PAD] b');
  });

  test('one that has a row is', async () => {
    const { model } = await imported(await withToken(271));
    const tokenizer = loadTokenizer(await model.tokenizerFiles());
    expect([...tokenizer.encode('[PAD]')]).toEqual([271]);
  });

  test('a vocabulary larger than the model is another model’s', async () => {
    const names = (name: string): string | null => (name.includes('embed_tokens') ? null : name);
    const embedding = { dtype: 'BF16', shape: [200, 16], data: new Float32Array(3200) } as const;
    const more = { 'model.embed_tokens.weight': embedding };
    const files = await changed({ config: { vocab_size: 200 }, names, more });
    expect((await refusal(files)).code).toBe('tokenizer-mismatch');
  });
});

describe('refusals that say what to do', () => {
  const without = async (...names: readonly string[]): Promise<Map<string, Uint8Array>> => {
    const files = await filesIn(PLAIN);
    for (const name of names) files.delete(name);
    return files;
  };

  test('an adapter names its base', async () => {
    const error = await refusal(await filesIn(`${FIELD}/29-adapter-only-folder/adapter`));
    expect(error.code).toBe('weights-adapter-alone');
    expect(error.message).toContain('LoRA adapter for "some/base"');
    expect(error.remedy).toContain('merge_and_unload');
  });

  test('an adapter in a pickle, without a name', async () => {
    const files = new Map([
      ['adapter_config.json', text({ peft_type: 'LORA', base_model_name_or_path: null })],
      ['adapter_model.bin', text({})],
    ]);
    expect(await refusal(files)).toMatchObject({
      ...{ code: 'weights-adapter-alone', data: { base: '', kind: 'LoRA' } },
    });
  });

  test.each<[string, string, string]>([
    ['pytorch_model.bin', 'weights-pickle', 'save_pretrained'],
    ['consolidated.00.pth', 'weights-pickle', 'safetensors'],
    ['model-00001-of-00002.safetensors', 'weights-index-missing', 'index'],
    ['consolidated.safetensors', 'weights-unnamed', 'transformers'],
  ])('%s alone', async (name, code, said) => {
    const files = await without('model.safetensors');
    files.set(name, text({}));
    const error = await refusal(files);
    expect(error.code).toBe(code);
    expect(error.remedy).toContain(said);
  });

  type Stored = readonly [suffix: string, dtype: TensorToWrite['dtype'], shape: readonly number[]];
  test.each<[string, string, readonly Stored[]]>([
    [
      'GPTQ or AWQ',
      '',
      [
        ['qweight', 'I32', [2, 16]],
        ['scales', 'F16', [1, 16]],
      ],
    ],
    [
      'bitsandbytes, 4 bit',
      '',
      [
        ['weight', 'U8', [128, 1]],
        ['weight.absmax', 'F32', [4]],
      ],
    ],
    ['FP8', 'with the shape of plain weights', [['weight', 'F8_E4M3', [16, 16]]]],
    [
      'compressed-tensors',
      '',
      [
        ['weight_packed', 'I32', [16, 2]],
        ['weight_scale', 'BF16', [16, 1]],
      ],
    ],
  ])('weights quantised by %s %s', async (method, _how, stored) => {
    const module = 'model.layers.0.self_attn.q_proj';
    const more = Object.fromEntries(
      stored.map(([suffix, dtype, shape]) => {
        const bytes = shape.reduce((product, size) => product * size, dtypeSize(dtype));
        return [`${module}.${suffix}`, { dtype, shape, data: new Uint8Array(bytes) }];
      }),
    );
    const names = (name: string): string | null => (name === `${module}.weight` ? null : name);
    const error = await refusal(await changed({ names, more }));
    expect(error).toMatchObject({ code: 'weights-quantised', data: { method } });
    expect(error.remedy).toContain('GGUF');
  });
});

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 11421896\n`;

test.each<[string, string, string]>([
  ['model.safetensors', POINTER, 'pointer'],
  ['tokenizer.json', POINTER, 'pointer'],
  ['config.json', '<!DOCTYPE html>\n<html><title>Sign in</title></html>', 'page'],
  ['model.safetensors', '<!doctype html><html><body>Sign in</body></html>', 'page'],
])('%s that is a stand-in is named as one', async (name, content, found) => {
  const files = await filesIn(PLAIN);
  files.set(name, new TextEncoder().encode(content));
  expect(await refusal(files)).toMatchObject({
    code: 'file-stand-in',
    data: { file: name, found },
  });
});

test('templates with names are read from their folder and stay with the model', async () => {
  const files = await filesIn(PLAIN);
  files.set('tokenizer_config.json', text({ eos_token: '<|endoftext|>' }));
  const jinja = (source: string): Uint8Array => new TextEncoder().encode(source);
  files.set('additional_chat_templates/tool_use.jinja', jinja('tools'));
  files.set('additional_chat_templates/plain.jinja', jinja('{{ messages[0].content }}'));
  files.set('additional_chat_templates/deeper/other.jinja', jinja('deeper'));
  const { model, kept } = await imported(files);
  expect(model.summary).toMatchObject({
    ...{ hasTemplate: true, template: 'model' },
    templateNames: { taken: 'plain', others: ['tool_use'] },
  });
  expect(model.template().source).toBe('{{ messages[0].content }}');
  expect(kept?.filter((name) => name.includes('/'))).toEqual([
    'additional_chat_templates/plain.jinja',
    'additional_chat_templates/tool_use.jinja',
  ]);
});
