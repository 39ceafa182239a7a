/** Splits projections that files keep in one matrix, and joins them again. */
import { fault } from '../../faults/fault.ts';
import type { MergedWeights, NamedShape } from '../../formats/weights/merged-weights.ts';
import type { PeftBranch } from '../../formats/weights/peft.ts';
import type { TensorInfo, WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { architectureNamed } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';
import type { Projection } from './projections.ts';
import { projectionShape } from './weights.ts';

/** The rows of a stored matrix that belong to one projection. */
interface Part {
  readonly name: string;
  readonly firstRow: number;
  readonly rows: number;
}

interface Fused {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly Part[];
}

/** Every stored matrix of a model that holds several projections, one below the other. */
function fusedMatrices(config: ModelConfig): Fused[] {
  const { fused, block } = architectureNamed(config.architecture).tensors;
  return Array.from({ length: config.layers }, (_, layer) => `model.layers.${layer}`).flatMap(
    (prefix) =>
      fused.map(({ huggingFace, parts }): Fused => {
        let rows = 0;
        let columns = 0;
        const placed = parts.map((key): Part => {
          const projection = key as Projection;
          const { inputs, outputs } = projectionShape(config, projection);
          const part = {
            name: `${prefix}.${block[projection].huggingFace}.weight`,
            firstRow: rows,
            rows: outputs,
          };
          rows += outputs;
          columns = inputs;
          return part;
        });
        return { name: `${prefix}.${huggingFace}.weight`, rows, columns, parts: placed };
      }),
  );
}

/**
 * A folder that shows each fused matrix as the projections in it; other matrices, and folders whose
 * projections are stored apart, do not change.
 * @throws StudioError `tensor-shape` for a fused matrix of another size
 */
export function withParts(folder: WeightsFolder, config: ModelConfig): WeightsFolder {
  const tensors = new Map(folder.tensors);
  const places = new Map<
    string,
    { readonly name: string; readonly first: number; readonly count: number }
  >();
  for (const { name, rows, columns, parts } of fusedMatrices(config)) {
    const stored = folder.tensors.get(name);
    if (!stored) continue;
    checkShape(name, stored, [rows, columns]);
    tensors.delete(name);
    for (const part of parts) {
      tensors.set(part.name, { ...stored, shape: [part.rows, columns] });
      places.set(part.name, { name, first: part.firstRow * columns, count: part.rows * columns });
    }
  }
  if (places.size === 0) return folder;
  return {
    ...folder,
    tensors,
    readFloat32: async (name, first = 0, last) => {
      const place = places.get(name);
      if (!place) return folder.readFloat32(name, first, last);
      const end = last ?? place.count;
      return folder.readFloat32(place.name, place.first + first, place.first + end);
    },
    readStored: async (name, first, last) => {
      const place = places.get(name);
      if (!place) return folder.readStored(name, first, last);
      return folder.readStored(place.name, place.first + first, place.first + last);
    },
  };
}

function checkShape(name: string, { shape }: TensorInfo, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) return;
  throw fault(
    'tensor-shape',
    { tensor: name, shape: shape.join(', '), expected: expected.join(', ') },
    { kept: 'loaded-models' },
  );
}

/** The weights of a finished model, with the projections fused again that its architecture stores together. */
export function joinParts(weights: MergedWeights, config: ModelConfig): MergedWeights {
  const matrices = fusedMatrices(config);
  if (matrices.length === 0) return weights;
  const byFirst = new Map(matrices.map((matrix) => [matrix.parts[0]?.name, matrix]));
  const byName = new Map(matrices.map((matrix) => [matrix.name, matrix]));
  const rest = new Set(matrices.flatMap(({ parts }) => parts.slice(1).map(({ name }) => name)));
  return {
    shapes: weights.shapes.flatMap((entry): NamedShape[] => {
      if (rest.has(entry.name)) return [];
      const matrix = byFirst.get(entry.name);
      return matrix ? [{ name: matrix.name, shape: [matrix.rows, matrix.columns] }] : [entry];
    }),
    readRows: async (name, first, rows) => {
      const matrix = byName.get(name);
      return matrix
        ? readJoined(weights, matrix, first, rows)
        : weights.readRows(name, first, rows);
    },
  };
}

async function readJoined(
  weights: MergedWeights,
  { columns, parts }: Fused,
  first: number,
  rows: number,
): Promise<Float32Array> {
  const out = new Float32Array(rows * columns);
  for (const part of parts) {
    const from = Math.max(first, part.firstRow);
    const to = Math.min(first + rows, part.firstRow + part.rows);
    if (from >= to) continue;
    const values = await weights.readRows(part.name, from - part.firstRow, to - from);
    out.set(values, (from - first) * columns);
  }
  return out;
}

/**
 * A branch of a projection as a branch of the matrix that holds it: zeros for the rows of its neighbours. Several
 * of them, joined, form blocks along the diagonal, so that no projection sees another's branch.
 */
export function onFusedMatrix(config: ModelConfig, branch: PeftBranch): PeftBranch {
  const { layer, module, rank } = branch;
  const prefix = `model.layers.${layer}.`;
  for (const { name, rows, parts } of fusedMatrices(config)) {
    const part = parts.find((candidate) => candidate.name === `${prefix}${module}.weight`);
    if (!part) continue;
    const B = new Float32Array(rows * rank);
    B.set(branch.B, part.firstRow * rank);
    const fused = name.slice(prefix.length, -'.weight'.length);
    return { ...branch, module: fused, outFeatures: rows, B };
  }
  return branch;
}
