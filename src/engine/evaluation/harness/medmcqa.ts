/** MedMCQA, as lm-eval's `medmcqa` asks it. */
import {
  LETTERS,
  lettered,
  placeIn,
  textIn,
  type HarnessFamily,
  type HarnessTask,
} from './task.ts';

const OPTIONS = ['opa', 'opb', 'opc', 'opd'] as const;

const task: HarnessTask = {
  name: 'medmcqa',
  version: null,
  dataset: ['openlifescienceai/medmcqa', null],
  description: '',
  asks: 'validation',
  examples: 'train',
  sampler: 'drawn',
  norm: true,
  read: (row) => {
    const options = lettered(OPTIONS.map((field) => textIn(row, field)));
    const { subject_name: subject } = row;
    return {
      text: `Question: ${textIn(row, 'question')}\nChoices:\n${options}Answer:`,
      options: LETTERS,
      target: placeIn(row, 'cop', 0, 4),
      ...(typeof subject === 'string' && subject !== '' && { subject }),
      row,
    };
  },
};

export const medmcqa: HarnessFamily = {
  columns: ['question', ...OPTIONS, 'cop'],
  tasks: [task],
  choose: () => task,
  // The authors' files count the options from 1, those of the hub from 0.
  published: (first) => {
    const places = first.map(({ cop }) => Number(cop));
    const fromOne = places.includes(4) && !places.includes(0);
    return fromOne ? (row) => ({ ...row, cop: Number(row['cop']) - 1 }) : (row) => row;
  },
};
