/** Words of what becomes of the records of a run, in both languages. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

/** Used where the count is beside the text. */
const records = (count: number): string => (count === 1 ? 'record' : 'records');

export const outcomeText = inLanguages({
  en: {
    title: 'What becomes of the records',
    looking: 'Checking the records',
    train: (count: number, apart: number) =>
      apart === 0
        ? `${formatCount(count, 'record')} to train on`
        : `${formatCount(count, 'record')} to train on, ${formatInteger(apart)} kept for validation`,
    leftOut: (count: number) => `${formatCount(count, 'record')} left out`,
    ofLooked: (count: number, all: number) =>
      `Counted in ${formatInteger(count)} of ${formatInteger(all)} records; the others are counted while the run goes on.`,
    refilled: 'The next record that has something to teach takes the place of one left out.',
    cut: (count: number, length: string) => `${records(count)} cut off at ${length} tokens`,
    noEnd: (count: number) =>
      `${records(count)} where the chat template writes no end after an answer: a model trained on them does not learn to stop`,
    dropped: (count: number) =>
      `${records(count)} with reasoning that the chat template removes: it is not trained on`,
    otherPrompt: (count: number) =>
      `${records(count)} whose answers follow a different text than in chat, for example because the chat template opens the reasoning there`,
    first: (line: number, set: string) => ` (first in line ${formatInteger(line)} of ${set})`,
    keep: 'Keep the reasoning and train on it',
    keepHelp:
      'Puts reasoning that the chat template removes back in its place before the answer. Otherwise the run trains on what the template renders.',
  },
  zh: {
    title: '各条记录的去向',
    looking: '正在检查记录',
    train: (count, apart) =>
      apart === 0
        ? `${formatInteger(count)} 条用于训练`
        : `${formatInteger(count)} 条用于训练，${formatInteger(apart)} 条留作验证`,
    leftOut: (count) => `${formatInteger(count)} 条被略去`,
    ofLooked: (count, all) =>
      `以上为 ${formatInteger(all)} 条中已检查的 ${formatInteger(count)} 条；其余在训练进行时统计。`,
    refilled: '被略去的记录，其位置由下一条可学习的记录补上。',
    cut: (_, length) => `条在 ${length} 个词元处截断`,
    noEnd: () => '条的回答之后，对话模板没有写结束标记：用它们训练的模型学不会停止',
    dropped: () => '条含有被对话模板去掉的推理过程：这部分不参与训练',
    otherPrompt: () => '条的回答之前，内容与对话时不同：例如，对话时模板会打开一个思考块',
    first: (line, set) => `（首次出现在“${set}”第 ${formatInteger(line)} 行）`,
    keep: '保留推理过程并用于训练',
    keepHelp: '把对话模板去掉的推理过程放回回答所在之处。不选时，训练模板渲染出的内容。',
  },
});
