/** Words of the questions that come up in data sets. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

interface Counted {
  readonly held: number;
  readonly ngram: number;
  readonly near: number;
}

export const heldText = inLanguages({
  en: {
    title: 'Questions of evaluations',
    own: 'the samples',
    questionsOf: (count: number, list: string | null) =>
      list === null
        ? formatCount(count, 'sample question')
        : `${formatCount(count, 'question')} of ${list}`,
    line: (set: string, questions: string, { held, ngram, near }: Counted) =>
      `${formatInteger(held)} of ${questions} ${held === 1 ? 'comes' : 'come'} up in ${set}: ${formatInteger(ngram)} by a run of 13 words or 20 Chinese characters, ${formatInteger(near)} nearly whole`,
    none: (questions: number) =>
      `None of ${formatCount(questions, 'question')} of evaluations comes up in these sets.`,
    means:
      'A model that trains on these sets has read those questions before it is asked, so its score on them says less. After an evaluation of a run, the scores stand with and without them on',
    evaluate: 'Evaluate',
    known: (time: string) =>
      `Compared on ${time} with the sample questions and those of the evaluations there were; “Look again” brings it up to date.`,
    open: (sets: string) => `Not looked for yet in: ${sets}.`,
    short: (count: number) =>
      `${formatCount(count, 'question')} too short for a run of words: only the whole text was compared.`,
    cut: (list: string, compared: number, questions: number) =>
      `Of ${list}, only the first ${formatInteger(compared)} of ${formatCount(questions, 'question')} were compared: all lists together are too long.`,
    examples: 'Which questions, and where',
    example: (question: number, list: string, set: string, row: number) =>
      `Question ${formatInteger(question)} of ${list}; ${set}, record ${formatInteger(row)}`,
    gone: 'The question was removed with its evaluation.',
  },
  zh: {
    title: '评测题目',
    own: '示例题目',
    questionsOf: (count, list) =>
      list === null
        ? `${formatInteger(count)} 道示例题目`
        : `${list} 的 ${formatInteger(count)} 道题`,
    line: (set, questions, { held, ngram, near }) =>
      `${questions}中有 ${formatInteger(held)} 道出现在 ${set} 中：连续 13 个词或 20 个汉字相同 ${formatInteger(ngram)} 题，几乎相同 ${formatInteger(near)} 题`,
    none: (questions) => `${formatInteger(questions)} 道评测题目都没有出现在这些数据集中。`,
    means:
      '用这些数据集训练的模型在作答之前就读过这些题目，因此在这些题目上的分数说明不了多少。评测运行之后，计入与不计入这些题目的分数见',
    evaluate: '评测',
    known: (time) => `已与示例题目及 ${time} 时保存的评测题目比较；“重新查找”会与当前的题目比较。`,
    open: (sets) => `尚未查找：${sets}。`,
    short: (count) => `${formatInteger(count)} 题太短，没有足够的连续词，只比较了整段文字。`,
    cut: (list, compared, questions) =>
      `${list} 的 ${formatInteger(questions)} 道题中只比较了前 ${formatInteger(compared)} 道：所有题目合计过长。`,
    examples: '哪些题目，在哪里',
    example: (question, list, set, row) =>
      `${list} 第 ${formatInteger(question)} 题；${set}，第 ${formatInteger(row)} 条记录`,
    gone: '该题目已随评测一起删除。',
  },
});
