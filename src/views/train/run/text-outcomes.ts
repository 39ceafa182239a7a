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
    cut: (count: number, length: string) =>
      `${records(count)} cut off at ${length} tokens: the end is lost, so the answer goes first`,
    promptCut: {
      'prompt-middle': (count: number, length: string) =>
        `${records(count)} cut to ${length} tokens: the middle of the prompt is left out`,
      'prompt-left': (count: number, length: string) =>
        `${records(count)} cut to ${length} tokens: the start of the prompt is left out`,
    },
    answerCut: (count: number) =>
      `${records(count)} whose answer alone is too long: its end is left out`,
    validationCut: (count: number) =>
      `${records(count)} kept for validation cut as well: nothing that is trained on is lost by it`,
    little: 'Cut so short that they teach little',
    littleOf: (all: number) => `of ${formatCount(all, 'record')} to train on in`,
    nothing: (count: number) => `, ${formatInteger(count)} of them without any answer left`,
    littleHelp: 'Less than half of each of these records, or of its prompt, is left.',
    askTitle: (set: string) => `Most records of “${set}” teach nothing`,
    askText: (count: number, all: number, length: string) =>
      `${formatInteger(count)} of ${formatCount(all, 'record')} have no answer left at ${length} tokens. “This run” on the Train page offers what mends it.`,
    askStart: 'Start anyway',
    askQueue: 'Queue anyway',
    noEnd: (count: number) =>
      `${records(count)} where the chat template writes no end after an answer: a model trained on them does not learn to stop`,
    dropped: (count: number) =>
      `${records(count)} with reasoning that the chat template removes: it is not trained on`,
    otherPrompt: (count: number) =>
      `${records(count)} whose answers follow a different text than in chat, for example because the chat template opens the reasoning there`,
    first: (place: string, set: string) => ` (first in ${place} of ${set})`,
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
    cut: (_, length) => `条在 ${length} 个词元处截断：末尾丢失，回答首当其冲`,
    promptCut: {
      'prompt-middle': (_, length) => `条截短到 ${length} 个词元：略去提示的中段`,
      'prompt-left': (_, length) => `条截短到 ${length} 个词元：略去提示的开头`,
    },
    answerCut: () => '条的回答本身就过长：略去其末尾',
    validationCut: () => '条验证记录也被截短：训练的内容并不因此减少',
    little: '截得太短，学到的很少',
    littleOf: (all) => `条，共 ${formatInteger(all)} 条训练记录，来自`,
    nothing: (count) => `，其中 ${formatInteger(count)} 条没有回答剩下`,
    littleHelp: '这些记录（或其提示）截短后所剩不足一半。',
    askTitle: (set) => `“${set}”的大多数记录学不到任何东西`,
    askText: (count, all, length) =>
      `在 ${length} 个词元处，${formatInteger(all)} 条中有 ${formatInteger(count)} 条没有回答剩下。“训练”页的“本次训练”给出补救办法。`,
    askStart: '仍然开始',
    askQueue: '仍然加入队列',
    noEnd: () => '条的回答之后，对话模板没有写结束标记：用它们训练的模型学不会停止',
    dropped: () => '条含有被对话模板去掉的推理过程：这部分不参与训练',
    otherPrompt: () => '条的回答之前，内容与对话时不同：例如，对话时模板会打开一个思考块',
    first: (place, set) => `（首次出现在“${set}”${place}）`,
    keep: '保留推理过程并用于训练',
    keepHelp: '把对话模板去掉的推理过程放回回答所在之处。不选时，训练模板渲染出的内容。',
  },
});
