/**
 * The tensors of a GGUF file under their Hugging Face names, read in pieces.
 *
 * llama.cpp rotates neighbouring rows (2j, 2j+1) of a query or key head of the llama architecture, where
 * Hugging Face rotates row j with row j + headSize/2; its converter reorders the rows of these heads. Here
 * that order is undone while reading, so that the rest of the studio knows one layout.
 */
import { fault, type StudioError } from '../../faults/fault.ts';
import { decodeBlocks } from './block-decode.ts';
import { blockSizes, isBlockType } from './block-types.ts';
import type { BlockType } from './block-types.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { widenBfloat16Array, widenFloat16Array } from '../weights/float-bits.ts';
import { dtypeSize, missingTensor, type FloatType } from '../weights/safetensors.ts';
import type { TensorInfo, WeightsFolder } from '../weights/weights-folder.ts';

/** The types that weights may be stored in: a matrix product can be computed from each. */
export type WeightType = FloatType | BlockType;

/** Where a tensor lies in the file. */
export interface PlacedTensor extends TensorInfo {
  readonly dtype: WeightType;
  readonly begin: number;
  /** Rows of one head where the file has rows in llama.cpp's order of rotation, else null. */
  readonly rotatedHead: number | null;
  /** How much larger the file's values are than Hugging Face's: 1 for the norms of some architectures. */
  readonly excess: 0 | 1;
}

/** Weights and bytes of the smallest piece of a type that can be read. */
function unitOf(dtype: WeightType): { weights: number; bytes: number } {
  return isBlockType(dtype) ? blockSizes[dtype] : { weights: 1, bytes: dtypeSize(dtype) };
}

function elementsOf(tensor: PlacedTensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

/** Gives placed tensors as the weights of a folder. Nothing is read before it is asked for. */
export function ggufWeights(
  source: ByteSource,
  tensors: ReadonlyMap<string, PlacedTensor>,
): WeightsFolder {
  const find = (name: string): PlacedTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw missingTensor(source.name, name);
    return found;
  };
  let byteSize = 0;
  for (const tensor of tensors.values()) {
    const unit = unitOf(tensor.dtype);
    byteSize += (elementsOf(tensor) / unit.weights) * unit.bytes;
  }
  return {
    root: '',
    tensors,
    files: [source.name],
    byteSize,
    readStored: async (name, first, last) =>
      readStored({ source, name, tensor: find(name) }, first, last),
    readFloat32: async (name, first, last) => {
      const tensor = find(name);
      const range = [first ?? 0, last ?? elementsOf(tensor)] as const;
      const values = await readDecoded({ source, name, tensor }, ...range);
      return tensor.excess === 0 ? values : values.map((value) => value - tensor.excess);
    },
  };
}

function badRange(source: ByteSource, name: string, first: number, last: number): StudioError {
  return fault('file-range', { reason: 'block', file: source.name, tensor: name, first, last });
}

/** A tensor and the file that it lies in. */
interface TensorInFile {
  readonly source: ByteSource;
  readonly name: string;
  readonly tensor: PlacedTensor;
}

/** The bytes of elements [first, last) as the file has them. */
async function readStored(
  place: TensorInFile,
  first: number,
  last: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { source, name, tensor } = place;
  const { weights, bytes } = unitOf(tensor.dtype);
  const whole = first % weights === 0 && last % weights === 0;
  if (!whole || !(first >= 0 && first <= last && last <= elementsOf(tensor))) {
    throw badRange(source, name, first, last);
  }
  const from = (first / weights) * bytes;
  const to = (last / weights) * bytes;
  if (tensor.rotatedHead !== null) {
    return readRotated(place, tensor.rotatedHead, from, to);
  }
  return source.read(tensor.begin + from, tensor.begin + to);
}

/**
 * Bytes [from, to) of a tensor as Hugging Face orders its rows: row i·headSize/2 + j of a head (i in 0, 1)
 * is row 2j + i of that head in the file. Read head by head, each in one piece.
 */
async function readRotated(
  { source, tensor }: TensorInFile,
  headRows: number,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, bytes } = unitOf(tensor.dtype);
  const [rows = 1] = tensor.shape;
  const rowBytes = (elementsOf(tensor) / rows / weights) * bytes;
  const headBytes = headRows * rowBytes;
  const half = headRows / 2;
  const out = new Uint8Array(to - from);
  for (let head = Math.floor(from / headBytes); head * headBytes < to; head++) {
    const headBegin = head * headBytes;
    const stored = await source.read(
      tensor.begin + headBegin,
      tensor.begin + headBegin + headBytes,
    );
    for (let row = 0; row < headRows; row++) {
      const rowBegin = headBegin + row * rowBytes;
      const begin = Math.max(from, rowBegin);
      const end = Math.min(to, rowBegin + rowBytes);
      if (begin >= end) continue;
      const storedRow = row < half ? 2 * row : 2 * (row - half) + 1;
      const shift = storedRow * rowBytes - rowBegin;
      out.set(stored.subarray(begin + shift, end + shift), begin - from);
    }
  }
  return out;
}

async function readDecoded(
  place: TensorInFile,
  first: number,
  last: number,
): Promise<Float32Array<ArrayBuffer>> {
  const { dtype } = place.tensor;
  if (isBlockType(dtype)) {
    if (!(first >= 0 && first <= last)) throw badRange(place.source, place.name, first, last);
    const { weights } = blockSizes[dtype];
    const blockFirst = Math.floor(first / weights) * weights;
    const blockLast = Math.ceil(last / weights) * weights;
    const stored = await readStored(place, blockFirst, blockLast);
    const decoded = decodeBlocks(dtype, stored);
    if (blockFirst === first && blockLast === last) return decoded;
    return decoded.slice(first - blockFirst, last - blockFirst);
  }
  const { buffer } = await readStored(place, first, last);
  if (dtype === 'F32') return new Float32Array(buffer);
  const bits = new Uint16Array(buffer);
  return dtype === 'BF16' ? widenBfloat16Array(bits) : widenFloat16Array(bits);
}
