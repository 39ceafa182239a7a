/** Cases with known results for the gates of a feed-forward block. */
import { asMatrix } from '../../gpu/tensor.ts';
import { CaseTensors, noise } from '../kernel-case.ts';
import { elementsFor, type KernelCheck } from '../kernel-check.ts';
import { gateBackward, gateForward, type GateActivation } from './gate.ts';
import * as reference from './gate.reference.ts';

const activationOf = (bend: string | number | undefined): GateActivation =>
  bend === 'silu' ? 'silu' : 'gelu-tanh';

/** Noise, and gates at which exp would overflow or vanish. */
const gateValue = (index: number): number => [100, -100, 30, -30][index] ?? 4 * noise(index);

export const gateChecks: readonly KernelCheck[] = [
  {
    shader: 'ffn/gate-forward',
    caseOf: (call) => {
      const activation = activationOf(call.form['BEND']);
      const shape = elementsFor(call);
      const tensors = new CaseTensors();
      const gate = tensors.numbers('gate', shape, gateValue);
      const up = tensors.values('up', shape);
      const y = tensors.result('y', shape);
      return {
        tensors,
        prepare: null,
        record: (r) => gateForward(r, activation, { gate, up, y }),
        results: [asMatrix(y)],
        expected: async (read) => [
          reference.gateForward(activation, await read(gate), await read(up)),
        ],
      };
    },
  },
  {
    shader: 'ffn/gate-backward',
    caseOf: (call) => {
      const activation = activationOf(call.form['BEND']);
      const shape = elementsFor(call);
      const tensors = new CaseTensors();
      const gate = tensors.changing('gate', shape, gateValue);
      const up = tensors.changing('up', shape);
      const dy = tensors.values('dy', shape);
      return {
        tensors,
        prepare: null,
        record: (r) => gateBackward(r, activation, { gate, up, dy }),
        results: [asMatrix(gate), asMatrix(up)],
        expected: async (read) => {
          const operands = [await read(gate), await read(up), await read(dy)] as const;
          const { dgate, dup } = reference.gateBackward(activation, ...operands);
          return [dgate, dup];
        },
      };
    },
  },
];
