import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeBlocks } from './block-decode.ts';
import { blockSizes, blockTypes } from './block-types.ts';
import type { BlockType } from './block-types.ts';

/** Blocks of random bytes, so that every bit of every field counts, with the weights of gguf-py for them. */
const cases = JSON.parse(readFileSync('test/fixtures/gguf/block-cases.json', 'utf8')) as Record<
  BlockType,
  { readonly blocks: string; readonly weights: string }
>;

test.each(blockTypes)('%s: random blocks have the weights of the reference to the bit', (type) => {
  const blocks = new Uint8Array(Buffer.from(cases[type].blocks, 'base64'));
  const bytes = new Uint8Array(Buffer.from(cases[type].weights, 'base64'));
  const expected = new Float32Array(bytes.buffer);
  const decoded = decodeBlocks(type, blocks);
  expect(decoded.length).toBe((blocks.length / blockSizes[type].bytes) * blockSizes[type].weights);
  expect(decoded).toEqual(expected);
});

test('bytes that are no whole blocks are refused', () => {
  expect(() => decodeBlocks('Q4_0', new Uint8Array(17))).toThrow(RangeError);
  expect(decodeBlocks('Q6_K', new Uint8Array())).toHaveLength(0);
});
