/** Float64 references of the gates of a feed-forward block (eq. 2). */
import type { GateActivation } from './gate.ts';

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** z in activation(g) = g · sigmoid(z), and its derivative. */
const bends: Readonly<
  Record<GateActivation, { at: (g: number) => number; slope: (g: number) => number }>
> = {
  silu: { at: (g) => g, slope: () => 1 },
  'gelu-tanh': {
    at: (g) => Math.sqrt(8 / Math.PI) * (g + 0.044715 * g ** 3),
    slope: (g) => Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * g ** 2),
  },
};

/** y = activation(gate) · up, element by element. */
export function gateForward(
  activation: GateActivation,
  gate: Float64Array,
  up: Float64Array,
): Float64Array {
  const { at } = bends[activation];
  return gate.map((g, i) => g * sigmoid(at(g)) * (up[i] ?? Number.NaN));
}

/** Units in the last place by which y may differ in float32: exp loses some for each unit of its argument. */
export function gateUlps(activation: GateActivation, gate: Float64Array): Float64Array {
  return gate.map((g) => (activation === 'silu' ? 34 : 34 + 8 * Math.abs(bends[activation].at(g))));
}

/** Gradients of gate and up, given that of y. */
export function gateBackward(
  activation: GateActivation,
  gate: Float64Array,
  up: Float64Array,
  dy: Float64Array,
): { dgate: Float64Array; dup: Float64Array } {
  const { at, slope } = bends[activation];
  const dgate = gate.map((g, i) => {
    const z = at(g);
    const bent = (dy[i] ?? Number.NaN) * (up[i] ?? Number.NaN) * sigmoid(z);
    return bent * (1 + g * sigmoid(-z) * slope(g));
  });
  const dup = gate.map((g, i) => (dy[i] ?? Number.NaN) * g * sigmoid(at(g)));
  return { dgate, dup };
}
