/** The label of a position that has no target, as in PyTorch; the same from labels to loss. */
export const NO_TARGET = -100;
