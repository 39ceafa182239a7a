import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { checkWeights } from '../../engine/model/weights.ts';
import { StudioError } from '../../faults/fault.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { readGgufHeader } from './gguf.ts';
import { openGguf } from './gguf-model.ts';
import type { GgufModel } from './gguf-model.ts';
import { buildGguf, ByteList, f32, fixtureBytes, u32 } from '../testing/gguf-bytes.ts';
import type { GgufToBuild, HeaderValue, TensorToPlace } from '../testing/gguf-bytes.ts';

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

/** Builds everything that a file gives before its weights are read; these parts throw typed errors too. */
function loadParts(model: GgufModel): void {
  const { configJson, tokenizerJson, tokenizerConfigJson } = model;
  checkWeights(parseModelConfig(JSON.parse(configJson)), model.weights);
  loadTokenizer({ tokenizerJson, tokenizerConfigJson }).encode('Once upon a time\n<s>');
}

/** A source that refuses to hand out more than its file has, and remembers the longest read. */
function watched(bytes: Uint8Array): ByteSource & { longest: number } {
  const inner = memorySource('hostile.gguf', bytes);
  const source = {
    name: inner.name,
    size: inner.size,
    longest: 0,
    read: async (begin: number, end: number) => {
      source.longest = Math.max(source.longest, end - begin);
      return inner.read(begin, end);
    },
  };
  return source;
}

const tensor = (change: Partial<TensorToPlace> = {}): TensorToPlace => ({
  name: 'token_embd.weight',
  type: 0,
  dimensions: [4, 2],
  data: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer),
  ...change,
});

const SMALL: GgufToBuild = {
  metadata: [
    ['general.architecture', 'llama'],
    ['general.name', 'Klein ▁ 小'],
    ['n', u32(7)],
    ['flag', true],
    ['x', f32(0.5)],
    ['big', { type: 'u64', value: 2 ** 40 }],
    ['list', { type: 'strings', values: ['a', '', 'ccc'] }],
    ['numbers', { type: 'i32s', values: [1, -2, 3] }],
  ],
  tensors: [
    tensor(),
    tensor({ name: 'blk.0.attn_q.weight', type: 8, dimensions: [32], data: new Uint8Array(34) }),
  ],
};

const read = (bytes: Uint8Array): ReturnType<typeof readGgufHeader> =>
  readGgufHeader(memorySource('x.gguf', bytes));
const codeOfFile = (file: GgufToBuild): Promise<string> => codeOf(read(buildGguf(file)));
const raw = (id: number, bytes: Uint8Array): HeaderValue => ({ type: 'raw', id, bytes });
const withValue = (value: HeaderValue): GgufToBuild => ({ metadata: [['k', value]] });

describe('the container', () => {
  test.each([2, 3])('version %i: what was written is read back', async (version) => {
    const bytes = buildGguf({ ...SMALL, version });
    const header = await read(bytes);
    expect(header.version).toBe(version);
    expect(Object.fromEntries(header.metadata)).toEqual({
      'general.architecture': 'llama',
      'general.name': 'Klein ▁ 小',
      n: 7,
      flag: true,
      x: 0.5,
      big: 2 ** 40,
      list: ['a', '', 'ccc'],
      numbers: [1, -2, 3],
    });
    const [first, second] = [...header.tensors.values()];
    expect(first).toMatchObject({ type: 'F32', shape: [2, 4] });
    expect(second).toMatchObject({ type: 'Q8_0', shape: [32] });
    expect((first?.begin ?? 1) % 32).toBe(0);
    expect((first?.end ?? 0) - (first?.begin ?? 0)).toBe(32);
    expect(second?.begin).toBe(first?.end);
  });

  test('numbers of every type, and 64-bit ones that are not exact as bigints', async () => {
    const one = async (value: HeaderValue): Promise<unknown> =>
      (await read(buildGguf(withValue(value)))).metadata.get('k');
    const bytes = (view: ArrayBufferView): Uint8Array =>
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    expect(await one(raw(0, Uint8Array.of(255)))).toBe(255);
    expect(await one(raw(1, Uint8Array.of(255)))).toBe(-1);
    expect(await one(raw(2, bytes(Uint16Array.of(65535))))).toBe(65535);
    expect(await one(raw(3, bytes(Int16Array.of(-2))))).toBe(-2);
    expect(await one(raw(10, bytes(BigUint64Array.of(2n ** 63n))))).toBe(2n ** 63n);
    expect(await one(raw(11, bytes(BigInt64Array.of(-5n))))).toBe(-5);
    expect(await one(raw(12, bytes(Float64Array.of(Math.PI))))).toBe(Math.PI);
  });

  test('an alignment of its own places the data', async () => {
    const file = { ...SMALL, alignment: 128 };
    const metadata = [['general.alignment', u32(128)] as const, ...(file.metadata ?? [])];
    const header = await read(buildGguf({ ...file, metadata }));
    const begins = [...header.tensors.values()].map(({ begin }) => begin);
    expect(begins.every((begin) => begin % 128 === 0)).toBe(true);
    for (const wrong of [0, 4, 33, 2 ** 17]) {
      const lie: GgufToBuild = { metadata: [['general.alignment', u32(wrong)]] };
      expect(await codeOfFile(lie)).toBe('gguf-alignment');
    }
    expect(await codeOfFile({ metadata: [['general.alignment', 'wide']] })).toBe('gguf-alignment');
  });
});

