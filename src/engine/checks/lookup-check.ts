/**
 * The check of looking up rows, which every reader of weights has: blocks of random bits go into planes as the
 * loader lays them out, and ggml's decoding in float64 says what they hold. Products with such weights are then
 * checked against looked-up rows.
 */
import { decodeBlocks } from '../../formats/gguf/block-decode.ts';
import {
  blockSizes,
  blockTypes,
  halvesAt,
  type BlockType,
} from '../../formats/gguf/block-types.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../formats/weights/float-bits.ts';
import { asMatrix } from '../gpu/tensor.ts';
import { embeddingForward } from '../kernels/embedding/embedding.ts';
import { CaseTensors, noise, type KernelCase } from '../kernels/kernel-case.ts';
import type { CheckedCall, KernelCheck } from '../kernels/kernel-check.ts';
import {
  packedFormats,
  type PackedFormat,
  type WeightMatrix,
} from '../kernels/linear/weight-formats.ts';
import { planesOfBlocks } from '../model/block-planes.ts';

const count = 5;
const size = 256;
/** Two ids lie beyond the table. */
const ids = [3, 0, count, 4, 0xffffffff, 1, 2, 3, 4] as const;
const scale = 1.5;

const anyByte = (index: number): number => Math.floor((noise(index) + 1) * 128);

/** Blocks of arbitrary quanta, their float16 numbers between 1/64 and 1/16, of either sign. */
function anyBlocks(type: BlockType): Uint8Array {
  const of = blockSizes[type];
  const blocks = (count * size) / of.weights;
  const bytes = Uint8Array.from({ length: blocks * of.bytes }, (_, index) => anyByte(index));
  for (let block = 0; block < blocks; block += 1) {
    for (const at of halvesAt[type]) {
      const high = block * of.bytes + at + 1;
      bytes[high] = 0x24 | (anyByte(high) & 0x87);
    }
  }
  return bytes;
}

/** Words of packed weights, and the numbers in them. */
function packed(format: PackedFormat): { words: ArrayLike<number>; values: ArrayLike<number> } {
  if (format === 'f16' || format === 'bf16') {
    const bits = Uint16Array.from({ length: count * size }, (_, index) => {
      const any = anyByte(2 * index) | (anyByte(2 * index + 1) << 8);
      return format === 'f16' ? (any & 0x87ff) | 0x3400 : (any & 0x807f) | 0x3f00;
    });
    const widen = format === 'f16' ? float16ToFloat32 : bfloat16ToFloat32;
    return { words: new Uint32Array(bits.buffer), values: Float64Array.from(bits, widen) };
  }
  const type = blockTypes.find((each) => each.toLowerCase() === format);
  if (!type) throw new RangeError(`No block type for ${format}`);
  const blocks = anyBlocks(type);
  const { quanta, high, scales, supers } = planesOfBlocks(type, blocks);
  return { words: [...quanta, ...high, ...scales, ...supers], values: decodeBlocks(type, blocks) };
}

function tableOf(
  tensors: CaseTensors,
  reader: string | number | undefined,
): { readonly table: WeightMatrix; readonly values: ArrayLike<number> } {
  const name = reader === 'f16-native' ? 'f16' : reader;
  const format = packedFormats.find((each) => each === name);
  if (!format) {
    const plain = tensors.values('table', [count, size]);
    return { table: asMatrix(plain), values: tensors.known(plain) ?? [] };
  }
  const { words, values } = packed(format);
  const tensor = tensors.words('table', [words.length], (index) => words[index] ?? 0);
  return { table: { format, rows: count, columns: size, tensor }, values };
}

export const lookupCheck: KernelCheck = {
  shader: 'embedding/lookup',
  caseOf: ({ form }: CheckedCall): KernelCase => {
    const tensors = new CaseTensors();
    const { table, values } = tableOf(tensors, form['READER']);
    const rows = tensors.words('ids', [ids.length], (index) => ids[index] ?? 0);
    const y = tensors.result('y', [ids.length, size]);
    return {
      tensors,
      prepare: null,
      record: (r) => embeddingForward(r, { ids: rows, table, y, scale }),
      results: [asMatrix(y)],
      expected: async () => [
        Float64Array.from({ length: ids.length * size }, (_, index) => {
          const id = ids[Math.floor(index / size)] ?? 0;
          return id < count ? scale * (values[id * size + (index % size)] ?? Number.NaN) : 0;
        }),
      ],
    };
  },
};
