/** PubMedQA, as lm-eval's `pubmedqa` asks it: yes, no or maybe after the abstract. */
import { rowFault } from '../../../faults/row-fault.ts';
import type { JsonObject } from '../../../formats/texts/json.ts';
import { placeOf, textIn, type HarnessFamily, type HarnessTask } from './task.ts';

const ANSWERS = ['yes', 'no', 'maybe'] as const;

function contextsIn(row: JsonObject): string {
  const { CONTEXTS: contexts } = row;
  if (!Array.isArray(contexts) || !contexts.every((part) => typeof part === 'string')) {
    throw rowFault('wrong-type', { field: 'CONTEXTS', due: 'texts' });
  }
  return contexts.join('\n');
}

const task: HarnessTask = {
  name: 'pubmedqa',
  version: 1,
  dataset: ['bigbio/pubmed_qa', 'pubmed_qa_labeled_fold0_source'],
  description: '',
  asks: 'test',
  examples: 'train',
  sampler: 'drawn',
  norm: false,
  read: (row) => ({
    text: `Abstract: ${contextsIn(row)}\nQuestion: ${textIn(row, 'QUESTION')}\nAnswer:`,
    options: ANSWERS,
    target: placeOf(row, 'final_decision', ANSWERS),
    row,
  }),
};

export const pubmedqa: HarnessFamily = {
  columns: ['QUESTION', 'CONTEXTS', 'final_decision'],
  tasks: [task],
  choose: () => task,
};
