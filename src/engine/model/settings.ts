/**
 * Settings of a model that a recipe or a page names. They are apart from the code that follows them, so that
 * the page's own bundle holds the names and not the kernels.
 */

import type { Products } from '../kernels/linear/linear-kernels.ts';

/**
 * Activation checkpointing: what the backward pass recomputes. `feed-forward` recomputes that half
 * of each block, which holds most of its activations; `block` all of it.
 */
export const checkpointings = ['none', 'feed-forward', 'block'] as const;
export type Checkpointing = (typeof checkpointings)[number];

/**
 * What the products with frozen weights multiply; sums are float32. `float16` needs a device that has the type.
 */
export const productTypes = ['float32', 'float16'] as const satisfies readonly Products[];

/** Most bits per frozen weight; `stored` keeps the file's formats. */
export const precisions = ['stored', 'float32', '16-bit', '8-bit', '4-bit'] as const;
export type Precision = (typeof precisions)[number];
