/** Words of a person's own questions: held-out records, how columns are read, and questions that were trained on. */
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

export const ownFileText = inLanguages({
  en: {
    heldOut: (run: string, questions: number) =>
      `Held-out records of ${run}: ${formatInteger(questions)}`,
    heldOutHelp:
      'Records that this run kept for validation: it never learned from them. They are the nearest to your own task; few of them allow only rough scores.',
    heldOutBest:
      'Records that this run kept for validation: it never learned from them. But the loss on them chose the states named “best”, so the scores of those states on these records are a little too good. Few of them allow only rough scores.',
    asked: (columns: string) => `Asks: ${columns}`,
    answer: (columns: string) => `answer: ${columns}`,
    instruction: (text: string) => `Instruction to every record: “${text}”`,
    joined: ' · ',
    repeats: (dataSet: string, exact: number, near: number) =>
      [
        ...(exact > 0 ? [`${formatCount(exact, 'question')} word for word`] : []),
        ...(near > 0 ? [`${formatCount(near, 'question')} except for numbers`] : []),
      ].join(' and ') + ` in “${dataSet}”`,
    repeatedTitle: 'Some questions were trained on',
    repeated: (found: string) =>
      `${found}. Their scores show what the run memorised, not what it can do with new records.`,
  },
  zh: {
    heldOut: (run, questions) => `${run} 的留出记录：${formatInteger(questions)}`,
    heldOutHelp:
      '此次训练留作验证的记录：模型从未学习过它们，最接近你自己的任务；记录很少时，分数只是粗略估计。',
    heldOutBest:
      '此次训练留作验证的记录：模型从未学习过它们。但名为“最佳”的状态是按这些记录上的损失选出的，因此这些状态在此处的分数略微偏高。记录很少时，分数只是粗略估计。',
    asked: (columns) => `提问：${columns}`,
    answer: (columns) => `答案：${columns}`,
    instruction: (text) => `每条记录的指令：“${text}”`,
    joined: ' · ',
    repeats: (dataSet, exact, near) =>
      `“${dataSet}”中有` +
      [
        ...(exact > 0 ? [` ${formatInteger(exact)} 题完全相同`] : []),
        ...(near > 0 ? [` ${formatInteger(near)} 题仅数字不同`] : []),
      ].join('，'),
    repeatedTitle: '部分题目曾用于训练',
    repeated: (found) => `${found}。这些题目的分数反映的是记忆，而不是对新记录的能力。`,
  },
});
