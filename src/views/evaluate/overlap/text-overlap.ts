/** Words of the questions that come up in the training records. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const overlapText = inLanguages({
  en: {
    title: 'Questions among the training records',
    aside: 'scores with and without what the model may have read before',
    help: 'A question overlaps if 13 of its words, or 20 of its Chinese characters, stand in a row in a record that the run trained on, or if a record asks nearly the same (estimated likeness of their pieces, MinHash, at least 0.8). Runs of words that more than 10 questions or records share belong to the form of the questions and do not count. Records kept for validation were not trained on and are left out.',
    find: (run: string) => `Look in the records of “${run}”`,
    finding: 'Another measurement is under way.',
    table: 'Scores with and without overlapping questions',
    task: 'Task',
    state: 'Model state',
    questions: 'Questions',
    overlapping: 'Overlapping',
    byRun: (questions: number) => `${formatInteger(questions)} by a run of words`,
    byLikeness: (questions: number) => `${formatInteger(questions)} nearly the same`,
    all: 'All questions',
    without: 'Without these',
    nothingLeft: 'none left',
    none: (questions: number, records: number) =>
      `None of ${formatCount(questions, 'question')} was found in ${formatCount(records, 'record')}. Nothing shows what the base model had read before.`,
    some: (records: number) =>
      `${formatCount(records, 'record')} were searched. What the base model had read before is not known.`,
    short: (count: number) =>
      `${formatCount(count, 'question')} too short for a run of words: only the whole text was compared.`,
  },
  zh: {
    title: '训练记录中出现的题目',
    aside: '计入与不计入模型可能读过的题目时的分数',
    help: '若题目中连续 13 个词或 20 个汉字出现在训练过的某条记录中，或某条记录的提问与之几乎相同（片段相似度 MinHash 估计不低于 0.8），则视为重叠。超过 10 道题或 10 条记录共有的连续词属于题目的固定格式，不计入。留作验证的记录未参与训练，不在其中。',
    find: (run) => `在“${run}”的记录中查找`,
    finding: '正在评测。',
    table: '计入与不计入重叠题目的分数',
    task: '任务',
    state: '模型状态',
    questions: '题目数',
    overlapping: '重叠',
    byRun: (questions) => `连续词相同 ${formatInteger(questions)} 题`,
    byLikeness: (questions) => `几乎相同 ${formatInteger(questions)} 题`,
    all: '全部题目',
    without: '不计重叠题目',
    nothingLeft: '无剩余',
    none: (questions, records) =>
      `${formatInteger(questions)} 道题在 ${formatInteger(records)} 条记录中都没有出现。基座模型此前读过什么不得而知。`,
    some: (records) => `已查找 ${formatInteger(records)} 条记录。基座模型此前读过什么不得而知。`,
    short: (count) => `${formatInteger(count)} 题太短，没有足够的连续词，只比较了整段文字。`,
  },
});
