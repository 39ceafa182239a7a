/**
 * The files in which answers are saved: a table for spreadsheets, JSON with a line for each answer, or the results of
 * lm-eval's tasks in its own JSON.
 */
export const answerFormats = ['csv', 'jsonl', 'lm-eval'] as const;

export type AnswerFormat = (typeof answerFormats)[number];

/** What a browser calls their content. */
export const answerMediaTypes: Readonly<Record<AnswerFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
  'lm-eval': 'application/json',
};
