/** Words of what becomes of the records of a run, in both languages. */
import { inLanguages } from '../../studio/language.ts';
import { formatInteger } from '../shared/format.ts';

const counted = (count: number): string =>
  `${formatInteger(count)} ${count === 1 ? 'record' : 'records'}`;

export const outcomeText = inLanguages({
  en: {
    title: 'What becomes of the records',
    looking: 'Looking at the records',
    train: (count: number, apart: number) =>
      apart === 0
        ? `${counted(count)} to train on`
        : `${counted(count)} to train on, ${formatInteger(apart)} kept apart`,
    leftOut: (count: number) => `${counted(count)} left out`,
    ofLooked: (count: number, all: number) =>
      `Of ${formatInteger(count)} looked at among ${formatInteger(all)}; the others are counted while the run goes on.`,
    refilled: 'The next record that teaches takes the place of one left out.',
    cut: (count: number, length: string) => `${counted(count)} cut off at ${length} tokens`,
    noEnd: (count: number) =>
      `${counted(count)} with an answer that the chat template puts no end behind: a model trained on them does not learn to stop`,
    dropped: (count: number) =>
      `${counted(count)} with reasoning that the chat template cuts off; it is not trained`,
    otherPrompt: (count: number) =>
      `${counted(count)} where an answer follows something else than the template asks for it with, such as a thinking block that it opens`,
    first: (line: number, set: string) => `first in line ${formatInteger(line)} of ${set}`,
    keep: 'Keep the reasoning, and train it',
    keepHelp:
      'Puts reasoning that the chat template cuts off back where the answer stands. Without it, what the template renders is trained.',
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
    cut: (count, length) => `${formatInteger(count)} 条在 ${length} 个词元处截断`,
    noEnd: (count) =>
      `${formatInteger(count)} 条的回答之后，对话模板没有写结束标记：用它们训练的模型学不会停止`,
    dropped: (count) => `${formatInteger(count)} 条含有被对话模板去掉的思考过程；这部分不会被训练`,
    otherPrompt: (count) =>
      `${formatInteger(count)} 条的回答之前，与模板提问时写的内容不同，例如模板会先打开一个思考块`,
    first: (line, set) => `首次出现在“${set}”第 ${formatInteger(line)} 行`,
    keep: '保留思考过程并训练它',
    keepHelp: '把对话模板去掉的思考过程放回回答所在之处。不选时，训练模板渲染出的内容。',
  },
});
