/** A checkpoint of random weights, generated while it is read. */
import type { ByteSource } from '../src/formats/files/byte-source.ts';
import { openWeightsFolder, type WeightsFolder } from '../src/formats/weights/weights-folder.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import { checkpointShapes, describeWeights } from '../src/engine/model/weights.ts';

/**
 * A checkpoint of random bfloat16 weights (magnitudes 2⁻⁷ to 2⁻⁶) that is made up as it is read: a file of
 * the full size of a model that takes no room on disk or in memory.
 */
export async function virtualCheckpoint(config: ModelConfig): Promise<WeightsFolder> {
  const entries: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, shape } of checkpointShapes(describeWeights(config, 1))) {
    const bytes = 2 * shape.reduce((product, size) => product * size, 1);
    entries[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const padded = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(text, 8);
  const name = 'model.safetensors';
  const source: ByteSource = {
    name,
    size: head.length + offset,
    read: (begin, end) => Promise.resolve(readRange(head, begin, end)),
  };
  return openWeightsFolder(new Map([[name, source]]));
}

function readRange(head: Uint8Array, begin: number, end: number): Uint8Array<ArrayBuffer> {
  if (end <= head.length) return head.slice(begin, end);
  const bits = new Uint16Array(Math.ceil((end - begin) / 2));
  const first = (begin - head.length) / 2;
  for (let i = 0; i < bits.length; i += 1) {
    let word = Math.imul(first + i + 1, 0x9e3779b1);
    word = Math.imul(word ^ (word >>> 15), 0x85ebca6b);
    bits[i] = 0x3c00 | ((word >>> 13) & 0x807f);
  }
  return new Uint8Array(bits.buffer);
}
