/** What a buffer of the device is for, from the name that the engine gives it: pages and faults say it in words. */

/** What buffers are for, as people are told it. */
export type BufferGroup =
  | 'embedding'
  | 'head'
  | 'weights'
  | 'rotary'
  | 'branch-parameters'
  | 'gradients'
  | 'moments'
  | 'logits'
  | 'losses'
  | 'orthogonal'
  | 'attention'
  | 'feed-forward'
  | 'between-layers'
  | 'branch-activations'
  | 'routing'
  | 'cache'
  | 'answers'
  | 'inputs'
  | 'scratch'
  | 'uniforms'
  | 'read-back'
  | 'other';

export interface BufferPurpose {
  readonly group: BufferGroup;
  /** Counted from 1; null where it belongs to no layer, or to all. */
  readonly layer: number | null;
  /** It holds what the backward pass computes. */
  readonly backward: boolean;
}

/** The first that fits decides. */
const groups: readonly (readonly [RegExp, BufferGroup])[] = [
  [/ uniforms$/, 'uniforms'],
  [/staging|^readback|^timestamps/, 'read-back'],
  [/embed_tokens|token_embd/, 'embedding'],
  [/lm_head/, 'head'],
  [/\.(weight|bias)\b/, 'weights'],
  [/^(local )?rotary (cosine|sine)$/, 'rotary'],
  [/^scratch \d+$|^parts of products$/, 'scratch'],
  [/orthogonal|^signs of/, 'orthogonal'],
  [/^branch parameters$|^mask$|^column scales$/, 'branch-parameters'],
  [/^gradients$|^gradient norm/, 'gradients'],
  [/ moment$/, 'moments'],
  [/^logits$|^scores$/, 'logits'],
  [/^loss|target rows$|^likeliest targets$|^figures of the step$|^no hits$/, 'losses'],
  [/^(key|value) cache/, 'cache'],
  [/^routing|^router|^experts$|^gates$|^no probabilities$/, 'routing'],
  [/ (h|dh|gated h|dgated)$|after dropout$/, 'branch-activations'],
  [/attention|attended|query|rotated|key, value|log-sum-exp|slices/, 'attention'],
  [/feed-forward|activated|gate, up/, 'feed-forward'],
  [/residual|^embedded|^output of block|output norm$|^normed$/, 'between-layers'],
  [/^(next|seen|stop) tokens$|^history$|^lengths$|^limits$|^sampling/, 'answers'],
  [/^(prefill|decode) |^token |^positions$|^step state$|^task |^target ids$/, 'inputs'],
  [/^(first row|end of the) |^row numbers$/, 'inputs'],
];

/** @param name as a plan or a fault gives it; of another version of the studio it may be any */
export function bufferPurpose(name: string): BufferPurpose {
  const layer = /(?:layers\.|blk\.|block |layer |cache )(\d+)/.exec(name)?.[1];
  return {
    group: groups.find(([pattern]) => pattern.test(name))?.[1] ?? 'other',
    layer: layer === undefined ? null : Number(layer) + 1,
    backward: /^d [a-z]| (dh|dgated)$/.test(name),
  };
}
