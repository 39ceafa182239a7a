/** One step of gradient descent on a LoRA. */
import { f32, foldGrid, u32, type Kernel } from '../../../src/engine/gpu/kernel.ts';
import { asMatrix, viewTensor, type Tensor } from '../../../src/engine/gpu/tensor.ts';
import { linearForward } from '../../../src/engine/kernels/linear/forward-product.ts';
import { linearBackwardInput } from '../../../src/engine/kernels/linear/input-gradient.ts';
import { linearBackwardWeight } from '../../../src/engine/kernels/linear/weight-gradient.ts';
import { jaxContestant } from '../jax.ts';
import { ours } from '../ours.ts';
import type { Contestant, Row, Values } from '../race.ts';
import { tfjsContestant } from '../tfjs.ts';
import { transposed, uniformValues } from '../values.ts';
import type { Host } from './host.ts';

const rows = 256;
const size = 512;
const rank = 8;
const scale = 2;
/** Of the sum over all elements, so that a run changes A and B but little. */
const rate = 1e-6;

/** p −= rate · g over a whole arena: the optimiser that peers have, and the product does not. */
const sgdKernel: Kernel = {
  name: 'bench-sgd',
  family: 'optimizer',
  source: `struct Step { count: u32, width: u32, rate: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<uniform> step: Step;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * step.width + id.x;
  if (i < step.count) { parameters[i] -= step.rate * gradients[i]; }
}`,
  requires: [],
};

const operands = () => ({
  x: uniformValues(rows * size, 1),
  /** [in, out] */
  w: uniformValues(size * size, 2, 0.05),
  target: uniformValues(rows * size, 3),
  /** [in, rank] */
  a: uniformValues(size * rank, 4, 0.05),
  /** [rank, out] */
  b: uniformValues(rank * size, 5, 0.05),
});

function negative(values: Values): Values {
  return values.map((value) => -value);
}

/**
 * One step of plain gradient descent on a LoRA of one linear layer: y = x W + scale · (x A) B, the loss
 * ½ Σ (y − target)², the gradients of A and B, and their update. Compared: A and B after one step.
 */
export function loraStepRow(host: Host): Row {
  const product = 2 * rows * size * size;
  const thin = 2 * rows * size * rank;
  return {
    id: 'lora-step',
    title: 'LoRA step: forward, both gradients, SGD',
    shape: `T ${rows}, D = O = ${size}, r ${rank}`,
    // xW, xA, hB, dyBᵀ, hᵀdy, xᵀdh
    flops: product + 5 * thin,
    bytes: 4 * (size * size + 3 * rows * size + 4 * rank * size),
    bound: 4e-6,
    contestants: [oursOf(host), jaxOf(), tfjsOf()],
  };
}

