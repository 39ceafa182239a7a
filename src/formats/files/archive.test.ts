import { strToU8, unzipSync, zipSync } from 'fflate';
import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { isSafePath, openZip } from './archive.ts';
import { writeZip } from './zip-writer.ts';
import type { FileToArchive } from './zip-writer.ts';
import { memorySource } from './byte-source.ts';
import { crc32 } from './crc32.ts';

async function zipped(files: readonly FileToArchive[], limit?: number): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const chunk of writeZip(files, limit)) parts.push(...chunk);
  return Uint8Array.from(parts);
}

async function codeOf(bytes: Uint8Array): Promise<string> {
  try {
    for (const file of (await openZip(memorySource('x.zip', bytes))).values()) {
      await file.read(0, file.size);
    }
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

const FILES: readonly FileToArchive[] = [
  { path: 'm/weights.bin', chunks: [Uint8Array.of(1, 2), Uint8Array.of(3)] },
  { path: 'm/ü.txt', chunks: [strToU8('text '.repeat(500))], compress: true },
  { path: 'empty', chunks: [] },
];

/** Offset of an occurrence of `signature`, after `skip` others. */
function find(bytes: Uint8Array, signature: number, skip = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0, seen = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at, true) === signature && seen++ === skip) return at;
  }
  return -1;
}

