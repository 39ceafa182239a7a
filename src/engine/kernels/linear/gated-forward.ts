/** The gated product of a feed-forward block: y = activation(n·gateᵀ + b) · (n·upᵀ + c), n = x or rmsnorm(x). */
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, rowBlock, type Tensor } from '../../gpu/tensor.ts';
import { gateForward, gateForwardShader, type GateActivation } from '../ffn/gate.ts';
import { gateForward as gateReference } from '../ffn/gate.reference.ts';
import { CaseTensors, type KernelCase } from '../kernel-case.ts';
import { chooseVariant, type KernelClass } from '../kernel-class.ts';
import { normForwardClass } from '../norm/norm.ts';
import { rmsNormForward } from '../norm/norm.reference.ts';
import { forwardSizes, linearForwards, type LinearForward } from './forward-product.ts';
import {
  fusedProduct,
  fusedVariants,
  normedInput,
  smallFused,
  type FusedVariant,
  type InputNorm,
} from './fused-product.ts';
import { linearForwardReference } from './linear.reference.ts';
import { normedForwards } from './normed-forward.ts';
import { frozenWeights, productClass, type ProductSizes } from './product-class.ts';
import { dispatchCombined } from './product-group.ts';
import { isPacked, type WeightMatrix } from './weight-formats.ts';

interface GatedSizes extends ProductSizes<'forward-gated'> {
  readonly normed: boolean;
  readonly activation: GateActivation;
}

const base: KernelClass<GatedSizes, FusedVariant> = productClass('forward-gated', {
  variants: (traits, sizes) => fusedVariants(traits, sizes, sizes.normed),
  checkSizes: smallFused,
  knownCase,
});

export const forwardGatedClass: typeof base = {
  ...base,
  shaders: [...base.shaders, ...normForwardClass.shaders, gateForwardShader],
  name: [
    ...base.name,
    [{ measure: null, of: ({ normed }) => (normed ? 'normed' : 'plain') }],
    [{ measure: null, of: ({ activation }) => activation }],
  ],
  work: (sizes) => 2 * base.work(sizes),
};

function knownCase(sizes: GatedSizes): KernelCase<FusedVariant> {
  const { rows, columns: outputs, inner: inputs, normed, activation } = sizes;
  const tensors = new CaseTensors();
  const x = tensors.values('x', [rows, inputs]);
  const norm = { weight: tensors.values('weight', [inputs]), epsilon: 2 ** -20 };
  const { w, prepare, values } = frozenWeights(tensors, [2 * outputs, inputs], sizes);
  const y = tensors.result('y', [rows, outputs]);
  const linears = { gate: { w: rowsOf(w, 0, outputs) }, up: { w: rowsOf(w, outputs, outputs) } };
  const operands = { x, norm: normed ? norm : null, ...linears, activation, y };
  return {
    tensors,
    prepare,
    record: (r, variant) => gatedForward(r, { ...operands, variant }),
    results: [asMatrix(y)],
    expected: async (read) => {
      const plain = await read(x);
      const weight = await read(norm.weight);
      const input = normed ? rmsNormForward(plain, weight, norm.epsilon) : plain;
      const all = await values(read);
      const half = outputs * inputs;
      const product = (w: Float64Array): Float64Array =>
        linearForwardReference({ rows, outputs, inputs, rank: 0, x: input, w }).y;
      return [gateReference(activation, product(all.slice(0, half)), product(all.slice(half)))];
    },
  };
}

/** Some rows of a matrix. */
function rowsOf(w: WeightMatrix, firstRow: number, rows: number): WeightMatrix {
  if (!isPacked(w)) return rowBlock(w, firstRow, rows);
  return { ...w, rows, table: { rows: w.rows, firstRow } };
}

interface GatedForward {
  /** [N, K] */
  readonly x: Tensor;
  readonly norm: InputNorm | null;
  /** w [O, K], bias [O]; `products` holds for a gate apart */
  readonly gate: Pick<LinearForward, 'w' | 'bias' | 'products'>;
  readonly up: Pick<LinearForward, 'w' | 'bias' | 'products'>;
  readonly activation: GateActivation;
  /** [N, O], in another buffer than the operands */
  readonly y: Tensor;
  /** The device's choice unless given. */
  readonly variant?: FusedVariant;
}

/**
 * y = activation(gate product) · up product of x, or of rmsnorm(x). One dispatch where rows are few, the device gains
 * by that and both weights lie together; else norm, products or gate have dispatches of their own.
 * @throws RangeError when shapes disagree, or y shares a buffer with an operand
 */
export function gatedForward(r: PlanRecorder, args: GatedForward): void {
  const { x, norm, gate, up, activation, y, variant: asked } = args;
  const linears = [gate, up].map((linear) => ({ ...linear, x: asMatrix(x), y: asMatrix(y) }));
  const [sizes, other] = linears.map((linear) => forwardSizes(r, linear));
  if (!sizes || !other) throw new Error('Two products were asked for');
  const isPair = sizes.reader === other.reader && sizes.aligned === other.aligned;
  const ofPair = { ...sizes, kind: 'forward-gated', normed: norm !== null, activation } as const;
  const { variant, request } = chooseVariant(forwardGatedClass, r.traits, ofPair, asked);
  if (isPair && variant !== 'apart') {
    const half = { ...request, work: request.work / 2 };
    const pair = linears.map((linear) =>
      fusedProduct(r, { linear, sizes, variant, request: half, norm, gate: activation }),
    );
    if (dispatchCombined(r, pair)) return;
  } else if (isPair && norm) {
    gatedForward(r, { x: normedInput(r, x, norm), norm: null, gate, up, activation, y });
    return;
  }
  gateApart(r, args);
}

/** The products of gate and up, then the gate in a dispatch of its own. */
function gateApart(r: PlanRecorder, { x, norm, gate, up, activation, y }: GatedForward): void {
  // In one buffer, so that the products share a dispatch.
  const [gates, ups] = r.scratchTogether('gate, up', [y.shape, y.shape]);
  if (!gates || !ups) throw new Error('Two tensors were asked for');
  const products = [
    { ...gate, y: asMatrix(gates) },
    { ...up, y: asMatrix(ups) },
  ];
  if (norm) normedForwards(r, { x, norm, products });
  else {
    linearForwards(
      r,
      products.map((product) => ({ ...product, x: asMatrix(x) })),
    );
  }
  gateForward(r, activation, { gate: gates, up: ups, y });
}
