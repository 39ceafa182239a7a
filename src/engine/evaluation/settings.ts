/** The settings of an evaluation that pages name, without the code that uses them. */

/**
 * How multiple choice is decided. `likelihood`: the option letter with the highest log p per token right
 * after the prompt. `generated`: the model answers freely, then the closing text is appended and the next
 * token is chosen among the option letters, as the paper does. `reasoned`: the model is asked to think step by step
 * and to name its answer; only what it wrote is read, and nothing is chosen for it.
 */
export const choiceMethods = ['likelihood', 'generated', 'reasoned'] as const;
export type ChoiceMethod = (typeof choiceMethods)[number];

/** How to score a file whose answers are a few short ones that recur. */
export const CLOSED_ANSWERS = ['labels', 'text'] as const;

export type ClosedAnswers = (typeof CLOSED_ANSWERS)[number];

/** How files of lm-eval's tasks are asked: character for character as lm-eval asks them, or as any other file. */
export const KNOWN_TASKS = ['harness', 'studio'] as const;

export type KnownTasks = (typeof KNOWN_TASKS)[number];

/** Most examples above a question. */
export const MOST_SHOTS = 50;
