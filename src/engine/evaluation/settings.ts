/** The settings of an evaluation that pages name, without the code that uses them. */

/**
 * How multiple choice is decided. `likelihood`: the option letter with the highest log p per token right
 * after the prompt. `generated`: the model answers freely, then the closing text is appended and the next
 * token is chosen among the option letters, as the paper does.
 */
export const choiceMethods = ['likelihood', 'generated'] as const;
export type ChoiceMethod = (typeof choiceMethods)[number];

/** How to score a file whose answers are a few short ones that recur. */
export const CLOSED_ANSWERS = ['labels', 'text'] as const;

export type ClosedAnswers = (typeof CLOSED_ANSWERS)[number];
