/** A case with known results for dropout: masks to the bit. */
import { asMatrix } from '../gpu/tensor.ts';
import { dropoutForward } from './dropout.ts';
import { CaseTensors } from './kernel-case.ts';
import type { KernelCheck } from './kernel-check.ts';
import { stepStateLength, stepStateWord } from './random.ts';
import { keepScale } from './random.reference.ts';

const shape = [3, 65] as const;
const counters = { seed: 0x9abcdef1, step: 17, microBatch: 3 };
const mask = { probability: 0.3, stream: 5 };

export const dropoutCheck: KernelCheck = {
  shader: 'ffn/dropout-forward',
  caseOf: () => {
    const words = new Map<number, number>(
      (['seed', 'step', 'microBatch'] as const).map((name) => [
        stepStateWord[name],
        counters[name],
      ]),
    );
    const tensors = new CaseTensors();
    const x = tensors.values('x', shape);
    const y = tensors.result('y', shape);
    const stepState = tensors.words('step state', [stepStateLength], (i) => words.get(i) ?? 0);
    return {
      tensors,
      prepare: null,
      record: (r) => dropoutForward(r, x, [{ y, ...mask, stepState }]),
      results: [asMatrix(y)],
      expected: async (read) => [
        (await read(x)).map(
          (value, element) => value * keepScale({ ...counters, ...mask, element }),
        ),
      ],
    };
  },
};
