/** Writes ONNX models as protobuf messages, with the few fields that the race needs. */

/** Element types of TensorProto. */
export const onnxTypes = { float: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;
export type OnnxType = keyof typeof onnxTypes;

type Bytes = Uint8Array<ArrayBuffer>;
type Part = Bytes | readonly Part[];

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function sizeOf(part: Part): number {
  return part instanceof Uint8Array ? part.length : part.reduce((sum, p) => sum + sizeOf(p), 0);
}

/** A field of varint type. */
function integer(field: number, value: number): Part {
  return [varint(field << 3), varint(value)];
}

/** A field of length-delimited type: text, bytes or a message. */
function block(field: number, content: Part): Part {
  return [varint((field << 3) | 2), varint(sizeOf(content)), content];
}

function text(field: number, value: string): Part {
  return block(field, new TextEncoder().encode(value));
}

function float(field: number, value: number): Part {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [varint((field << 3) | 5), bytes];
}

function write(part: Part, into: Bytes, offset: number): number {
  if (part instanceof Uint8Array) {
    into.set(part, offset);
    return offset + part.length;
  }
  return part.reduce<number>((at, inner) => write(inner, into, at), offset);
}

/** A constant of the model; `data` in its stored form, little-endian. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView<ArrayBuffer>;
}

/** An input or output; a dimension that is text may vary. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly (number | string)[];
}

export type OnnxAttribute = number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers become INT attributes, lists of them INTS, `{ float }` FLOAT. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Operator set; the standard one by default. */
  readonly domain?: 'com.microsoft';
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

function attribute(name: string, value: OnnxAttribute): Part {
  if (typeof value === 'number') {
    return [text(1, name), integer(3, value), integer(20, attributeTypes.int)];
  }
  if ('float' in value) {
    return [text(1, name), float(2, value.float), integer(20, attributeTypes.float)];
  }
  return [text(1, name), value.map((one) => integer(8, one)), integer(20, attributeTypes.ints)];
}

function node({ op, inputs, outputs, attributes = {}, domain }: OnnxNode): Part {
  return [
    inputs.map((name) => text(1, name)),
    outputs.map((name) => text(2, name)),
    text(4, op),
    Object.entries(attributes).map(([name, value]) => block(5, attribute(name, value))),
    ...(domain ? [text(7, domain)] : []),
  ];
}

function constant({ name, type, dims, data }: OnnxConstant): Part {
  return [
    dims.map((size) => integer(1, size)),
    integer(2, onnxTypes[type]),
    text(8, name),
    block(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

function value({ name, type, dims }: OnnxValue): Part {
  const shape = dims.map((size) =>
    block(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  );
  return [text(1, name), block(2, block(1, [integer(1, onnxTypes[type]), block(2, shape)]))];
}

/** A model file of opset 21 (and the com.microsoft set, which decoders are exported with). */
export function onnxModel({ nodes, constants, inputs, outputs }: OnnxGraph): Bytes {
  const graph: Part = [
    nodes.map((one) => block(1, node(one))),
    text(2, 'graph'),
    constants.map((one) => block(5, constant(one))),
    inputs.map((one) => block(11, value(one))),
    outputs.map((one) => block(12, value(one))),
  ];
  const model: Part = [
    integer(1, 10),
    block(7, graph),
    block(8, [text(1, ''), integer(2, 21)]),
    block(8, [text(1, 'com.microsoft'), integer(2, 1)]),
  ];
  const bytes = new Uint8Array(sizeOf(model));
  write(model, bytes, 0);
  return bytes;
}
