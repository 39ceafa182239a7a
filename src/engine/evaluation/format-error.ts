/** Measures what a precision changes: the error of every matrix, and of the outputs. */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { StudioError } from '../../faults/fault.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { Gpu } from '../gpu/device.ts';
import { runOnce } from '../gpu/plan.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { isScratch, persistentTensor, type BufferSpec } from '../gpu/tensor.ts';
import { Scorer } from '../inference/scorer.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import type { WeightFormat } from '../kernels/linear/weight-formats.ts';
import type { ModelConfig } from '../model/config.ts';
import { describeMatrix, frozenLookup, type FrozenMatrix } from '../model/frozen-matrix.ts';
import { buffersOf } from '../model/inputs.ts';
import { loadMatrix } from '../model/load-matrix.ts';
import { packRecords } from '../model/packing.ts';
import { projections, type Projection } from '../model/projections.ts';
import { weightStorage, type Precision } from '../model/weight-storage.ts';
import { BaseModel, describeWeights, type ModelWeights } from '../model/weights.ts';
import { LogitComparison, type LogitDifference } from './logit-difference.ts';

/** How far a format moves the numbers of one matrix from the file's, which are compared in float32. */
export interface MatrixError {
  readonly name: string;
  /** null for embedding and head, which belong to no layer. */
  readonly layer: number | null;
  readonly linear: Projection | 'embedding' | 'head';
  readonly format: WeightFormat;
  readonly weights: number;
  /** ‖dequantised − own‖ / ‖own‖ over the whole matrix. */
  readonly relativeL2: number;
  /** Largest |dequantised − own|. */
  readonly largest: number;
  /** Largest |own|, to see the largest error against. */
  readonly largestWeight: number;
}

export interface FormatError {
  readonly precision: Precision;
  readonly matrices: readonly MatrixError[];
  /** ‖dequantised − own‖ / ‖own‖ over all matrices together. */
  readonly relativeL2: number;
  /** Differences of the model's outputs; null where the device has no room for the file's own numbers. */
  readonly output: LogitDifference | null;
  /**
   * What multiplication in float16 changes in this precision's outputs; null where the device lacks the type, or
   * where outputs were not compared.
   */
  readonly float16: LogitDifference | null;
}

type Outputs = Pick<FormatError, 'output' | 'float16'>;

export interface FormatErrorOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly folder: WeightsFolder;
  readonly precision: Precision;
  /** Token ids of texts on which outputs are compared; only as many are read as the comparison has room for. */
  readonly texts: readonly Uint32Array[];
  /** Throws to stop. */
  readonly check?: () => void;
  /** @param fraction of the whole, 0 … 1 */
  readonly onProgress?: (fraction: number, doing: 'matrices' | 'own' | 'rounded') => void;
}

/**
 * The error of keeping a model's frozen weights in a precision: for every matrix, read piece by piece from
 * the file and back from the device, and for the outputs over whole texts. The reference is the file's
 * numbers in float32; for the outputs they are kept in the narrowest format that holds them exactly.
 * @throws StudioError errors of reading the file, and what `check` throws
 */
export async function measureFormatError(options: FormatErrorOptions): Promise<FormatError> {
  const { gpu, config, folder, precision, onProgress } = options;
  const storage = weightStorage(folder.tensors, precision, gpu.traits);
  const weights = describeWeights(config, 1, storage);
  const placed = placedMatrices(weights);
  const total = placed.reduce((sum, { matrix }) => sum + matrix.rows * matrix.columns, 0);
  const matrices: MatrixError[] = [];
  const all = new Difference();
  let done = 0;
  for (const { matrix, layer, linear } of placed) {
    const own = new Difference();
    for await (const count of comparePieces(options, matrix, [own, all])) {
      done += count;
      onProgress?.((done / total) * matrixShare, 'matrices');
    }
    const { name, format, rows, columns } = matrix;
    matrices.push({ name, layer, linear, format, weights: rows * columns, ...own.figures });
  }
  const outputs = await compareOutputs(options);
  onProgress?.(1, 'rounded');
  return { precision, matrices, relativeL2: all.figures.relativeL2, ...outputs };
}

/** The matrices' share of the whole progress. */
const matrixShare = 0.6;
/** Weights compared at once: a few megabytes, whatever the model's size. */
const pieceElements = 2 ** 20;
/** Rows of a piece are whole multiples of this, so that every plane of a piece is whole words. */
const pieceRows = 64;

interface PlacedMatrix {
  readonly matrix: FrozenMatrix;
  readonly layer: number | null;
  readonly linear: MatrixError['linear'];
}

