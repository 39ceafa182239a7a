/** HEAD-QA in English and Spanish, as lm-eval's `headqa_en` and `headqa_es` ask it: the options are written out. */
import { rowFault } from '../../../faults/row-fault.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../formats/texts/json.ts';
import { languageOf } from './language.ts';
import { placeIn, textIn, type HarnessDoc, type HarnessFamily, type HarnessTask } from './task.ts';

const LEAST = 2;
/** As many options as letters can name. */
const MOST = 26;

/** Lists of numbers and texts, as some programs write a list of pairs, as pairs. */
function paired(answers: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(answers ?? null)) return answers;
  const { atext } = answers as JsonObject;
  return Array.isArray(atext) ? atext.map((text: JsonValue) => ({ atext: text })) : answers;
}

function optionsIn(row: JsonObject): string[] {
  const answers = paired(row['answers']);
  if (!Array.isArray(answers) || answers.length < LEAST || answers.length > MOST) {
    throw rowFault('wrong-type', { field: 'answers', due: 'choices' });
  }
  return (answers as readonly JsonValue[]).map((answer) => {
    if (!isJsonObject(answer)) throw rowFault('wrong-type', { field: 'answers', due: 'choices' });
    const text = textIn(answer, 'atext');
    if (text === '') throw rowFault('missing-field', { field: 'atext', detail: 'empty' });
    return text;
  });
}

function read(row: JsonObject): HarnessDoc {
  const options = optionsIn(row);
  const { category } = row;
  return {
    text: `Question: ${textIn(row, 'qtext')}\nAnswer:`,
    options,
    target: placeIn(row, 'ra', 1, options.length),
    ...(typeof category === 'string' && category !== '' && { subject: category }),
    row,
  };
}

const taskIn = (language: 'en' | 'es'): HarnessTask => ({
  name: `headqa_${language}`,
  version: 1,
  dataset: ['EleutherAI/headqa', language],
  description: '',
  asks: 'test',
  examples: 'train',
  sampler: 'drawn',
  norm: true,
  read,
});

const tasks = { en: taskIn('en'), es: taskIn('es') };

export const headqa: HarnessFamily = {
  columns: ['qtext', 'ra', 'answers'],
  tasks: [tasks.en, tasks.es],
  choose: (about) => tasks[languageOf(about)],
};
