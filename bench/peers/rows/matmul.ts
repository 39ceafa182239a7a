/** Products in float32. */
import { asMatrix } from '../../../src/engine/gpu/tensor.ts';
import { linearForward } from '../../../src/engine/kernels/linear/forward-product.ts';
import { jaxContestant } from '../jax.ts';
import { ortContestant } from '../ort.ts';
import { ours } from '../ours.ts';
import type { Row } from '../race.ts';
import { tfjsContestant } from '../tfjs.ts';
import { transposed, uniformValues } from '../values.ts';
import type { Host } from './host.ts';

/**
 * y [M, N] = x [M, K] times a weight matrix. Ours reads the weights as checkpoints have them, [N, K]; the
 * others get [K, N], the layout of their own documentation, with the same numbers in it.
 */
export function matmulRow(host: Host, rows: number, inputs: number, outputs: number): Row {
  const x = () => uniformValues(rows * inputs, 1);
  const w = () => uniformValues(inputs * outputs, 2);
  const shape = `${rows}×${inputs}×${outputs}`;
  return {
    id: `matmul-${shape.replaceAll('×', 'x')}`,
    title: 'matmul f32',
    shape,
    flops: 2 * rows * inputs * outputs,
    bytes: 4 * (rows * inputs + inputs * outputs + rows * outputs),
    bound: 4e-6,
    contestants: [
      ours(host.gpu, (recorder, tensors) => {
        const y = tensors.empty('y', [rows, outputs]);
        linearForward(recorder, {
          x: asMatrix(tensors.filled('x', [rows, inputs], x())),
          w: asMatrix(tensors.filled('w', [outputs, inputs], transposed(w(), inputs, outputs))),
          y: asMatrix(y),
        });
        return { y: { tensor: y } };
      }),
      jaxContestant(({ numpy: np }) => ({
        operands: [np.array(x()).reshape([rows, inputs]), np.array(w()).reshape([inputs, outputs])],
        compute: (a, b) => {
          return [np.matmul(a, b)];
        },
        named: [{ name: 'y' }],
      })),
      ortContestant(host.loadOrt, () => ({
        graph: {
          nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
          constants: [{ name: 'w', type: 'float', dims: [inputs, outputs], data: w() }],
          inputs: [{ name: 'x', type: 'float', dims: [rows, inputs] }],
          outputs: [{ name: 'y', type: 'float', dims: [rows, outputs] }],
        },
        feeds: { x: { data: x(), dims: [rows, inputs] } },
        fetches: { y: [rows, outputs] },
      })),
      tfjsContestant((tf) => {
        const a = tf.tensor2d(x(), [rows, inputs]);
        const b = tf.tensor2d(w(), [inputs, outputs]);
        return { compute: () => [tf.matMul(a, b)], named: [{ name: 'y' }], owned: [a, b] };
      }),
    ],
  };
}
