/** The weights of a model state as float32, a few rows at a time; branches that stay beside quantised weights on the device are folded in: dequantised weights plus scale · B A (eq. 13). */
import { branchProducts, type BranchProduct } from '../branches/merge.ts';
import type { Gpu } from '../gpu/device.ts';
import { runOnce } from '../gpu/plan.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { asMatrix, persistentTensor, rowBlock } from '../gpu/tensor.ts';
import { mergeBranch } from '../kernels/linear/merge.ts';
import type { DeviceBranches } from '../model/passes/context.ts';
import { frozenLookup, type FrozenMatrix } from '../model/frozen-matrix.ts';
import { buffersOf } from '../model/inputs.ts';
import { checkpointShapes, frozenMatrices, type ModelWeights } from '../model/weights.ts';

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The weights of a model state as float32, a few rows at a time. Branches that stay beside quantised weights on
 * the device are folded in: dequantised weights plus scale · B A (eq. 13).
 */
export class MergedWeightReader {
  readonly #gpu: Gpu;
  readonly #weights: ModelWeights;
  readonly #products = new Map<FrozenMatrix, BranchProduct[]>();
  readonly #matrices: ReadonlyMap<string, FrozenMatrix>;

  /** @param merged names of the branches in `branches` that belong into the weights */
  constructor(
    gpu: Gpu,
    weights: ModelWeights,
    branches: DeviceBranches | null,
    merged: readonly string[],
  ) {
    this.#gpu = gpu;
    this.#weights = weights;
    this.#matrices = new Map(frozenMatrices(weights).map((matrix) => [matrix.name, matrix]));
    if (!branches) return;
    for (const name of merged) {
      for (const [target, product] of branchProducts(weights, branches, name)) {
        this.#products.set(target, [...(this.#products.get(target) ?? []), product]);
      }
    }
  }

  /** The checkpoint's tensors under their Hugging Face names. */
  get shapes(): NamedShape[] {
    return checkpointShapes(this.#weights);
  }

  /**
   * Rows `first … first + rows` of a tensor; of a vector, its elements.
   * @throws RangeError for a name that the checkpoint lacks
   */
  async readRows(name: string, first: number, rows: number): Promise<Float32Array<ArrayBuffer>> {
    const matrix = this.#matrices.get(name);
    if (matrix) return this.#readMatrix(matrix, first, rows);
    const vector = this.#weights.vectors.find(({ label }) => label === name);
    if (!vector) throw new RangeError(`The checkpoint has no ${name}`);
    return (await this.#gpu.readFloat32(vector)).slice(first, first + rows);
  }

  async #readMatrix(
    matrix: FrozenMatrix,
    first: number,
    rows: number,
  ): Promise<Float32Array<ArrayBuffer>> {
    const ids = persistentTensor('row numbers', 'inputs', [rows], 'u32');
    const result = persistentTensor('rows', 'results', [rows, matrix.columns]);
    const buffers = buffersOf([ids, result]);
    const recorder = new PlanRecorder('read weights', this.#gpu.traits);
    frozenLookup(recorder, matrix, { ids, y: result });
    for (const { b, a, scale } of this.#products.get(matrix) ?? []) {
      mergeBranch(recorder, { w: asMatrix(result), b: rowBlock(b, first, rows), a, scale });
    }
    await this.#gpu.allocate(buffers);
    try {
      this.#gpu.write(
        ids,
        Uint32Array.from({ length: rows }, (_, row) => first + row),
      );
      await runOnce(this.#gpu, recorder.finish());
      return await this.#gpu.readFloat32(result);
    } finally {
      this.#gpu.release(buffers);
    }
  }
}
