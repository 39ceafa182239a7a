import { readFileSync } from 'node:fs';
import fc from '../../../test/properties.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { checkWeights } from '../../engine/model/weights.ts';
import { templateFor } from '../../text/template/chat-template.ts';
import { loadTestTokenizer } from '../../text/testing/load.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { decodeBlocks } from './block-decode.ts';
import { isBlockType } from './block-types.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { float16ToFloat32, float32ToFloat16 } from '../weights/float-bits.ts';
import { openGguf } from './gguf-model.ts';
import type { GgufModel } from './gguf-model.ts';
import { parseSafetensors } from '../weights/safetensors.ts';
import {
  buildGguf,
  f32,
  fixtureBytes,
  fixtureSource,
  folderName,
  nanoGguf,
  u32,
} from '../testing/gguf-bytes.ts';
import { openWeightsFolder } from '../weights/weights-folder.ts';

function tokenizerOf(model: GgufModel): TextTokenizer {
  const { tokenizerJson, tokenizerConfigJson, generationConfigJson } = model;
  return loadTokenizer({
    tokenizerJson,
    tokenizerConfigJson,
    ...(generationConfigJson === null ? {} : { generationConfigJson }),
  });
}

/** Whether two arrays hold the same floats; much faster than a comparison that can show the difference. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
}

/** A source that counts the bytes that are read from it. */
function counted(source: ByteSource): ByteSource & { bytes: number } {
  const counting = {
    name: source.name,
    size: source.size,
    bytes: 0,
    read: async (begin: number, end: number) => {
      counting.bytes += end - begin;
      return source.read(begin, end);
    },
  };
  return counting;
}

const QUANTISED = [
  ['q256.Q4_0.gguf', 'q256.Q4_0'],
  ['q256.Q4_1.gguf', 'q256.Q4_1'],
  ['q256.Q5_0.gguf', 'q256.Q5_0'],
  ['q256.Q5_1.gguf', 'q256.Q5_1'],
  ['q256.Q8_0.gguf', 'q256.Q8_0'],
  ['q256.Q4_K_S.gguf', 'q256.Q4_K_S'],
  ['q256.Q5_K_S.gguf', 'q256.Q5_K_S'],
  ['q256.Q6_K.gguf', 'q256.Q6_K'],
  ['q256.BF16.rows.gguf.gz', 'q256.BF16'],
] as const;

