/** The files in which answers are saved: a table for spreadsheets, or JSON with a line for each answer. */
export const answerFormats = ['csv', 'jsonl'] as const;

export type AnswerFormat = (typeof answerFormats)[number];

/** What a browser calls their content. */
export const answerMediaTypes: Readonly<Record<AnswerFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
};
