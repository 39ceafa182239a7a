import type { FolderFormat, GgufFormat } from '../../engine/exports/number-formats.ts';
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import type { FileToArchive } from '../../formats/files/zip-writer.ts';
import { blockSizes } from '../../formats/gguf/block-types.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { bfloat16ToFloat32, float32ToBfloat16 } from '../../formats/weights/float-bits.ts';
import { openGguf } from '../../formats/gguf/gguf-model.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { rowSize } from '../../formats/weights/merged-weights.ts';
import { openWeightsFolder } from '../../formats/weights/weights-folder.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { OpenModel } from '../models/open-model.ts';
import { ggufFile, modelFolder } from '../../engine/exports/model-export.ts';
import type { ModelToExport } from '../../engine/exports/model-export.ts';
import type { Task } from '../tasks/tasks.ts';
import { openLibrary, textsOf } from '../testing/studio.ts';

/** Exports of the built-in models, whose weights are read from their files instead of a device. */

const task: Task = {
  name: 'export',
  signal: new AbortController().signal,
  check: () => undefined,
  progress: () => undefined,
};
let library: ModelLibrary;

beforeAll(async () => {
  library = openLibrary((await openMemoryStorage('export-test')).models);
});

interface Asked {
  readonly exported: ModelToExport;
  /** Most elements requested at once. */
  readonly largest: () => number;
}

async function fromFiles(model: OpenModel): Promise<Asked> {
  const shapes = checkpointShapes(describeWeights(model.config, 1));
  const shapeOf = new Map(shapes.map(({ name, shape }) => [name, shape]));
  let largest = 0;
  const readRows = (name: string, first: number, rows: number): Promise<Float32Array> => {
    const size = rowSize(shapeOf.get(name) ?? []);
    largest = Math.max(largest, rows * size);
    return model.weights.readFloat32(name, first * size, (first + rows) * size);
  };
  return {
    exported: {
      ...{ weights: { shapes, readRows }, model, template: model.template() },
      texts: await textsOf(model),
    },
    largest: () => largest,
  };
}

async function collect(chunks: FileToArchive['chunks']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}

async function gguf(id: string, format: GgufFormat): Promise<ByteSource> {
  const { exported } = await fromFiles(await library.open(id));
  const about = { name: 'A name', license: 'mit' };
  const bytes = await collect(await ggufFile(exported, { format, about, task }));
  return memorySource(`${id}.gguf`, bytes);
}

/** Largest difference of two arrays, NaN where they cannot be compared. */
function difference(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) return NaN;
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? NaN))), 0);
}

async function fixture(name: string): Promise<ByteSource> {
  return memorySource(name, new Uint8Array(await readFile(`test/fixtures/gguf/${name}`)));
}

/** Keys of llama.cpp's converter that depend on names and versions, not on the model. */
const OF_THE_CONVERTER = new Set(['general.name', 'general.size_label']);

describe('GGUF as llama.cpp’s converter writes it', () => {
  test('a llama-style model: the same tensors to the byte, the same vocabulary and scores', async () => {
    const [ours, theirs] = [
      await gguf('stories260k', 'F16'),
      await fixture('stories260k.f16.gguf'),
    ];
    const [own, due] = [await readGgufHeader(ours), await readGgufHeader(theirs)];
    expect([...own.tensors.keys()].sort()).toEqual([...due.tensors.keys()].sort());
    for (const [name, expected] of due.tensors) {
      const tensor = own.tensors.get(name);
      expect([name, tensor?.type, tensor?.shape]).toEqual([name, expected.type, expected.shape]);
      const bytes = await ours.read(tensor?.begin ?? 0, tensor?.end ?? 0);
      const same = Buffer.compare(bytes, await theirs.read(expected.begin, expected.end));
      expect([name, same]).toEqual([name, 0]);
    }
    for (const [key, value] of due.metadata) {
      if (!OF_THE_CONVERTER.has(key)) expect([key, own.metadata.get(key)]).toEqual([key, value]);
    }
  });

  test('a byte-level model: the same metadata, tensors, types and shapes', async () => {
    const own = await readGgufHeader(await gguf('medcare-nano', 'F16'));
    // The file's head, followed by zeros in place of its weights.
    const head = await fixture('medcare-nano.f16.header');
    const whole = new Uint8Array(2_610_080);
    whole.set(await head.read(0, head.size));
    const due = await readGgufHeader(memorySource('medcare-nano.f16.gguf', whole));
    for (const [key, value] of due.metadata) {
      if (!OF_THE_CONVERTER.has(key)) expect([key, own.metadata.get(key)]).toEqual([key, value]);
    }
    const layout = (header: typeof own): unknown =>
      [...header.tensors].map(([name, { type, shape }]) => [name, type, shape]).sort();
    expect(layout(own)).toEqual(layout(due));
  });
});