describe('zip archives', () => {
  test('what is written is read back, and the same files give the same bytes', async () => {
    const bytes = await zipped(FILES);
    expect(await zipped(FILES)).toEqual(bytes);
    const files = await openZip(memorySource('x.zip', bytes));
    expect([...files.keys()]).toEqual(['m/weights.bin', 'm/ü.txt', 'empty']);
    expect([...((await files.get('m/weights.bin')?.read(1, 3)) ?? [])]).toEqual([2, 3]);
    const text = files.get('m/ü.txt');
    expect(text?.size).toBe(2500);
    expect(new TextDecoder().decode(await text?.read(0, 9))).toBe('text text');
    expect(bytes.length).toBeLessThan(700);
  });

  test('offsets of the 64-bit extension are written, read back and read by another program', async () => {
    const limit = 60;
    const bytes = await zipped(FILES, limit);
    expect(find(bytes, 0x06064b50)).toBeGreaterThan(0);
    const files = await openZip(memorySource('x.zip', bytes));
    expect([...files.keys()]).toEqual(['m/weights.bin', 'm/ü.txt', 'empty']);
    const text = files.get('m/ü.txt');
    expect(new TextDecoder().decode(await text?.read(0, 9))).toBe('text text');
    const elsewhere = unzipSync(bytes);
    expect(Object.keys(elsewhere)).toEqual([...files.keys()]);
    expect(elsewhere['m/ü.txt']?.length).toBe(2500);
    // An offset of the extension that points outside the file is refused.
    const locator = find(bytes, 0x07064b50);
    const damaged = bytes.slice();
    damaged[locator + 12] = 1;
    expect(await codeOf(damaged)).toBe('archive-malformed');
  });

  test('archives by other programs open too, without folders and macOS extras', async () => {
    const bytes = zipSync({
      d: { 'a.txt': strToU8('a') },
      '__MACOSX/._a': strToU8('x'),
      'e/': [new Uint8Array(), {}],
    });
    const files = await openZip(memorySource('x.zip', bytes));
    expect([...files.keys()]).toEqual(['d/a.txt']);
  });

  test.each([
    '../a',
    '/a',
    'a/../b',
    'a//b',
    'C:/a',
    'a\\b',
    './a',
    'a\0b',
    'a\u202eb',
    'x'.repeat(600),
  ])('the path %j is refused in both directions', async (path) => {
    expect(isSafePath(path)).toBe(false);
    await expect(zipped([{ path, chunks: [] }])).rejects.toMatchObject({ code: 'archive-path' });
    expect(await codeOf(zipSync({ [path]: strToU8('x') }))).toBe('archive-path');
  });

  test.each([
    ['a/Config.json', 'a/config.json'],
    ['caf\u00e9', 'cafe\u0301'],
    ['a.', 'a'],
  ])('%j and %j are one name on some system: refused in both directions', async (one, other) => {
    const files = [one, other].map((path) => ({ path, chunks: [] }));
    await expect(zipped(files)).rejects.toMatchObject({ code: 'archive-path' });
    const bytes = zipSync({ [one]: strToU8('x'), [other]: strToU8('y') });
    expect(await codeOf(bytes)).toBe('archive-twice');
  });

  test.each(['aux/weights.bin', 'CON', 'nul.txt', 'name '])('%j is not written', async (path) => {
    await expect(zipped([{ path, chunks: [] }])).rejects.toMatchObject({ code: 'archive-path' });
  });

  test('bombs, encryption, overlap, damage and repetition', async () => {
    expect(await codeOf(zipSync({ zeros: new Uint8Array(30_000_000) }))).toBe('archive-bomb');
    expect(await codeOf(new Uint8Array())).toBe('archive-malformed');
    expect(await codeOf(strToU8('no zip at all, whatever its name says'))).toBe(
      'archive-malformed',
    );

    const central = 0x02014b50;
    const change = async (edit: (view: DataView, at: number) => void): Promise<string> => {
      const bytes = await zipped(FILES);
      edit(new DataView(bytes.buffer), find(bytes, central, 1));
      return codeOf(bytes);
    };
    expect(await change((view, at) => view.setUint16(at + 8, 1, true))).toBe('archive-encrypted');
    expect(await change((view, at) => view.setUint16(at + 10, 14, true))).toBe('archive-malformed');
    expect(await change((view, at) => view.setUint32(at + 16, 7, true))).toBe('archive-damaged');
    expect(await change((view, at) => view.setUint32(at + 24, 2000, true))).toBe('archive-damaged');
    expect(await change((view, at) => view.setUint32(at + 24, 3000, true))).toBe('archive-damaged');
    expect(await change((view, at) => view.setUint32(at + 42, 0, true))).toBe('archive-malformed');
    expect(await change((view, at) => view.setUint32(at + 20, 99999, true))).toBe(
      'archive-malformed',
    );
    await expect(zipped([...FILES, ...FILES])).rejects.toMatchObject({ code: 'archive-path' });
  });

  test('the first bytes of an entry cost no more than a step of it', async () => {
    const size = 4_000_000;
    // Lines of a few words shrink by far more than a factor of 88, but by less than a bomb.
    const line = strToU8('{"role":"user","content":"What is asthma?","number":"0000"}\n');
    const content = new Uint8Array(size);
    for (let at = 0, n = 0; at < size; at += line.length, n += 1) {
      line.set(
        strToU8(
          String(n * 7919)
            .padStart(12, '0')
            .slice(-4),
        ),
        line.length - 7,
      );
      content.set(line.subarray(0, Math.min(line.length, size - at)), at);
    }
    const bytes = zipSync({ 'a.jsonl': content }, { level: 6 });
    expect(size / bytes.length).toBeGreaterThan(8);
    let read = 0;
    const source = memorySource('x.zip', bytes);
    const files = await openZip({
      ...source,
      read: (begin, end) => {
        read += end - begin;
        return source.read(begin, end);
      },
    });
    const opening = read;
    const file = files.get('a.jsonl');
    expect(await file?.read(0, 8)).toEqual(content.slice(0, 8));
    expect(read - opening).toBeLessThan(10_000);
    // Reads on from there, then back, then at the end.
    expect(await file?.read(8, 70_000)).toEqual(content.slice(8, 70_000));
    expect(await file?.read(3, 9)).toEqual(content.slice(3, 9));
    expect(await file?.read(size - 5, size)).toEqual(content.slice(size - 5));
    const [one, two] = await Promise.all([file?.read(0, 4), file?.read(2, 6)]);
    expect([one, two]).toEqual([content.slice(0, 4), content.slice(2, 6)]);
  });

  test.each([
    ['small', 5000],
    ['large', 5_000_000],
  ])('a %s stored entry is held to its checksum', async (_name, size) => {
    const content = Uint8Array.from({ length: size }, (_, i) => i & 0xff);
    const bytes = zipSync({ 'a.bin': content }, { level: 0 });
    const open = async (whole: Uint8Array) =>
      (await openZip(memorySource('x.zip', whole))).get('a.bin');
    const pieces = async (whole: Uint8Array): Promise<number> => {
      const file = await open(whole);
      let length = 0;
      for (let at = 0; at < size; at += 1_000_000) {
        length += (await file?.read(at, Math.min(size, at + 1_000_000)))?.length ?? NaN;
      }
      return length;
    };
    expect(await pieces(bytes)).toBe(size);
    const flipped = bytes.slice();
    flipped[2000] = (flipped[2000] ?? 0) ^ 1;
    await expect(pieces(flipped)).rejects.toMatchObject({ code: 'archive-damaged' });
  });

  test('any change of bytes gives the files or a typed error', async () => {
    const valid = await zipped(FILES);
    const edits = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(valid.length), async (changes, cut) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await codeOf(changes.length === 0 ? bytes.subarray(0, cut) : bytes);
      }),
      { numRuns: 1500 },
    );
  });

  test('CRC-32 check value', () => {
    expect(crc32(strToU8('123456789'))).toBe(0xcbf43926);
  });
});
