/** MedQA with four options, as lm-eval's `medqa_4options` asks it. */
import { rowFault } from '../../../faults/row-fault.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../formats/texts/json.ts';
import {
  LETTERS,
  lettered,
  placeIn,
  placeOf,
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

/** The step of the exam that a question is from; the authors' files misspell it once. */
const STEP = /^st\w{0,2}ep\d/u;

const hasFifth = (options: JsonValue | undefined): boolean =>
  options !== undefined && isJsonObject(options) && options['E'] !== undefined;

const isOfSteps = ({ options, meta_info: step }: JsonObject): boolean =>
  typeof step === 'string' && STEP.test(step) && !hasFifth(options);

/** A row as the hub has it. @throws RowFault where it lacks an option, or its answer is none of them */
function asPublished(row: JsonObject): JsonObject {
  const { options } = row;
  if (options === undefined || !isJsonObject(options))
    throw rowFault('wrong-type', { field: 'options', due: 'choices' });
  return {
    sent1: textIn(row, 'question'),
    sent2: '',
    ...Object.fromEntries(ENDINGS.map((field, i) => [field, textIn(options, LETTERS[i] ?? '')])),
    label: placeOf(row, 'answer_idx', LETTERS),
  };
}

/**
 * The authors' files, which the hub also has as they are (`GBaker/MedQA-USMLE-4-options`). Those with five options and
 * those of other countries have the same columns and are no task of lm-eval.
 */
export const medqaOfAuthors: HarnessFamily = {
  columns: ['question', 'answer', 'options', 'answer_idx', 'meta_info'],
  tasks: [task],
  choose: ({ rows }) => (rows.every(isOfSteps) ? task : null),
  published: () => asPublished,
};