describe('GGUF read back', () => {
  test.each([
    ['F16', 2 ** -11, 2 ** -11],
    ['Q8_0', 0.5 / 127 + 2 ** -11, 0.5 / 127 + 2 ** -11],
    // The head, which is the embedding here, stays at 8 bits.
    ['Q4_0', 1 / 8 + 2 ** -11, 0.5 / 127 + 2 ** -11],
  ] as const)('%s holds the weights within its step', async (format, step, headStep) => {
    const model = await library.open('medcare-nano');
    const back = await openGguf(await gguf('medcare-nano', format), architectures);
    expect([...back.weights.tensors.keys()].sort()).toEqual(
      [...model.weights.tensors.keys()].sort(),
    );
    for (const [name, { shape, dtype }] of back.weights.tensors) {
      const values = await model.weights.readFloat32(name);
      const read = await back.weights.readFloat32(name);
      expect([name, read.length]).toEqual([name, values.length]);
      if (shape.length === 1) {
        expect([name, dtype]).toEqual([name, 'F32']);
        expect([name, difference(read, values)]).toEqual([name, 0]);
        continue;
      }
      const allowed = name === 'model.embed_tokens.weight' ? headStep : step;
      let worst = 0;
      for (let first = 0; first < values.length; first += blockSizes.Q8_0.weights) {
        const block = values.subarray(first, first + blockSizes.Q8_0.weights);
        const largest = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        block.forEach((value, i) => {
          const error = Math.abs((read[first + i] ?? NaN) - value);
          worst = Math.max(worst, error / Math.max(largest, 1e-6));
        });
      }
      expect([name, worst]).toEqual([name, expect.toSatisfy((e: number) => e <= allowed)]);
    }
  });

  test.each(['medcare-nano', 'stories260k'])('%s: texts become the same tokens', async (id) => {
    const model = await library.open(id);
    const { tokenizerJson, tokenizerConfigJson } = await openGguf(
      await gguf(id, 'Q8_0'),
      architectures,
    );
    const back = loadTokenizer({ tokenizerJson, tokenizerConfigJson });
    const texts = [
      'Once upon a time, there was a heart.',
      ' leading and  double spaces\n\nlines',
      'ünïcödé — 心脏 🫀 ½ 12345',
      '<|im_start|>user\nWhat is asthma?<|im_end|>\n',
    ];
    const own = await textsOf(model);
    for (const text of texts) {
      expect([...back.encodeWithBos(text)]).toEqual([...(await own.encodeWithBos(text))]);
    }
    expect(back.chatTemplate).toBe(model.template().source);
    expect(back.eosIds[0]).toBe(model.vocabulary.eosIds[0]);
  });
});

describe('a Hugging Face folder', () => {
  async function folder(dtype: FolderFormat, shardBytes?: number) {
    const asked = await fromFiles(await library.open('medcare-nano'));
    const files = await modelFolder(asked.exported, {
      dtype,
      task,
      ...(shardBytes === undefined ? {} : { shardBytes }),
    });
    const sources = new Map<string, ByteSource>();
    for (const { path, chunks } of files) {
      sources.set(path, memorySource(path, await collect(chunks)));
    }
    return { sources, asked };
  }

  async function text(source: ByteSource | undefined): Promise<unknown> {
    if (!source) return null;
    return JSON.parse(new TextDecoder().decode(await source.read(0, source.size)));
  }

  test('shards with an index hold every tensor once, none larger than asked for but single ones', async () => {
    const limit = 600_000;
    const { sources } = await folder('F32', limit);
    const shards = [...sources.keys()].filter((name) => name.endsWith('.safetensors'));
    expect(shards).toHaveLength(10);
    expect(shards[2]).toBe('model-00003-of-00010.safetensors');
    const model = await library.open('medcare-nano');
    const back = await openWeightsFolder(sources);
    expect([...back.tensors.keys()].sort()).toEqual([...model.weights.tensors.keys()].sort());
    for (const name of back.tensors.keys()) {
      const read = await back.readFloat32(name);
      expect([name, difference(read, await model.weights.readFloat32(name))]).toEqual([name, 0]);
    }
    expect(await text(sources.get('model.safetensors.index.json'))).toMatchObject({
      metadata: { total_parameters: 1_268_992, total_size: 4 * 1_268_992 },
    });
    for (const shard of shards.slice(1)) {
      expect(sources.get(shard)?.size).toBeLessThan(limit + 4096);
    }
  });

  test('bfloat16 is rounded to nearest even, and the configuration says so', async () => {
    const stories = await fromFiles(await library.open('stories260k'));
    const files = await modelFolder(stories.exported, { dtype: 'BF16', task });
    const sources = new Map<string, ByteSource>();
    for (const { path, chunks } of files) {
      sources.set(path, memorySource(path, await collect(chunks)));
    }
    const back = await openWeightsFolder(sources);
    const name = 'model.layers.0.mlp.down_proj.weight';
    const values = await stories.exported.model.weights.readFloat32(name);
    expect(back.tensors.get(name)?.dtype).toBe('BF16');
    const read = await back.readFloat32(name);
    expect(read).toEqual(values.map((value) => bfloat16ToFloat32(float32ToBfloat16(value))));
    // The file is float32 with more digits than bfloat16 has, so rounding was needed.
    expect(read).not.toEqual(values);
    expect(await text(sources.get('config.json'))).toMatchObject({
      dtype: 'bfloat16',
      torch_dtype: 'bfloat16',
      model_type: 'llama',
    });
  });

  test('tokenizer as it came, template that was used, generation settings', async () => {
    const { sources } = await folder('F32');
    const model = await library.open('medcare-nano');
    const tokenizer = await readFile('public/models/medcare-nano/tokenizer.json');
    const source = sources.get('tokenizer.json');
    expect(Buffer.compare(tokenizer, await (source?.read(0, source.size) ?? tokenizer))).toBe(0);
    expect(source?.size).toBe(tokenizer.length);
    expect(await text(sources.get('tokenizer_config.json'))).toMatchObject({
      chat_template: model.template().source,
      tokenizer_class: 'Qwen2Tokenizer',
    });
    expect(await text(sources.get('generation_config.json'))).toMatchObject({ eos_token_id: 2 });
    expect([...sources.keys()]).not.toContain('model.safetensors.index.json');
  });

  test('no more than a piece of weights is asked for at once', async () => {
    const { asked } = await folder('BF16');
    expect(asked.largest()).toBeLessThanOrEqual(1 << 20);
  });
});
