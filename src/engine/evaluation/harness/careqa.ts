/** CareQA in English and Spanish, as lm-eval's `careqa_en` and `careqa_es` ask it. */
import type { JsonObject } from '../../../formats/texts/json.ts';
import { languageOf } from './language.ts';
import {
  LETTERS,
  lettered,
  placeIn,
  textIn,
  type HarnessDoc,
  type HarnessFamily,
  type HarnessTask,
} from './task.ts';

const OPTIONS = ['op1', 'op2', 'op3', 'op4'] as const;

function read(row: JsonObject): HarnessDoc {
  const options = lettered(OPTIONS.map((field) => textIn(row, field)));
  const { category } = row;
  return {
    text: `Question: ${textIn(row, 'question')}\nChoices:\n${options}Answer:`,
    options: LETTERS,
    target: placeIn(row, 'cop', 1, 4),
    ...(typeof category === 'string' && category !== '' && { subject: category }),
    row,
  };
}

const taskIn = (language: 'en' | 'es'): HarnessTask => ({
  name: `careqa_${language}`,
  version: 1,
  dataset: ['HPAI-BSC/CareQA', `CareQA_${language}`],
  description: '',
  asks: 'test',
  // The data set has one split; lm-eval takes the examples from the questions, and may take the question itself.
  examples: null,
  sampler: 'drawn',
  norm: false,
  read,
});

const tasks = { en: taskIn('en'), es: taskIn('es') };

export const careqa: HarnessFamily = {
  columns: ['question', ...OPTIONS, 'cop'],
  tasks: [tasks.en, tasks.es],
  choose: (about) => tasks[languageOf(about)],
};