function placedMatrices({ embedding, head, layers }: ModelWeights): PlacedMatrix[] {
  const linears = layers.flatMap((layer, index) =>
    projections.map((linear): PlacedMatrix => {
      return { matrix: layer.projections[linear].weight, layer: index, linear };
    }),
  );
  const ends: PlacedMatrix[] = [{ matrix: embedding, layer: null, linear: 'embedding' }];
  if (head !== embedding) ends.push({ matrix: head, layer: null, linear: 'head' });
  return [...ends, ...linears];
}

/** Sums of squares and largest magnitudes, in double precision. */
class Difference {
  #error = 0;
  #norm = 0;
  #largest = 0;
  #largestWeight = 0;

  add(actual: Float32Array, own: Float32Array): void {
    let [error, norm, largest, largestWeight] = [0, 0, this.#largest, this.#largestWeight];
    for (let i = 0; i < own.length; i += 1) {
      const value = own[i] ?? Number.NaN;
      const difference = (actual[i] ?? Number.NaN) - value;
      error += difference * difference;
      norm += value * value;
      // Written so that a NaN stays: an ordinary comparison would drop it.
      if (!(Math.abs(difference) <= largest)) largest = Math.abs(difference);
      if (!(Math.abs(value) <= largestWeight)) largestWeight = Math.abs(value);
    }
    this.#error += error;
    this.#norm += norm;
    this.#largest = largest;
    this.#largestWeight = largestWeight;
  }

  get figures(): Pick<MatrixError, 'relativeL2' | 'largest' | 'largestWeight'> {
    const relativeL2 = this.#error === 0 ? 0 : Math.sqrt(this.#error / this.#norm);
    return { relativeL2, largest: this.#largest, largestWeight: this.#largestWeight };
  }
}

/** Puts a matrix on the device a piece at a time, reads it back dequantised and adds up the differences. */
async function* comparePieces(
  { gpu, folder, check }: FormatErrorOptions,
  { name, rows, columns, format }: FrozenMatrix,
  sums: readonly Difference[],
): AsyncGenerator<number> {
  const most = Math.min(pieceElements, gpu.traits.maxBindingBytes / Float32Array.BYTES_PER_ELEMENT);
  const perPiece = Math.max(1, Math.floor(most / columns / pieceRows)) * pieceRows;
  for (let firstRow = 0; firstRow < rows; firstRow += perPiece) {
    check?.();
    const count = Math.min(perPiece, rows - firstRow);
    const piece = describePiece(name, [count, columns], format, firstRow);
    const actual = await throughDevice(gpu, piece, folder, firstRow);
    const own = await folder.readFloat32(name, firstRow * columns, (firstRow + count) * columns);
    for (const sum of sums) sum.add(actual, own);
    yield count * columns;
  }
}

/** Some rows of a matrix as a separate matrix that knows where in the file they are. */
function describePiece(
  name: string,
  shape: readonly [number, number],
  format: WeightFormat,
  firstRow: number,
): FrozenMatrix {
  const piece = describeMatrix(name, shape, format, Number.POSITIVE_INFINITY);
  return { ...piece, parts: piece.parts.map(({ matrix }) => ({ firstRow, matrix })) };
}

/** Rows as training and chat read them: loaded in their format and looked up. */
async function throughDevice(
  gpu: Gpu,
  piece: FrozenMatrix,
  folder: WeightsFolder,
  firstRow: number,
): Promise<Float32Array> {
  const { rows, columns, parts } = piece;
  const ids = persistentTensor('row numbers', 'inputs', [rows], 'u32');
  const result = persistentTensor('rows', 'results', [rows, columns]);
  const held = parts.flatMap(({ matrix }): BufferSpec[] =>
    isScratch(matrix.tensor.storage) ? [] : [matrix.tensor.storage],
  );
  const buffers = [...held, ...buffersOf([ids, result])];
  const recorder = new PlanRecorder('dequantise', gpu.traits);
  frozenLookup(recorder, piece, { ids, y: result });
  await gpu.allocate(buffers);
  try {
    await loadMatrix(gpu, piece, folder, () => undefined);
    gpu.write(
      ids,
      Uint32Array.from({ length: rows }, (_, row) => firstRow + row),
    );
    await runOnce(gpu, recorder.finish());
    return await gpu.readFloat32(result);
  } finally {
    gpu.release(buffers);
  }
}

/** Most tokens of a pass. */
const passTokens = 256;
/** Most tokens that outputs are compared on. */
const comparedTokens = 2048;
/** Logits of the reference kept for comparison: 64 MB, whatever the vocabulary. */
const keptLogits = 2 ** 24;

/** The texts to compare: each cut to one pass, as many as the kept logits have room for. */
function chooseTexts(
  texts: readonly Uint32Array[],
  { vocabularySize, contextLength }: ModelConfig,
  maxBindingBytes: number,
): Uint32Array[] {
  const room = Math.min(comparedTokens, Math.floor(keptLogits / vocabularySize));
  const bound = Math.floor(maxBindingBytes / Float32Array.BYTES_PER_ELEMENT / vocabularySize);
  // The loss works on chunks of 64 rows: a device with room for fewer cannot run a model of this vocabulary.
  const chunks = Math.max(1, Math.floor(Math.min(passTokens, room, bound) / 64));
  const longest = Math.min(64 * chunks, contextLength);
  const chosen: Uint32Array[] = [];
  let left = room;
  for (const text of texts) {
    const cut = text.subarray(0, Math.min(longest, left));
    // A single token has no token before it to predict it.
    if (cut.length < 2) continue;
    chosen.push(cut);
    left -= cut.length;
  }
  return chosen;
}

async function compareOutputs(options: FormatErrorOptions): Promise<Outputs> {
  const { config, texts, gpu } = options;
  const chosen = chooseTexts(texts, config, gpu.traits.maxBindingBytes);
  const none: Outputs = { output: null, float16: null };
  if (chosen.length === 0) return none;
  try {
    const kept: Float32Array[] = [];
    const own = {
      precision: 'stored',
      texts: chosen,
      doing: 'own',
      products: ['float32'],
    } as const;
    await eachLogits(options, own, (logits) => void kept.push(logits.slice()));
    const comparisons = {
      float32: new LogitComparison(config.vocabularySize),
      float16: new LogitComparison(config.vocabularySize),
    };
    const { precision } = options;
    const products: readonly Products[] = gpu.traits.f16 ? ['float32', 'float16'] : ['float32'];
    const rounded = { precision, texts: chosen, doing: 'rounded', products } as const;
    await eachLogits(options, rounded, (logits, index, multiplied) => {
      const text = chosen[index];
      const before = kept[index];
      if (text && before) comparisons[multiplied].add(text, before, logits);
      // Float16 is compared with this precision in float32.
      if (multiplied === 'float32') kept[index] = logits.slice();
    });
    return {
      output: comparisons.float32.result,
      float16: gpu.traits.f16 ? comparisons.float16.result : null,
    };
  } catch (error) {
    if (error instanceof StudioError && error.code === 'gpu-out-of-memory') return none;
    throw error;
  }
}

/** Logits of every text, [tokens, vocabulary], of the model in a precision. */
async function eachLogits(
  { gpu, config, folder, check, onProgress }: FormatErrorOptions,
  {
    precision,
    texts,
    doing,
    products,
  }: {
    readonly precision: Precision;
    readonly texts: readonly Uint32Array[];
    readonly doing: 'own' | 'rounded';
    /** What to multiply, one after another. */
    readonly products: readonly Products[];
  },
  take: (logits: Float32Array, index: number, products: Products) => void,
): Promise<void> {
  const rows = Math.max(...texts.map(({ length }) => length));
  const weights = describeWeights(
    config,
    rows,
    weightStorage(folder.tensors, precision, gpu.traits),
  );
  const begin = matrixShare + (doing === 'own' ? 0 : (1 - matrixShare) / 2);
  const advance = (fraction: number): void => {
    check?.();
    onProgress?.(begin + (fraction * (1 - matrixShare)) / 2, doing);
  };
  const base = await BaseModel.load(gpu, config, folder, {
    weights,
    onProgress: (fraction) => advance(fraction / 2),
  });
  try {
    for (const [turn, each] of products.entries()) {
      const scorer = await Scorer.create(gpu, {
        ...{ config, weights, rows, products: each },
        branches: null,
        logits: true,
      });
      try {
        for (const [index, ids] of texts.entries()) {
          advance(0.5 + (turn + index / texts.length) / products.length / 2);
          const record = { ids, labels: new Int32Array(ids.length).fill(NO_TARGET), task: 0 };
          const [pass] = packRecords([record], rows);
          if (!pass) throw new Error('a text fits one pass');
          scorer.submit(pass);
          const logits = await scorer.readLogits();
          take(logits.subarray(0, ids.length * config.vocabularySize), index, each);
        }
      } finally {
        scorer.release();
      }
    }
  } finally {
    base.release();
  }
}
