/**
 * Settings of a model that a recipe or a page names. Apart from the code that follows them, so that the
 * page's own bundle holds the names and not the kernels.
 */

/**
 * Activation checkpointing: what is recomputed in the backward pass. `feed-forward` recomputes that half
 * of each block, which holds most of its activations; `block` all of it.
 */
export const checkpointings = ['none', 'feed-forward', 'block'] as const;
export type Checkpointing = (typeof checkpointings)[number];

/** How many bits frozen weights may take at most; `stored` keeps what the file has. */
export const precisions = ['stored', 'float32', '16-bit', '8-bit', '4-bit'] as const;
export type Precision = (typeof precisions)[number];
