/** Looks up embeddings, and gathers and scatters rows. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { checkWeights } from '../linear/linear-matrix.ts';
import { expectInteger, expectTensor, matrixSizes } from '../tensor-check.ts';
import {
  firstWeight,
  isPacked,
  planeValues,
  weightReader,
  type WeightMatrix,
} from '../linear/weight-formats.ts';

const lookups = shaderKernels('embedding', 'embedding/lookup');
const gather = shaderKernels('embedding', 'embedding/gather');
const scatter = shaderKernels('embedding', 'embedding/scatter');

function gridOf(recorder: PlanRecorder, elements: number): [number, number, number] {
  return foldGrid(Math.ceil(elements / 64), recorder.traits.maxWorkgroupsPerDimension);
}

/**
 * y[n, :] = scale · table[ids[n], :]; scale is 1 unless given. An id beyond the table gives a row of zeros.
 *
 * A table too large for one binding is looked up part by part: `table` then holds the rows from
 * `firstId` on, and every part but the first must `keep` the rows of ids that it lacks.
 *
 * @param args ids u32 [N], table [V, D] in any storage format, y [N, D]
 * @throws RangeError when the shapes disagree
 */
export function embeddingForward(
  recorder: PlanRecorder,
  args: {
    readonly ids: Tensor;
    readonly table: WeightMatrix;
    readonly y: Tensor;
    readonly firstId?: number;
    readonly keep?: boolean;
    readonly scale?: number;
  },
): void {
  const { ids, table, y, firstId = 0, keep = false, scale = 1 } = args;
  const { rows, columns } = matrixSizes(y, 'embeddingForward');
  const { rows: count } = table;
  expectTensor(ids, 'embeddingForward ids', [rows], 'u32');
  checkWeights('embeddingForward table', table, count, columns);
  if (!isPacked(table) && (table.offset !== 0 || table.stride !== columns)) {
    throw new RangeError('embeddingForward: the table is not the whole of its tensor');
  }
  expectInteger(firstId, 'embeddingForward firstId', 0, 2 ** 31);
  const elements = rows * columns;
  recorder.dispatch({
    kernel: lookups({ READER: weightReader(table, recorder.traits) }),
    bindings: [
      { tensor: ids, access: 'read' },
      { tensor: table.tensor, access: 'read' },
      { tensor: y, access: keep ? 'readwrite' : 'write' },
    ],
    uniforms: uniformWords('embedding/lookup', [
      {
        elements,
        size: columns,
        first: firstId,
        count,
        keep: keep ? 1 : 0,
        scale,
        start: isPacked(table) ? firstWeight(table) : 0,
        ...planeValues(table),
      },
    ]),
    grid: gridOf(recorder, elements),
  });
}

/**
 * y[c, :] = x[rows[c], :]; an index beyond x (0xffffffff marks padding) gives zeros.
 *
 * @param args x [N, D], rows u32 [C], y [C, D]
 * @throws RangeError when the shapes disagree
 */
export function gatherRows(
  recorder: PlanRecorder,
  args: { readonly x: Tensor; readonly rows: Tensor; readonly y: Tensor },
): void {
  const { x, rows, y } = args;
  const { rows: sources, columns } = matrixSizes(x, 'gatherRows');
  const { rows: count } = matrixSizes(y, 'gatherRows');
  expectTensor(rows, 'gatherRows rows', [count], 'u32');
  expectTensor(y, 'gatherRows y', [count, columns]);
  const elements = count * columns;
  recorder.dispatch({
    kernel: gather(),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: rows, access: 'read' },
      { tensor: y, access: 'write' },
    ],
    uniforms: uniformWords('embedding/gather', { elements, size: columns, sources }),
    grid: gridOf(recorder, elements),
  });
}

/**
 * y[rows[c], :] = x[c, :]. Indices are distinct; one beyond y (0xffffffff marks padding) is skipped,
 * and rows of y that no index names stay as they are.
 *
 * @param args x [C, D], rows u32 [C], y [N, D]
 * @throws RangeError when the shapes disagree
 */
export function scatterRows(
  recorder: PlanRecorder,
  args: { readonly x: Tensor; readonly rows: Tensor; readonly y: Tensor },
): void {
  const { x, rows, y } = args;
  const { rows: count, columns } = matrixSizes(x, 'scatterRows');
  const { rows: targets } = matrixSizes(y, 'scatterRows');
  expectTensor(rows, 'scatterRows rows', [count], 'u32');
  expectTensor(y, 'scatterRows y', [targets, columns]);
  const elements = count * columns;
  recorder.dispatch({
    kernel: scatter(),
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: rows, access: 'read' },
      { tensor: y, access: 'readwrite' },
    ],
    uniforms: uniformWords('embedding/scatter', { elements, size: columns, targets }),
    grid: gridOf(recorder, elements),
  });
}
