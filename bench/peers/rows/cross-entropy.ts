/** Loss and gradient over a large vocabulary. */
import { crossEntropy } from '../../../src/engine/kernels/loss/cross-entropy.ts';
import { stepStateLength, stepStateWord } from '../../../src/engine/kernels/random.ts';
import { jaxContestant } from '../jax.ts';
import { ours } from '../ours.ts';
import type { Row } from '../race.ts';
import { uniformValues } from '../values.ts';
import type { Host } from './host.ts';

const vocabulary = 151_936;

/**
 * Losses of some rows of logits and the gradient of their mean. Ours writes the gradient over the logits:
 * runs after the first one have other numbers to work on, and as much work.
 */
export function crossEntropyRow(host: Host, rows: number): Row {
  const logits = () => uniformValues(rows * vocabulary, 1, 4);
  const targets = () => Int32Array.from({ length: rows }, (_, row) => (row * 7919) % vocabulary);
  return {
    id: 'cross-entropy',
    title: 'cross-entropy, loss and gradient',
    shape: `${rows} rows, V ${vocabulary}`,
    flops: null,
    bytes: 4 * 2 * rows * vocabulary,
    bound: 1e-5,
    contestants: [
      ours(host.gpu, (recorder, tensors) => {
        const state = new Float32Array(stepStateLength);
        state[stepStateWord.inverseTargets] = 1 / rows;
        const losses = tensors.empty('losses', [rows]);
        const scores = tensors.filled('logits', [rows, vocabulary], logits());
        crossEntropy(recorder, {
          logits: scores,
          targets: tensors.filled('targets', [rows], new Uint32Array(targets().buffer), 'i32'),
          losses,
          stepState: tensors.filled(
            'step state',
            [stepStateLength],
            new Uint32Array(state.buffer),
            'u32',
          ),
          gradient: true,
        });
        return { losses: { tensor: losses }, gradient: { tensor: scores } };
      }),
      jaxContestant(({ numpy: np, nn, vjp }) => ({
        operands: [
          np.array(logits()).reshape([rows, vocabulary]),
          np.array(targets()),
          np.array(new Float32Array(rows).fill(1 / rows)),
        ],
        compute: (scores, ids, share) => {
          // Its oneHot is a row of an identity matrix, of V × V numbers here: a comparison does the same.
          const hits = np.equal(
            ids.reshape([rows, 1]),
            np.arange(0, vocabulary, 1, { dtype: np.int32 }),
          );
          const loss = (x: typeof scores) => np.where(hits, nn.logSoftmax(x, -1), 0).sum(-1).neg();
          const [losses, backward] = vjp(loss, [scores]);
          const gradients = backward(share);
          backward.dispose();
          return [losses, ...gradients];
        },
        named: [{ name: 'losses' }, { name: 'gradient' }],
      })),
    ],
  };
}
