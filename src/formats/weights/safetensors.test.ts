import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { blobSource, memorySource } from '../files/byte-source.ts';
import { parseSafetensors, readSafetensorsHeader, readTensor } from './safetensors.ts';
import { safetensorsFileSize, streamSafetensors, writeSafetensors } from './safetensors-writer.ts';
import type { TensorToWrite } from './safetensors-writer.ts';

function fileOf(header: string, data: Uint8Array = new Uint8Array(), claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

const EXAMPLE: ReadonlyMap<string, TensorToWrite> = new Map<string, TensorToWrite>([
  ['b', { dtype: 'BF16', shape: [3], data: Float32Array.of(1, -2.5, 0.1) }],
  ['a', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ['h', { dtype: 'F16', shape: [1, 2], data: Float32Array.of(0.5, 65504) }],
  ['ids', { dtype: 'I32', shape: [2], data: Int32Array.of(-100, 7) }],
  ['none', { dtype: 'F32', shape: [0, 4], data: new Float32Array() }],
  ['long', { dtype: 'I64', shape: [1], data: new Uint8Array(BigInt64Array.of(-3n).buffer) }],
]);

describe('safetensors', () => {
  test('what is written is read back', async () => {
    const bytes = writeSafetensors(EXAMPLE, new Map([['format', 'pt']]));
    const file = await parseSafetensors(bytes);
    expect([...file.metadata]).toEqual([['format', 'pt']]);
    expect([...file.tensors.keys()]).toEqual(['long', 'a', 'ids', 'none', 'b', 'h']);
    expect([...(await file.readFloat32('a'))]).toEqual([1, 2, 3, 4]);
    expect([...(await file.readFloat32('b'))]).toEqual([1, -2.5, 0.10009765625]);
    expect([...(await file.readFloat32('h'))]).toEqual([0.5, 65504]);
    expect([...(await file.readFloat32('none'))]).toEqual([]);
    expect([...(await file.readIntegers('ids'))]).toEqual([-100, 7]);
    expect([...(await file.readIntegers('long'))]).toEqual([-3]);
    expect(await codeOf(file.readFloat32('ids'))).toBe('safetensors-not-float');
    expect(await codeOf(file.readIntegers('a'))).toBe('safetensors-not-integer');
    expect(await codeOf(file.readFloat32('c'))).toBe('tensor-missing');
  });

  test('the same tensors give the same bytes, streamed or whole, in any order', async () => {
    const whole = writeSafetensors(
      EXAMPLE,
      new Map([
        ['k', 'v'],
        ['format', 'pt'],
      ]),
    );
    const declarations = [...EXAMPLE].reverse().map(([name, tensor]) => ({ name, ...tensor }));
    const metadata = new Map([
      ['format', 'pt'],
      ['k', 'v'],
    ]);
    const parts: number[] = [];
    const provide = async (name: string) => EXAMPLE.get(name)?.data ?? new Uint8Array();
    for await (const part of streamSafetensors(declarations, provide, metadata))
      parts.push(...part);
    expect(Uint8Array.from(parts)).toEqual(whole);
    expect(safetensorsFileSize(declarations, metadata)).toBe(whole.length);
  });

  test('a slice of a tensor reads only its own bytes', async () => {
    const inner = blobSource('x', new Blob([writeSafetensors(EXAMPLE)]));
    const header = await readSafetensorsHeader(inner);
    const found = header.tensors.get('a');
    expect(found).toBeDefined();
    if (found === undefined) return;
    const asked: number[] = [];
    const counting = {
      ...inner,
      read: (begin: number, end: number) => {
        asked.push(begin, end);
        return inner.read(begin, end);
      },
    };
    expect([...(await readTensor(counting, found, 1, 3))]).toEqual([2, 3]);
    expect(asked).toEqual([found.begin + 4, found.begin + 12]);
    expect(await codeOf(readTensor(counting, found, 1, 5))).toBe('file-range');
  });

  test('a declaration that does not fit its values is refused by the writer', () => {
    const bad =
      (tensor: TensorToWrite): (() => unknown) =>
      () =>
        writeSafetensors(new Map([['x', tensor]]));
    expect(bad({ dtype: 'F32', shape: [3], data: new Float32Array(2) })).toThrow(StudioError);
    expect(bad({ dtype: 'I32', shape: [2], data: new Float32Array(2) })).toThrow(StudioError);
    expect(bad({ dtype: 'F32', shape: [-1], data: new Float32Array(2) })).toThrow(StudioError);
    const reserved: TensorToWrite = { dtype: 'F32', shape: [0], data: new Float32Array() };
    expect(() => writeSafetensors(new Map([['__metadata__', reserved]]))).toThrow(StudioError);
  });

  const eight = new Uint8Array(8);
  test.each<[string, string, Uint8Array]>([
    ['an empty file', 'safetensors-truncated', new Uint8Array()],
    ['seven bytes', 'safetensors-truncated', new Uint8Array(7)],
    ['a header longer than the file', 'safetensors-header-length', fileOf('{}', eight, 1000n)],
    [
      'a header of 2^64 − 1 bytes',
      'safetensors-header-length',
      fileOf('{}', eight, 2n ** 64n - 1n),
    ],
    ['a header of zero bytes', 'safetensors-header-start', fileOf('')],
    ['a header that starts with a space', 'safetensors-header-start', fileOf(' {}')],
    ['a header that starts with a BOM', 'safetensors-header-start', fileOf('\ufeff{}')],
    ['a header that is an array', 'safetensors-header-start', fileOf('[]')],
    ['a broken header', 'json-syntax', fileOf('{"a":')],
    ['a header with a tail', 'json-syntax', fileOf('{} x')],
    [
      'a tensor twice',
      'json-duplicate-key',
      fileOf(
        `{"a":${entry('"F32"', '[1]', '[0,4]')},"\\u0061":${entry('"F32"', '[1]', '[4,8]')}}`,
        eight,
      ),
    ],
    [
      'a poisoned key',
      'json-prototype-key',
      fileOf(`{"__pro\\u0074o__":${entry('"F32"', '[2]', '[0,8]')}}`, eight),
    ],
    [
      'an unknown type',
      'safetensors-dtype',
      fileOf(`{"a":${entry('"F31"', '[2]', '[0,8]')}}`, eight),
    ],
    [
      'a type named after a method',
      'safetensors-dtype',
      fileOf(`{"a":${entry('"toString"', '[2]', '[0,8]')}}`, eight),
    ],
    [
      'a negative dimension',
      'safetensors-shape',
      fileOf(`{"a":${entry('"F32"', '[-2]', '[0,8]')}}`, eight),
    ],
    [
      'a fractional dimension',
      'safetensors-shape',
      fileOf(`{"a":${entry('"F32"', '[0.5]', '[0,8]')}}`, eight),
    ],
    [
      'nine dimensions',
      'safetensors-shape',
      fileOf(`{"a":${entry('"F64"', '[1,1,1,1,1,1,1,1,1]', '[0,8]')}}`, eight),
    ],
    [
      'a product that overflows to what fits',
      'safetensors-shape',
      fileOf(`{"a":${entry('"F32"', '[4294967296,4294967297]', '[0,8]')}}`, eight),
    ],
    [
      'a shape that needs other bytes',
      'safetensors-size',
      fileOf(`{"a":${entry('"F32"', '[3]', '[0,8]')}}`, eight),
    ],
    [
      'offsets the wrong way round',
      'safetensors-offsets',
      fileOf(`{"a":${entry('"F32"', '[2]', '[8,0]')}}`, eight),
    ],
    [
      'offsets beyond the file',
      'safetensors-offsets',
      fileOf(`{"a":${entry('"F32"', '[4]', '[0,16]')}}`, eight),
    ],
    [
      'three offsets',
      'safetensors-offsets',
      fileOf(`{"a":${entry('"F32"', '[2]', '[0,8,8]')}}`, eight),
    ],
    [
      'an unknown field',
      'safetensors-entry',
      fileOf(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}`, eight),
    ],
    [
      'an overlap',
      'safetensors-tiling',
      fileOf(
        `{"a":${entry('"F32"', '[2]', '[0,8]')},"b":${entry('"F32"', '[1]', '[4,8]')}}`,
        eight,
      ),
    ],
    [
      'a hole at the start',
      'safetensors-tiling',
      fileOf(`{"a":${entry('"F32"', '[1]', '[4,8]')}}`, eight),
    ],
    [
      'a hole in the middle',
      'safetensors-tiling',
      fileOf(`{"a":${entry('"U8"', '[2]', '[0,2]')},"b":${entry('"F32"', '[1]', '[4,8]')}}`, eight),
    ],
    [
      'bytes left over',
      'safetensors-tiling',
      fileOf(`{"a":${entry('"F32"', '[1]', '[0,4]')}}`, eight),
    ],
    ['metadata that is no text', 'safetensors-metadata', fileOf('{"__metadata__":{"a":1}}')],
    ['metadata that is no object', 'safetensors-metadata', fileOf('{"__metadata__":"a"}')],
    ['nesting without end', 'json-depth', fileOf(`{"a":${'['.repeat(100_000)}`)],
    [
      'a header that is no UTF-8',
      'safetensors-header-utf8',
      Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d),
    ],
    ['no tensors at all', 'accepted', fileOf('{}')],
    ['padding by spaces', 'accepted', fileOf('{}      ')],
  ])('%s → %s', async (_name, code, bytes) => {
    expect(await codeOf(parseSafetensors(bytes))).toBe(code);
  });

  test('any change of bytes gives a file that reads back or a typed error', async () => {
    const valid = writeSafetensors(EXAMPLE, new Map([['format', 'pt']]));
    const mutation = fc.record({
      edits: fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }),
      cut: fc.option(fc.nat(valid.length), { nil: valid.length }),
      extra: fc.uint8Array({ maxLength: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ edits, cut, extra }) => {
        const bytes = Uint8Array.from([...valid.subarray(0, cut), ...extra]);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        let file;
        try {
          file = await parseSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
          return;
        }
        // Accepted: every byte of every tensor is inside the file, and writing it again reads the same.
        const again = new Map<string, TensorToWrite>();
        const source = memorySource('again', bytes);
        for (const [name, { dtype, shape, begin, end }] of file.tensors) {
          again.set(name, { dtype, shape, data: await source.read(begin, end) });
        }
        const copy = await parseSafetensors(writeSafetensors(again, file.metadata));
        expect(new Map(copy.metadata)).toEqual(new Map(file.metadata));
        for (const [name, { dtype, shape }] of file.tensors) {
          expect(copy.tensors.get(name)).toMatchObject({ dtype, shape });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