describe('weights', () => {
  test.each(QUANTISED)('%s: rows are those of the reference', async (file, name) => {
    const model = await openGguf(fixtureSource(file), architectures);
    const config = parseModelConfig(JSON.parse(model.configJson));
    checkWeights(config, model.weights);
    expect(config).toMatchObject({ architecture: 'qwen2', hiddenSize: 256, tiedHead: false });
    const expected = await parseSafetensors(fixtureBytes(`${name}.expected.safetensors`));
    const names = [...expected.tensors.keys()].filter((key) => key.endsWith('.weight'));
    expect(names).toHaveLength(9);
    for (const tensor of names) {
      const wanted = await expected.readFloat32(tensor);
      const [rows = 0, width = 0] = model.weights.tensors.get(folderName(tensor))?.shape ?? [];
      const read = async (first: number, last: number): Promise<Float32Array> =>
        model.weights.readFloat32(folderName(tensor), first * width, last * width);
      const found = [...(await read(0, 2)), ...(await read(rows - 2, rows))];
      expect(found).toHaveLength(wanted.length);
      const worst = found.reduce(
        (most, x, i) => Math.max(most, Math.abs(x - (wanted[i] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThanOrEqual(1e-6);
    }
  });

  test('a range reads its own blocks only, also where it cuts them', async () => {
    const source = counted(fixtureSource('q256.Q4_K_S.gguf'));
    const { weights } = await openGguf(source, architectures);
    const name = 'model.layers.0.mlp.down_proj.weight';
    const whole = await weights.readFloat32(name);
    source.bytes = 0;
    expect(await weights.readFloat32(name, 300, 700)).toEqual(whole.slice(300, 700));
    expect(source.bytes).toBe(2 * 144);
    const stored = await weights.readStored(name, 512, 1024);
    expect(stored).toHaveLength(2 * 144);
    expect(decodeBlocks('Q4_K', stored)).toEqual(whole.slice(512, 1024));
    for (const [first, last] of [
      [1, 256],
      [0, 255],
      [-256, 0],
      [512, 256],
      [0, 512 * 256 + 256],
    ] as const) {
      await expect(weights.readStored(name, first, last)).rejects.toMatchObject({
        code: 'file-range',
      });
    }
    await expect(weights.readFloat32(name, -1, 5)).rejects.toMatchObject({ code: 'file-range' });
    await expect(weights.readFloat32('model.norm')).rejects.toMatchObject({
      code: 'tensor-missing',
    });
  });

  test('opening reads the header and nothing of the weights', async () => {
    const source = counted(fixtureSource('q256.Q8_0.gguf'));
    const { weights } = await openGguf(source, architectures);
    // The header is read in one window of a megabyte, whatever the file's size.
    expect(source.bytes).toBeLessThanOrEqual(1 << 20);
    const [embedding] = [...weights.tensors.values()].filter(({ shape }) => shape[0] === 2048);
    expect(embedding?.dtype).toBe('Q8_0');
    // Matrices hold 1,638,400 weights at 34 bytes for 32; vectors hold 1,280 at four bytes each.
    const matrices = [...weights.tensors.values()].filter(({ dtype }) => isBlockType(dtype));
    const elements = matrices.reduce(
      (sum, { shape }) => sum + (shape[0] ?? 0) * (shape[1] ?? 0),
      0,
    );
    const vectors = [...weights.tensors.values()].filter(({ dtype }) => dtype === 'F32');
    const values = vectors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    expect(weights.byteSize).toBe((elements / 32) * 34 + values * 4);
  });

  test.each([
    ['medcare-nano', nanoGguf],
    ['stories260k', async () => fixtureBytes('stories260k.f16.gguf')],
  ] as const)('%s: config and tensors are those of its folder', async (id, file) => {
    const model = await openGguf(memorySource(id, await file()), architectures);
    const folder = `public/models/${id}`;
    expect(parseModelConfig(JSON.parse(model.configJson))).toEqual(
      parseModelConfig(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'))),
    );
    const weights = await openWeightsFolder(
      new Map([
        ['model.safetensors', memorySource(id, readFileSync(`${folder}/model.safetensors`))],
      ]),
    );
    expect([...model.weights.tensors.keys()].sort()).toEqual([...weights.tensors.keys()].sort());
    for (const [name, { dtype, shape }] of model.weights.tensors) {
      expect(shape).toEqual(weights.tensors.get(name)?.shape);
      const original = await weights.readFloat32(name);
      const halves = original.map((value) => float16ToFloat32(float32ToFloat16(value)));
      const read = await model.weights.readFloat32(name);
      expect(sameBits(read, dtype === 'F32' ? original : halves), name).toBe(true);
    }
  });

  test('rows that llama.cpp reordered come back in order for every range', async () => {
    const { weights } = await openGguf(fixtureSource('stories260k.f16.gguf'), architectures);
    const name = 'model.layers.2.self_attn.k_proj.weight';
    const whole = await weights.readFloat32(name);
    expect(whole).toHaveLength(32 * 64);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length), async (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        expect(await weights.readFloat32(name, first, last)).toEqual(whole.slice(first, last));
        const stored = await weights.readStored(name, first, last);
        expect(stored).toHaveLength((last - first) * 2);
      }),
      { numRuns: 100 },
    );
  });

  test('quantised rows and biases of the llama architecture are put in order too', async () => {
    const headSize = 32;
    const rows = 2 * headSize;
    // Q8_0 rows of 32 weights: scale 1, all weights the row's number in the file.
    const matrix = new Uint8Array(rows * 34);
    for (let row = 0; row < rows; row++) {
      matrix.set([0x00, 0x3c, ...Array<number>(32).fill(row)], row * 34);
    }
    const bias = new Uint8Array(Float32Array.from({ length: rows }, (_, row) => row).buffer);
    const { weights } = await openGguf(
      memorySource(
        'small.gguf',
        llamaFile([
          { name: 'blk.0.attn_q.weight', type: 8, dimensions: [32, rows], data: matrix },
          { name: 'blk.0.attn_q.bias', type: 0, dimensions: [rows], data: bias },
        ]),
      ),
      architectures,
    );
    // Of each head the even rows of the file come first, then the odd ones.
    const order = Array.from({ length: rows }, (_, row) => {
      const [head, within] = [Math.floor(row / headSize), row % headSize];
      return head * headSize + (within < 16 ? 2 * within : 2 * (within - 16) + 1);
    });
    const read = await weights.readFloat32('model.layers.0.self_attn.q_proj.weight');
    expect([...read].filter((_, i) => i % 32 === 0)).toEqual(order);
    expect([...(await weights.readFloat32('model.layers.0.self_attn.q_proj.bias'))]).toEqual(order);
    expect([
      ...(await weights.readFloat32('model.layers.0.self_attn.q_proj.bias', 15, 18)),
    ]).toEqual(order.slice(15, 18));
  });
});

/** A llama file with one layer, heads of 32 and the given parts; its embedding has one row. */
function llamaFile(
  tensors: Parameters<typeof buildGguf>[0]['tensors'] = [],
  metadata: Parameters<typeof buildGguf>[0]['metadata'] = [],
): Uint8Array {
  return buildGguf({
    metadata: [
      ['general.architecture', 'llama'],
      ['llama.block_count', u32(1)],
      ['llama.context_length', u32(64)],
      ['llama.embedding_length', u32(64)],
      ['llama.feed_forward_length', u32(32)],
      ['llama.attention.head_count', u32(2)],
      ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
      ['tokenizer.ggml.model', 'llama'],
      ['tokenizer.ggml.tokens', { type: 'strings', values: ['<unk>', 'a'] }],
      ['tokenizer.ggml.scores', { type: 'f32s', values: [0, -1] }],
      ['tokenizer.ggml.token_type', { type: 'i32s', values: [2, 1] }],
      ...metadata,
    ],
    tensors: [
      { name: 'token_embd.weight', type: 0, dimensions: [64, 1], data: new Uint8Array(256) },
      ...tensors,
    ],
  });
}

const TEXTS = [
  '',
  ' ',
  'Hello world',
  ' leading and trailing ',
  'two  spaces,   three',
  "I'm sure they'D say it's DON'T",
  '血压高，请问应该吃什么药？',
  'Aspirin 325 mg/day; 1,000,000 IU; 0.05%',
  '12345 ٣٤٥ ½ Ⅻ',
  'line\nline\r\n\n\n  indented\ttab\u00a0nbsp\u3000wide',
  'naïve café cafe\u0301 \u212b \ufb01',
  '😀👩‍⚕️🇨🇳 emoji',
  '<|im_start|>user\nWhat?<|im_end|>\n<|endoftext|>',
  '<s>begin</s> end <unk>',
  'a<|im_end|> b',
  'Ünïcödé Ελληνικά русский עברית العربية हिन्दी ไทย',
  '$^+=<>~|`!@#%&*()[]{}',
  '\u0000\u0007\u200b\ufeff',
  '▁already ▁marked <0x0A>',
  'x'.repeat(300),
];

describe('tokenizers', () => {
  const loaded = new Map<string, { own: TextTokenizer; folder: TextTokenizer }>();
  beforeAll(async () => {
    const nano = await openGguf(memorySource('nano', await nanoGguf()), architectures);
    const stories = await openGguf(fixtureSource('stories260k.f16.gguf'), architectures);
    for (const [id, model] of [
      ['medcare-nano', nano],
      ['stories260k', stories],
    ] as const) {
      const folder = loadTestTokenizer(`public/models/${id}`);
      loaded.set(id, { own: tokenizerOf(model), folder });
    }
  });
  const pair = (id: string): { own: TextTokenizer; folder: TextTokenizer } => {
    const found = loaded.get(id);
    if (found === undefined) throw new Error(id);
    return found;
  };

  describe.each(['medcare-nano', 'stories260k'])('%s', (id) => {
    test('texts have the ids and come back as with the folder’s tokenizer', () => {
      const { own, folder } = pair(id);
      for (const text of TEXTS) {
        const ids = own.encode(text);
        expect([...ids]).toEqual([...folder.encode(text)]);
        expect([...own.encodeWithBos(text)]).toEqual([...folder.encodeWithBos(text)]);
        expect(own.decode(ids)).toBe(folder.decode(ids));
        expect(own.decode(ids, { skipSpecial: true })).toBe(
          folder.decode(ids, { skipSpecial: true }),
        );
      }
    });

    test('any text', () => {
      const { own, folder } = pair(id);
      const text = fc.string({ unit: 'grapheme', maxLength: 60 });
      fc.assert(
        fc.property(text, (any) => {
          expect([...own.encode(any)]).toEqual([...folder.encode(any)]);
        }),
        { numRuns: 300 },
      );
    });

    test('special tokens, ends and the size of the vocabulary agree', () => {
      const { own, folder } = pair(id);
      expect(own.vocabularySize).toBe(folder.vocabularySize);
      expect(own.eosIds).toEqual(folder.eosIds);
      expect(own.eosToken).toBe(folder.eosToken);
      expect(own.bosId).toBe(folder.bosId);
      expect(own.stripsLeadingSpace).toBe(folder.stripsLeadingSpace);
      for (let token = 0; token < folder.vocabularySize; token++) {
        expect(own.isSpecial(token)).toBe(folder.isSpecial(token));
        expect(own.tokenText(token)).toBe(folder.tokenText(token));
      }
    });
  });

  test('the chat template is the folder’s and renders the same', () => {
    const { own, folder } = pair('medcare-nano');
    expect(own.chatTemplate).toBe(folder.chatTemplate);
    const messages = [
      { role: 'user', content: 'Is aspirin safe?' },
      { role: 'assistant', content: '通常可以。😀' },
      { role: 'user', content: 'Why <|im_end|>?' },
    ] as const;
    const rendered = [own, folder].map((tokenizer) =>
      templateFor(tokenizer, 'model').render(messages, {
        addGenerationPrompt: true,
        bosToken: tokenizer.bosToken,
        eosToken: tokenizer.eosToken,
      }),
    );
    expect(rendered[0]).toContain('<|im_start|>assistant');
    expect(rendered[0]).toBe(rendered[1]);
    expect(pair('stories260k').own.chatTemplate).toBeNull();
  });
});
