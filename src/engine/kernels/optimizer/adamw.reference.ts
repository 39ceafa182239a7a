export interface AdamwState {
  readonly parameters: Float64Array;
  readonly firstMoment: Float64Array;
  readonly secondMoment: Float64Array;
}

/** Float64 reference of one step of torch.optim.AdamW; `step` counts from 1. */
export function adamw(
  state: AdamwState,
  gradients: Float64Array,
  settings: {
    readonly step: number;
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly weightDecay: number;
    readonly clipFactor: number;
  },
): AdamwState {
  const { step, learningRate, beta1, beta2, epsilon, weightDecay, clipFactor } = settings;
  const g = gradients.map((value) => value * clipFactor);
  const firstMoment = state.firstMoment.map((m, i) => beta1 * m + (1 - beta1) * (g[i] ?? 0));
  const secondMoment = state.secondMoment.map((v, i) => beta2 * v + (1 - beta2) * (g[i] ?? 0) ** 2);
  const parameters = state.parameters.map((p, i) => {
    const m = (firstMoment[i] ?? 0) / (1 - beta1 ** step);
    const v = (secondMoment[i] ?? 0) / (1 - beta2 ** step);
    return p * (1 - learningRate * weightDecay) - (learningRate * m) / (Math.sqrt(v) + epsilon);
  });
  return { parameters, firstMoment, secondMoment };
}