function oursOf(host: Host): Contestant {
  return ours(host.gpu, (recorder, tensors) => {
    const { x, w, target, a, b } = operands();
    const inputs = asMatrix(tensors.filled('x', [rows, size], x));
    const weights = tensors.filled('w', [size, size], transposed(w, size, size));
    // y − target, from the product's own kernel: the target enters as a residual.
    const residual = tensors.filled('−target', [rows, size], negative(target));
    const branch = new Float32Array(2 * rank * size);
    branch.set(transposed(a, size, rank));
    branch.set(transposed(b, rank, size), rank * size);
    const parameters = tensors.filled('branch', [2 * rank * size], branch);
    const gradients = tensors.empty('gradients', [2 * rank * size]);
    const scales = tensors.filled('scales', [rank], new Float32Array(rank).fill(scale));
    const down = (arena: Tensor) => asMatrix(viewTensor(arena, 0, [rank, size]));
    const up = (arena: Tensor) => asMatrix(viewTensor(arena, rank * size, [size, rank]));
    const h = asMatrix(recorder.scratch('h', [rows, rank]));
    const dy = asMatrix(recorder.scratch('dy', [rows, size]));
    const dh = asMatrix(recorder.scratch('dh', [rows, rank]));
    linearForward(recorder, { x: inputs, w: down(parameters), y: h, columnScale: scales });
    linearForward(recorder, {
      x: inputs,
      w: asMatrix(weights),
      y: dy,
      branch: { h, b: up(parameters) },
      residual: asMatrix(residual),
    });
    linearBackwardInput(recorder, { dy, w: up(parameters), dx: dh, columnScale: scales });
    linearBackwardWeight(recorder, { dy, x: h, dw: up(gradients), accumulate: false });
    const dw = down(gradients);
    linearBackwardWeight(recorder, { dy: dh, x: inputs, dw, accumulate: false });
    const count = 2 * rank * size;
    const grid = foldGrid(Math.ceil(count / 64), recorder.traits.maxWorkgroupsPerDimension);
    recorder.dispatch({
      kernel: sgdKernel,
      bindings: [
        { tensor: parameters, access: 'readwrite' },
        { tensor: gradients, access: 'read' },
      ],
      uniforms: [u32(count), u32(grid[0] * 64), f32(rate)],
      grid,
    });
    return {
      a: {
        tensor: viewTensor(parameters, 0, [rank, size]),
        arrange: (values) => transposed(values, rank, size),
      },
      b: {
        tensor: viewTensor(parameters, rank * size, [size, rank]),
        arrange: (values) => transposed(values, size, rank),
      },
    };
  });
}

function jaxOf(): Contestant {
  return jaxContestant(({ numpy: np, grad }) => {
    const { x, w, target, a, b } = operands();
    const loss = (
      down: ReturnType<typeof np.array>,
      up: ReturnType<typeof np.array>,
      input: ReturnType<typeof np.array>,
      weights: ReturnType<typeof np.array>,
      wanted: ReturnType<typeof np.array>,
    ) => {
      const base = np.matmul(input.ref, weights);
      const y = base.add(np.matmul(np.matmul(input, down), up).mul(scale));
      const d = y.sub(wanted);
      return np.sum(d.ref.mul(d)).mul(0.5);
    };
    const gradient = grad(loss, { argnums: [0, 1] });
    return {
      operands: [
        np.array(a).reshape([size, rank]),
        np.array(b).reshape([rank, size]),
        np.array(x).reshape([rows, size]),
        np.array(w).reshape([size, size]),
        np.array(target).reshape([rows, size]),
      ],
      compute: (down, up, input, weights, wanted) => {
        const [dDown, dUp] = gradient(down.ref, up.ref, input, weights, wanted);
        if (!dDown || !dUp) throw new Error('Two gradients');
        return [down.sub(dDown.mul(rate)), up.sub(dUp.mul(rate))];
      },
      carried: [0, 1],
      named: [{ name: 'a' }, { name: 'b' }],
    };
  });
}

function tfjsOf(): Contestant {
  return tfjsContestant((tf) => {
    const { x, w, target, a, b } = operands();
    const input = tf.tensor2d(x, [rows, size]);
    const weights = tf.tensor2d(w, [size, size]);
    const wanted = tf.tensor2d(target, [rows, size]);
    const firstDown = tf.tensor2d(a, [size, rank]);
    const firstUp = tf.tensor2d(b, [rank, size]);
    const down = tf.variable(firstDown);
    const up = tf.variable(firstUp);
    const optimizer = tf.train.sgd(rate);
    const loss = () => {
      const branch = tf.mul(tf.matMul(tf.matMul(input, down), up), scale);
      const d = tf.sub(tf.add(tf.matMul(input, weights), branch), wanted);
      return tf.mul(tf.sum(tf.square(d)), 0.5);
    };
    return {
      compute: () => {
        tf.tidy(() => {
          optimizer.minimize(loss, false, [down, up]);
        });
        return [down, up];
      },
      named: [{ name: 'a' }, { name: 'b' }],
      owned: [input, weights, wanted, firstDown, firstUp, down, up],
      persistent: true,
    };
  });
}
