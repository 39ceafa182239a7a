/** MedQA with four options, as lm-eval's `medqa_4options` asks it. */
import {
  LETTERS,
  lettered,
  placeIn,
  textIn,
  type HarnessFamily,
  type HarnessTask,
} from './task.ts';

const ENDINGS = ['ending0', 'ending1', 'ending2', 'ending3'] as const;

const task: HarnessTask = {
  name: 'medqa_4options',
  version: null,
  dataset: ['GBaker/MedQA-USMLE-4-options-hf', null],
  description: '',
  asks: 'test',
  examples: 'train',
  sampler: 'drawn',
  norm: true,
  read: (row) => ({
    text: `Question: ${textIn(row, 'sent1')}\n${lettered(ENDINGS.map((field) => textIn(row, field)))}Answer:`,
    options: LETTERS,
    target: placeIn(row, 'label', 0, 4),
    row,
  }),
};

export const medqa: HarnessFamily = {
  columns: ['sent1', ...ENDINGS, 'label'],
  tasks: [task],
  choose: () => task,
};
