/** Products with 16, 8 and 4-bit weights. */
import { encodeBlocks } from '../../../src/formats/gguf/block-encode.ts';
import { narrowFloat16Array, widenFloat16Array } from '../../../src/formats/weights/float-bits.ts';
import { asMatrix } from '../../../src/engine/gpu/tensor.ts';
import { linearForward } from '../../../src/engine/kernels/linear/forward-product.ts';
import {
  packedPlanes,
  type PackedFormat,
} from '../../../src/engine/kernels/linear/weight-formats.ts';
import { planesOfBlocks, type PlaneWords } from '../../../src/engine/model/block-planes.ts';
import type { OnnxConstant, OnnxGraph } from '../onnx.ts';
import { ortContestant } from '../ort.ts';
import { ours } from '../ours.ts';
import type { Contestant, Row, Values } from '../race.ts';
import { transposed, uniformValues } from '../values.ts';
import type { Host } from './host.ts';

const formats = {
  f16: { bits: 16, title: 'matmul, 16-bit weights' },
  q8_0: { bits: 8, title: 'matmul, 8-bit weights' },
  q4_0: { bits: 4, title: 'matmul, 4-bit weights' },
} as const;
type Format = keyof typeof formats & PackedFormat;

const group = 32;

interface Packed {
  /** Our planes, end to end. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly planes: PlaneWords | null;
}

/** Weights [outputs, inputs] in one of our formats. */
function pack(format: Format, weights: Values): Packed {
  if (format === 'f16') {
    const halves = narrowFloat16Array(weights);
    return { words: new Uint32Array(halves.buffer, halves.byteOffset), planes: null };
  }
  const type = format === 'q8_0' ? 'Q8_0' : 'Q4_0';
  const planes = planesOfBlocks(type, encodeBlocks(type, weights));
  const places = packedPlanes(format, weights.length);
  const words = new Uint32Array(places.words);
  words.set(planes.quanta);
  words.set(planes.scales, places.scales);
  return { words, planes };
}

/**
 * The same quanta for MatMulNBits: [outputs, groups, bytes], a float32 scale per group. Its numbers without
 * a sign have their zero in the middle, as 4-bit blocks have; 8-bit ones get it by flipping the top bit.
 */
function blockConstants(
  format: 'q8_0' | 'q4_0',
  { quanta, scales }: PlaneWords,
  outputs: number,
  inputs: number,
): OnnxConstant[] {
  const { bits } = formats[format];
  const groups = inputs / group;
  const bytes = new Uint8Array(quanta.buffer, quanta.byteOffset, (outputs * inputs * bits) / 8);
  const data = bits === 8 ? bytes.map((byte) => byte ^ 0x80) : bytes;
  const halves = new Uint16Array(scales.buffer, scales.byteOffset, outputs * groups);
  return [
    { name: 'w', type: 'uint8', dims: [outputs, groups, (group * bits) / 8], data },
    {
      name: 'scales',
      type: 'float',
      dims: [outputs, groups],
      data: widenFloat16Array(halves),
    },
  ];
}

/** y = x Wᵀ with frozen weights in fewer bits; onnxruntime-web gets the same quanta where it has a way. */
export function packedMatmulRow(
  host: Host,
  format: Format,
  rows: number,
  inputs: number,
  outputs: number,
): Row {
  const x = () => uniformValues(rows * inputs, 1);
  /** [outputs, inputs] */
  const weights = () => uniformValues(outputs * inputs, 2);
  const shape = `${rows}×${inputs}×${outputs}`;
  const { bits, title } = formats[format];
  return {
    id: `matmul-${format}-${shape.replaceAll('×', 'x')}`,
    title,
    shape,
    flops: 2 * rows * inputs * outputs,
    bytes: 4 * (rows * inputs + rows * outputs) + packedPlanes(format, inputs * outputs).words * 4,
    bound: 4e-6,
    contestants: [
      ours(host.gpu, (recorder, tensors) => {
        const y = tensors.empty('y', [rows, outputs]);
        const { words } = pack(format, weights());
        const tensor = tensors.filled('w', [words.length], words, 'u32');
        linearForward(recorder, {
          x: asMatrix(tensors.filled('x', [rows, inputs], x())),
          w: { format, tensor, rows: outputs, columns: inputs },
          y: asMatrix(y),
        });
        return { y: { tensor: y } };
      }),
      format === 'f16' ? halfContestant() : blockContestant(format),
    ],
  };

  function blockContestant(blocks: 'q8_0' | 'q4_0'): Contestant {
    return ortContestant(
      host.loadOrt,
      () => {
        const { planes } = pack(blocks, weights());
        if (!planes) throw new Error('Blocks have planes');
        const attributes = { K: inputs, N: outputs, bits, block_size: group };
        const graph: OnnxGraph = {
          nodes: [
            {
              op: 'MatMulNBits',
              domain: 'com.microsoft',
              inputs: ['x', 'w', 'scales'],
              outputs: ['y'],
              attributes,
            },
          ],
          constants: blockConstants(blocks, planes, outputs, inputs),
          inputs: [{ name: 'x', type: 'float', dims: [rows, inputs] }],
          outputs: [{ name: 'y', type: 'float', dims: [rows, outputs] }],
        };
        return {
          graph,
          feeds: { x: { data: x(), dims: [rows, inputs] } },
          fetches: { y: [rows, outputs] },
        };
      },
      'MatMulNBits',
    );
  }

  /** Products of float16 weights exist there with float16 inputs alone; the casts are part of its graph. */
  function halfContestant(): Contestant {
    return ortContestant(
      host.loadOrt,
      () => {
        const half = narrowFloat16Array(transposed(weights(), outputs, inputs));
        const graph: OnnxGraph = {
          nodes: [
            { op: 'Cast', inputs: ['x'], outputs: ['x16'], attributes: { to: 10 } },
            { op: 'MatMul', inputs: ['x16', 'w'], outputs: ['y16'] },
            { op: 'Cast', inputs: ['y16'], outputs: ['y'], attributes: { to: 1 } },
          ],
          constants: [{ name: 'w', type: 'float16', dims: [inputs, outputs], data: half }],
          inputs: [{ name: 'x', type: 'float', dims: [rows, inputs] }],
          outputs: [{ name: 'y', type: 'float', dims: [rows, outputs] }],
        };
        return {
          graph,
          feeds: { x: { data: x(), dims: [rows, inputs] } },
          fetches: { y: [rows, outputs] },
        };
      },
      'float16 inputs, products and sums',
      // Sums in 11 bits: what float16 arithmetic gives, not an equal of float32.
      3e-2,
    );
  }
}
