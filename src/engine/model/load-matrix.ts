/** Reads, converts and uploads a weight matrix piece by piece. */
import { fault } from '../../faults/fault.ts';
import { encodeBlocks, type EncodedBlockType } from '../../formats/gguf/block-encode.ts';
import { isBlockType, type StoredType } from '../../formats/gguf/block-types.ts';
import { narrowBfloat16Array, narrowFloat16Array } from '../../formats/weights/float-bits.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Tensor } from '../gpu/tensor.ts';
import {
  firstWeight,
  isPacked,
  packedPlanes,
  planesOf,
  type PackedFormat,
  type Planes,
} from '../kernels/linear/weight-formats.ts';
import { planesOfBlocks, type PlaneWords } from './block-planes.ts';
import type { FrozenMatrix, MatrixPart } from './frozen-matrix.ts';

/** Weights read, converted and uploaded at once: a few megabytes, whatever the model's size. */
const pieceElements = 2 ** 21;
/** Rows of a piece are whole multiples of this, so that every plane of a piece is whole words. */
const pieceRows = 64;

const encodedAs: Partial<Record<PackedFormat, EncodedBlockType>> = { q8_0: 'Q8_0', q4_0: 'Q4_0' };

/**
 * Uploads a matrix from a folder piece by piece, in the format it was described with.
 * @param advance gets the weights of each piece
 * @throws StudioError `tensor-missing`, `weights-range`, `file-unreadable`
 */
export async function loadMatrix(
  gpu: Gpu,
  matrix: FrozenMatrix,
  folder: WeightsFolder,
  advance: (elements: number) => void,
): Promise<void> {
  const { columns } = matrix;
  const rows = Math.max(1, Math.floor(pieceElements / columns / pieceRows)) * pieceRows;
  for (const part of matrix.parts) {
    for (let row = 0; row < part.matrix.rows; row += rows) {
      const count = Math.min(rows, part.matrix.rows - row);
      await loadPiece(gpu, folder, { matrix, part, row, count });
      advance(count * columns);
    }
  }
}

/** Rows of a part of a matrix that are loaded at once. */
interface MatrixPiece {
  readonly matrix: FrozenMatrix;
  readonly part: MatrixPart;
  /** First row within the part. */
  readonly row: number;
  readonly count: number;
}

async function loadPiece(
  gpu: Gpu,
  folder: WeightsFolder,
  { matrix: { name, columns, format }, part: { firstRow, matrix: part }, row, count }: MatrixPiece,
): Promise<void> {
  const first = (firstRow + row) * columns;
  const last = first + count * columns;
  if (format === 'f32') {
    gpu.write(part.tensor, await folder.readFloat32(name, first, last), row * columns);
    return;
  }
  const piece = await readPacked(folder, { name, first, last }, format);
  if (!isPacked(part)) throw new RangeError(`${name} is not packed`);
  const before = packedPlanes(format, firstWeight(part) + row * columns);
  writePlanes(gpu, part.tensor, piece, { planes: planesOf(part), before });
}

/** Writes a piece's planes into place; `before` are the planes of the weights in front of it. */
function writePlanes(
  gpu: Gpu,
  tensor: Tensor,
  piece: PlaneWords,
  { planes, before }: { readonly planes: Planes; readonly before: Planes },
): void {
  gpu.write(tensor, piece.quanta, before.high);
  gpu.write(tensor, piece.high, planes.high + before.scales - before.high);
  gpu.write(tensor, piece.scales, planes.scales + before.supers - before.scales);
  gpu.write(tensor, piece.supers, planes.supers + before.words - before.supers);
}

const noWords = new Uint32Array(0);

async function readPacked(
  folder: WeightsFolder,
  { name, first, last }: { readonly name: string; readonly first: number; readonly last: number },
  format: PackedFormat,
): Promise<PlaneWords> {
  const stored = folder.tensors.get(name)?.dtype ?? 'F32';
  if (isBlockType(stored) && stored.toLowerCase() === format) {
    return planesOfBlocks(stored, await folder.readStored(name, first, last));
  }
  if (isSameHalf(stored, format)) {
    return halfWords(await folder.readStored(name, first, last));
  }
  const values = await folder.readFloat32(name, first, last);
  const block = encodedAs[format];
  if (block) return planesOfBlocks(block, encodeBlocks(block, values));
  const narrow = format === 'bf16' ? narrowBfloat16Array(values) : narrowFloat16Array(values);
  if (format === 'f16') checkRange(narrow, name);
  return halfWords(new Uint8Array(narrow.buffer));
}

function isSameHalf(stored: StoredType, format: PackedFormat): boolean {
  return (stored === 'BF16' && format === 'bf16') || (stored === 'F16' && format === 'f16');
}

function halfWords(bytes: Uint8Array<ArrayBuffer>): PlaneWords {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const quanta = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  return { quanta, high: noWords, scales: noWords, supers: noWords };
}

/** Float16 ends at 65504: a larger weight would become infinite. */
function checkRange(halves: Uint16Array, name: string): void {
  if (!halves.some((bits) => (bits & 0x7c00) === 0x7c00)) return;
  throw fault('weights-range', { tensor: name }, { kept: 'loaded-models' });
}
