/** Exports name the ends of an answer that the template has, whatever the files declared. */
import 'fake-indexeddb/auto';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { rowSize } from '../../formats/weights/merged-weights.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { templateFor } from '../../text/template/chat-template.ts';
import { endNote } from '../../archive/cards/card-words.ts';
import { PUBLISHED, tokenizerOf } from '../../text/testing/published-templates.ts';
import { turnEnd } from '../../text/template/turn-end.ts';
import { ggufFile, modelFolder } from '../../engine/exports/model-export.ts';
import type { ModelToExport } from '../../engine/exports/model-export.ts';
import type { Task } from '../tasks/tasks.ts';
import { openLibrary, textsOf } from '../testing/studio.ts';

const task: Task = {
  name: 'export',
  signal: new AbortController().signal,
  check: () => undefined,
  progress: () => undefined,
};

let count = 0;

/** A model of the field inputs as a run would export it, with unchanged weights. */
async function toExport(
  folder: string,
  change: Readonly<Record<string, string>> = {},
): Promise<ModelToExport> {
  const path = `test/fixtures/field/${folder}`;
  const files = new Map<string, ByteSource>();
  for (const name of new Set([...(await readdir(path)), ...Object.keys(change)])) {
    const changed = change[name];
    const bytes = changed ? new TextEncoder().encode(changed) : await readFile(`${path}/${name}`);
    files.set(name, memorySource(name, new Uint8Array(bytes)));
  }
  const { models } = await openMemoryStorage(`ends-${count++}`);
  const library = openLibrary(models);
  const { id } = await library.import(files, folder, task);
  const model = await library.open(id);
  const shapes = checkpointShapes(describeWeights(model.config, 1));
  const shapeOf = new Map(shapes.map(({ name, shape }) => [name, shape]));
  const readRows = (name: string, first: number, rows: number): Promise<Float32Array> => {
    const size = rowSize(shapeOf.get(name) ?? []);
    return model.weights.readFloat32(name, first * size, (first + rows) * size);
  };
  return {
    ...{ weights: { shapes, readRows }, model, template: model.template() },
    texts: await textsOf(model),
  };
}

async function jsonsOf(exported: ModelToExport) {
  const files = await modelFolder(exported, { dtype: 'BF16', task });
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const file = files.find(({ path }) => path === name);
    const parts: Uint8Array[] = [];
    for await (const chunk of file?.chunks ?? []) parts.push(chunk.slice());
    const text = new TextDecoder().decode(Buffer.concat(parts));
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  return {
    config: await read('config.json'),
    generation: await read('generation_config.json'),
    tokenizer: await read('tokenizer_config.json'),
    special: await read('special_tokens_map.json'),
  };
}

async function ggufIds(exported: ModelToExport) {
  const parts: Uint8Array[] = [];
  for await (const chunk of await ggufFile(exported, { format: 'F16', about: {}, task })) {
    parts.push(chunk.slice());
  }
  const file = memorySource('m.gguf', new Uint8Array(Buffer.concat(parts)));
  const { metadata } = await readGgufHeader(file);
  const id = (role: string): unknown => metadata.get(`tokenizer.ggml.${role}_token_id`);
  const types = metadata.get('tokenizer.ggml.token_type');
  return { eos: id('eos'), eot: id('eot'), types: Array.isArray(types) ? types : [] };
}

test.each(['31-base-model-end-token/base', '33-end-token-not-special/model'])(
  '%s: <|im_end|> is named by every file',
  async (folder) => {
    const exported = await toExport(folder, {
      'special_tokens_map.json': JSON.stringify({ eos_token: { content: '<|endoftext|>' } }),
    });
    const { config, generation, tokenizer, special } = await jsonsOf(exported);
    expect(config).toMatchObject({ eos_token_id: [258, 256] });
    expect(generation).toMatchObject({ eos_token_id: [258, 256] });
    expect(tokenizer).toMatchObject({ eos_token: '<|im_end|>' });
    expect(special).toMatchObject({ eos_token: { content: '<|im_end|>' } });
    const { eos, eot, types } = await ggufIds(exported);
    expect([eos, eot]).toEqual([258, undefined]);
    // It must be a control token, as llama.cpp expects of an end token.
    expect(types[258]).toBe(3);
  },
);

test('a template that writes eos_token itself keeps it, and the end of a turn is named beside it', async () => {
  const source = `{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% else %}{{ eos_token }}{% endif %}`;
  const exported = await toExport('31-base-model-end-token/base', {
    'tokenizer_config.json': JSON.stringify({ eos_token: '<|endoftext|>', chat_template: source }),
  });
  const { generation, tokenizer } = await jsonsOf(exported);
  expect(generation).toMatchObject({ eos_token_id: [258, 256] });
  expect(tokenizer).toMatchObject({ eos_token: '<|endoftext|>' });
  expect(await ggufIds(exported)).toMatchObject({ eos: 256, eot: 258 });
});

test('what the files named already stays as it was', async () => {
  const { generation, tokenizer } = await jsonsOf(await toExport('20-template-that-refuses/model'));
  expect(generation).toMatchObject({ eos_token_id: 266 });
  expect(tokenizer).toMatchObject({ eos_token: '</s>' });
});

test('a card says how answers end where no token does', () => {
  const notes = PUBLISHED.map((published) => {
    const tokenizer = tokenizerOf(published);
    return endNote(turnEnd(tokenizer, templateFor(tokenizer, 'model')), 'en');
  });
  expect(notes.filter((note) => note !== '')).toEqual([
    expect.stringContaining(String.raw`"\n### "`),
    expect.stringContaining(String.raw`"</s>\n"`),
  ]);
});