describe('files that are something else', () => {
  test.each<[string, GgufToBuild]>([
    ['gguf-magic', { magic: 0x4f444f43 }],
    ['gguf-version', { version: 1 }],
    ['gguf-version', { version: 4 }],
    ['gguf-byte-order', { version: 0x03000000 }],
    ['gguf-count', { tensorCount: 2n ** 63n }],
    ['gguf-count', { metadataCount: 100_001n }],
    ['gguf-truncated', { metadataCount: 100_000n }],
    ['gguf-truncated', { tensorCount: 3n }],
    [
      'gguf-duplicate',
      {
        metadata: [
          ['a', u32(1)],
          ['a', u32(1)],
        ],
      },
    ],
    ['gguf-duplicate', { tensors: [tensor(), tensor()] }],
    ['gguf-value', withValue(raw(13, new Uint8Array(8)))],
    ['gguf-value', withValue(raw(7, Uint8Array.of(2)))],
    ['gguf-value', withValue(raw(9, new ByteList().u32(99).u64(1).bytes()))],
    ['gguf-utf8', withValue(raw(8, new ByteList().u64(2).raw([0xff, 0xfe]).bytes()))],
    ['gguf-string', withValue(raw(8, new ByteList().u64(2n ** 62n).bytes()))],
    ['gguf-string', withValue(raw(8, new ByteList().u64(10_000_001).bytes()))],
    ['gguf-truncated', withValue(raw(8, new ByteList().u64(9_000_000).bytes()))],
    ['gguf-count', withValue(raw(9, new ByteList().u32(4).u64(1_000_001).bytes()))],
    ['gguf-truncated', withValue(raw(9, new ByteList().u32(4).u64(1_000_000).bytes()))],
    ['gguf-truncated', withValue(raw(9, new ByteList().u32(8).u64(1_000_000).bytes()))],
    ['gguf-shape', { tensors: [tensor({ dimensions: [] })] }],
    ['gguf-shape', { tensors: [tensor({ dimensions: Array<number>(9).fill(1) })] }],
    ['gguf-shape', { tensors: [tensor({ dimensions: [4, 0] })] }],
    ['gguf-shape', { tensors: [tensor({ dimensions: [2 ** 32 + 1] })] }],
    ['gguf-shape', { tensors: [tensor({ dimensions: [2n ** 64n - 1n] })] }],
    ['gguf-shape', { tensors: [tensor({ dimensions: [2 ** 32, 2 ** 32, 2 ** 32] })] }],
    ['gguf-shape', { tensors: [tensor({ type: 12, dimensions: [128, 4] })] }],
    ['gguf-offset', { tensors: [tensor({ dimensions: [2 ** 32] })] }],
    ['gguf-offset', { tensors: [tensor({ offset: 16 })] }],
    ['gguf-offset', { tensors: [tensor({ offset: 64 })] }],
    ['gguf-offset', { tensors: [tensor({ offset: 2n ** 64n - 32n })] }],
    ['gguf-overlap', { tensors: [tensor(), tensor({ name: 'b', offset: 0 })] }],
    ['gguf-type', { tensors: [tensor({ type: 23 })] }],
    ['gguf-type', { tensors: [tensor({ type: 1000 })] }],
  ])('%s', async (code, file) => {
    expect(await codeOfFile(file)).toBe(code);
  });

  test('arrays nest four deep and no deeper', async () => {
    const nested = (depth: number): Uint8Array => {
      const out = new ByteList();
      for (let level = 1; level < depth; level++) out.u32(9).u64(1);
      return out.u32(0).u64(1).raw([7]).bytes();
    };
    const header = await read(buildGguf(withValue(raw(9, nested(4)))));
    expect(header.metadata.get('k')).toEqual([[[[7]]]]);
    expect(await codeOfFile(withValue(raw(9, nested(5))))).toBe('gguf-array');
  });

  test('every type of weights that is not read is named at once', async () => {
    const file: GgufToBuild = {
      tensors: [
        tensor({ name: 'a', type: 23 }),
        tensor({ name: 'b', type: 21 }),
        tensor({ name: 'c', type: 23 }),
        tensor({ name: 'd', type: 0 }),
      ],
    };
    await expect(read(buildGguf(file))).rejects.toMatchObject({
      code: 'gguf-type',
      message:
        'x.gguf stores weights as IQ4_XS (2 tensors), IQ3_S (1 tensors), which this studio cannot read.',
      data: { types: ['IQ4_XS', 'IQ3_S'] },
    });
  });
});

