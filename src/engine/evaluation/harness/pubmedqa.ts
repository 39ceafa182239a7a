/** PubMedQA, as lm-eval's `pubmedqa` asks it: yes, no or maybe after the abstract. */
import { rowFault } from '../../../faults/row-fault.ts';
import type { JsonObject } from '../../../formats/texts/json.ts';
import { PythonRandom } from './python.ts';
import {
  placeOf,
  textIn,
  type HarnessDoc,
  type HarnessFamily,
  type HarnessParts,
  type HarnessTask,
} from './task.ts';

const ANSWERS = ['yes', 'no', 'maybe'] as const;

function contextsIn(row: JsonObject): string {
  const { CONTEXTS: contexts } = row;
  if (!Array.isArray(contexts) || !contexts.every((part) => typeof part === 'string')) {
    throw rowFault('wrong-type', { field: 'CONTEXTS', due: 'texts' });
  }
  return contexts.join('\n');
}

/** All thousand questions, as the authors' repository has them. */
const WHOLE = /(?:^|\/)ori_pqal(?: ?\(\d+\))?\.json(?:\.gz)?$/iu;
/** The authors' seed. */
const SEED = 0;
const FOLDS = 10;

/** Parts of the same size with about as many of each answer, drawn as the authors' split_dataset.py draws them. */
function drawnParts(
  docs: readonly HarnessDoc[],
  count: number,
  random: PythonRandom,
): HarnessDoc[][] {
  const ofAnswers = ANSWERS.map((_, answer) => {
    const own = random.shuffled(docs.filter(({ target }) => target === answer));
    const size = Math.ceil(own.length / count);
    return Array.from({ length: count }, (__, i) => own.slice(i * size, (i + 1) * size));
  });
  const parts = Array.from({ length: count }, (_, i) => ofAnswers.flatMap((own) => own[i] ?? []));
  const [first] = parts;
  const last = parts.pop();
  if (!first || !last) return parts;
  if (last.length !== first.length) {
    for (const part of parts) {
      if (part.length > 0) last.push(...part.splice(random.below(part.length), 1));
    }
  }
  return [...parts, last];
}

/** The test set, and the training set of fold 0, in the authors' order. */
function authorsParts(path: string, docs: readonly HarnessDoc[]): HarnessParts | null {
  if (!WHOLE.test(path)) return null;
  const random = new PythonRandom(SEED);
  const [rest = [], asked = []] = drawnParts(docs, 2, random);
  const [, ...others] = drawnParts(rest, FOLDS, random);
  return { asked, examples: others.flat() };
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
  parts: authorsParts,
};

export const pubmedqa: HarnessFamily = {
  columns: ['QUESTION', 'CONTEXTS', 'final_decision'],
  tasks: [task],
  choose: () => task,
};
