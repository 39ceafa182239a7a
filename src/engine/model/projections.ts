/** The linear layers of a decoder block that branches can be attached to, those of each half in order. */
export const attentionProjections = ['q', 'k', 'v', 'o'] as const;
export const feedForwardProjections = ['gate', 'up', 'down'] as const;
export const projections = [...attentionProjections, ...feedForwardProjections] as const;
export type Projection = (typeof projections)[number];

/** Projections that read the same input, so that their branches' A matrices form one product. */
export const groupNames = ['queryKeyValue', 'output', 'gateUp', 'down'] as const;
export type GroupName = (typeof groupNames)[number];

export const projectionsOf: Readonly<Record<GroupName, readonly Projection[]>> = {
  queryKeyValue: ['q', 'k', 'v'],
  output: ['o'],
  gateUp: ['gate', 'up'],
  down: ['down'],
};

/** Names as Hugging Face checkpoints write them. */
export const projectionModules: Readonly<Record<Projection, string>> = {
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  v: 'self_attn.v_proj',
  o: 'self_attn.o_proj',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
};