describe('damage', () => {
  const whole = buildGguf(SMALL);

  test('a file cut anywhere is refused with a reason', async () => {
    const last = whole.length;
    for (let length = 0; length < last; length++) {
      const code = await codeOf(read(whole.slice(0, length)));
      // The padding after the last tensor belongs to no tensor.
      const dataEnd = last - (64 - 34);
      if (length >= dataEnd) expect(code).toBe('accepted');
      else expect(code).toMatch(/^gguf-(truncated|offset)$/);
    }
  });

  test('a small model cut anywhere, opened whole', async () => {
    const model = buildGguf({ metadata: [...(SMALL.metadata ?? []), ['tail', u32(1)]] });
    for (let length = 0; length <= model.length; length++) {
      expect(
        await codeOf(openGguf(memorySource('x', model.slice(0, length)), architectures)),
      ).toMatch(/^gguf-/);
    }
  });

  test('changed bytes give a header or a reason, and never a long read', async () => {
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        const source = watched(bytes);
        expect(await codeOf(readGgufHeader(source))).toMatch(/^(accepted|gguf-[a-z0-9-]+)$/);
        expect(source.longest).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 15000 },
    );
  });

  test('lengths and counts overwritten with huge numbers allocate nothing of their size', async () => {
    const huge = [2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 2n ** 40n, 2n ** 31n, 999_999n];
    for (let at = 8; at + 8 <= whole.length; at++) {
      for (const value of huge) {
        const bytes = whole.slice();
        new DataView(bytes.buffer).setBigUint64(at, value, true);
        const code = await codeOf(read(bytes));
        expect(code).toMatch(/^(accepted|gguf-[a-z0-9-]+)$/);
      }
    }
  });

  test('a real header with changed bytes opens or is refused', async () => {
    const bytes = fixtureBytes('stories260k.f16.gguf');
    const change = fc.record({ at: fc.nat(15_000), byte: fc.integer({ min: 0, max: 255 }) });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const copy = bytes.slice();
        for (const { at, byte } of changes) copy[at] = byte;
        const code = await codeOf(openGguf(memorySource('x', copy), architectures));
        expect(code).toMatch(/^(accepted|gguf-[a-z0-9-]+)$/);
        if (code !== 'accepted') refused += 1;
        else await codeOf(openGguf(memorySource('x', copy), architectures).then(loadParts));
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  test('a string as long as the file is read in one piece and no longer', async () => {
    const long = 'x'.repeat(3_000_000);
    const bytes = new Uint8Array(3_000_100);
    bytes.set(buildGguf({ metadataCount: 1n }).slice(0, 24));
    bytes.set(new ByteList().text('k').u32(8).u64(long.length).bytes(), 24);
    bytes.fill(120, 24 + 21, 24 + 21 + long.length);
    const source = watched(bytes);
    const { metadata } = await readGgufHeader(source);
    expect(metadata.get('k')).toBe(long);
    expect(source.longest).toBeLessThanOrEqual(3_000_100);
  });
});
