/**
 * Tensors as plans see them: named ranges of buffers that need not exist yet. A memory plan is made of these
 * alone, so that the plan shown before a run is what the run then allocates.
 */

/** What a buffer is for; the memory plan and the ledger count bytes by role. */
export const memoryRoles = [
  'weights',
  'branches',
  'gradients',
  'moments',
  'activations',
  'cache',
  'inputs',
  'results',
  'uniforms',
  'readback',
] as const;
export type MemoryRole = (typeof memoryRoles)[number];

/** All element types are four bytes wide. */
export type ElementType = 'f32' | 'u32' | 'i32';

export const bytesPerElement = 4;

/** A buffer by description. Identity is the object itself; the device memory maps it to a GPU buffer. */
export interface BufferSpec {
  readonly label: string;
  readonly role: MemoryRole;
  /** Bytes, a multiple of 4. */
  readonly bytes: number;
  /** Receives the contents of query sets, and nothing else. */
  readonly resolves?: boolean;
}

/** A dense, row-major range of a buffer. */
export interface Tensor {
  readonly label: string;
  readonly storage: BufferSpec | ScratchSpec;
  /** Bytes from the start of the buffer; a multiple of 256 whenever the tensor is bound. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** A buffer that lives only between its first and last use in one plan; the layout finds it a place. */
export interface ScratchSpec {
  readonly scratch: true;
  readonly label: string;
  readonly bytes: number;
}

/** Storage bindings start at multiples of this many bytes (WebGPU's default alignment limit). */
export const bindingAlignment = 256;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function byteLength(tensor: Pick<Tensor, 'shape'>): number {
  return elementCount(tensor.shape) * bytesPerElement;
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** A tensor that has a separate buffer and outlives any one plan. */
export function persistentTensor(
  label: string,
  role: MemoryRole,
  shape: readonly number[],
  type: ElementType = 'f32',
): Tensor {
  const bytes = Math.max(bytesPerElement, elementCount(shape) * bytesPerElement);
  return { label, storage: { label, role, bytes }, offset: 0, shape, type };
}

/**
 * Part of a tensor as a tensor: `elementOffset` elements in, reshaped to `shape`.
 * Bindable only where the resulting byte offset is a multiple of 256.
 */
export function viewTensor(
  tensor: Tensor,
  elementOffset: number,
  shape: readonly number[],
  label = tensor.label,
): Tensor {
  const end = (elementOffset + elementCount(shape)) * bytesPerElement;
  if (elementOffset < 0 || end > Math.max(bytesPerElement, byteLength(tensor))) {
    throw new RangeError(`View ${label} [${shape.join(', ')}] leaves ${tensor.label}`);
  }
  return {
    label,
    storage: tensor.storage,
    offset: tensor.offset + elementOffset * bytesPerElement,
    shape,
    type: tensor.type,
  };
}

/** Tensors that share one buffer, so that a kernel can take them all in one binding. */
export function persistentTogether(
  label: string,
  role: MemoryRole,
  tensors: readonly { readonly label: string; readonly shape: readonly number[] }[],
  type: ElementType = 'f32',
): Tensor[] {
  const { offsets, elements } = placesTogether(tensors.map(({ shape }) => shape));
  const all = persistentTensor(label, role, [elements], type);
  return tensors.map((tensor, index) =>
    viewTensor(all, offsets[index] ?? 0, tensor.shape, tensor.label),
  );
}

/**
 * The range of a buffer that holds all of these tensors, for one binding of at most `maxBytes`; null where
 * they are in several buffers or span more. A tensor alone is its own range, whatever its size.
 */
export function spanOf(tensors: readonly Tensor[], maxBytes: number): Tensor | null {
  const [first] = tensors;
  if (!first || tensors.length === 1) return first ?? null;
  if (tensors.some(({ storage, type }) => storage !== first.storage || type !== first.type)) {
    return null;
  }
  const start = Math.min(...tensors.map(({ offset }) => offset));
  const end = Math.max(...tensors.map((tensor) => tensor.offset + byteLength(tensor)));
  if (end - start > maxBytes) return null;
  return { ...first, offset: start, shape: [(end - start) / bytesPerElement] };
}

/** Where tensors of these shapes begin when each can be bound, and the elements of all, in one buffer. */
export function placesTogether(shapes: readonly (readonly number[])[]): {
  readonly offsets: readonly number[];
  readonly elements: number;
} {
  let elements = 0;
  const offsets = shapes.map((shape) => {
    const offset = alignUp(elements, bindingAlignment / bytesPerElement);
    elements = offset + elementCount(shape);
    return offset;
  });
  return { offsets, elements };
}

export function isScratch(storage: Tensor['storage']): storage is ScratchSpec {
  return 'scratch' in storage;
}

/**
 * A matrix inside a tensor: `rows × columns`, rows `stride` elements apart, starting `offset`
 * elements into the tensor. Lets kernels read column blocks of a wider matrix in place.
 */
export interface Matrix {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly offset: number;
}

/** The whole of a tensor as a matrix: its last dimension is the columns. */
export function asMatrix(tensor: Tensor): Matrix {
  const columns = tensor.shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : elementCount(tensor.shape) / columns;
  return { tensor, rows, columns, stride: columns, offset: 0 };
}

/** `columns` columns of a matrix from column `first` on. */
export function columnBlock(matrix: Matrix, first: number, columns: number): Matrix {
  if (first < 0 || first + columns > matrix.columns) {
    throw new RangeError(`Columns ${first}..${first + columns} leave ${matrix.tensor.label}`);
  }
  return { ...matrix, columns, offset: matrix.offset + first };
}

/** `rows` rows of a matrix from row `first` on. */
export function rowBlock(matrix: Matrix, first: number, rows: number): Matrix {
  if (first < 0 || first + rows > matrix.rows) {
    throw new RangeError(`Rows ${first}..${first + rows} leave ${matrix.tensor.label}`);
  }
  return { ...matrix, rows, offset: matrix.offset + first * matrix.stride };
}

/** Neighbouring parts of `elements` values, each within `maxBytes` and a whole multiple of `multiple`. */
export function bindingWindows(
  elements: number,
  maxBytes: number,
  multiple = bindingAlignment / bytesPerElement,
): { readonly first: number; readonly count: number }[] {
  const most = Math.max(1, Math.floor(maxBytes / bytesPerElement / multiple)) * multiple;
  const windows: { first: number; count: number }[] = [];
  for (let first = 0; first < elements; first += most) {
    windows.push({ first, count: Math.min(most, elements - first) });
  }
  return windows;
}
