/** What was read in an answer and in its reference: the form in which every metric takes an item. */

export const metrics = [
  'accuracy',
  'micro-f1',
  'macro-f1',
  'weighted-f1',
  'rouge-l',
  'perplexity',
] as const;

export type Metric = (typeof metrics)[number];

/** One answer, parsed. */
export interface Reading {
  /** Items, label or text of the reference, and the same of the answer. */
  readonly wanted: readonly string[];
  readonly given: readonly string[];
  /** Score of this item alone, 0 … 1: right or not, F1 of its items, ROUGE-L; null for perplexity. */
  readonly value: number | null;
  /** Whether the answer has the required form; null where no answer was written. */
  readonly adheres: boolean | null;
  /** Sum of −log p of the reference's tokens after the prompt, where it was measured. */
  readonly reference: ReferenceLoss | null;
}

export interface ReferenceLoss {
  readonly nll: number;
  readonly tokens: number;
}
