/** Float64 references of the SiLU gate (eq. 2). */

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** y = silu(gate) · up, element by element. */
export function siluGateForward(gate: Float64Array, up: Float64Array): Float64Array {
  return gate.map((g, i) => g * sigmoid(g) * (up[i] ?? 0));
}

/** Gradients of gate and up, given that of y. */
export function siluGateBackward(
  gate: Float64Array,
  up: Float64Array,
  dy: Float64Array,
): { dgate: Float64Array; dup: Float64Array } {
  const dgate = gate.map((g, i) => {
    const s = sigmoid(g);
    return (dy[i] ?? 0) * (up[i] ?? 0) * s * (1 + g * sigmoid(-g));
  });
  const dup = gate.map((g, i) => (dy[i] ?? 0) * g * sigmoid(g));
  return { dgate, dup };
}
