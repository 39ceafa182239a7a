/** Words of the training records behind a phrase, in both languages. */
import { inLanguages } from '../../studio/language.ts';
import { formatInteger } from '../shared/format.ts';

export const taughtText = inLanguages({
  en: {
    ask: 'Which record taught this?',
    hide: 'Hide records',
    phrase: 'Phrase of the answer',
    phraseHelp:
      'Select words in the answer, or type some of its words. The fewer, the clearer the result.',
    find: 'Find records',
    notThere: 'The answer does not contain these words.',
    finding: 'Comparing the gradients of the training records',
    cancelled: 'Cancelled. Press Find to begin again.',
    behind: (words: string) => `Behind “${words}”`,
    list: 'Training records, the most alike first',
    record: (set: string, place: string) => `${set}, ${place}`,
    likeness: (value: string) => `likeness ${value}`,
    compared: (compared: number, trained: number) =>
      compared < trained
        ? `${formatInteger(compared)} of the run’s ${formatInteger(trained)} records were compared.`
        : `All ${formatInteger(trained)} records of the run were compared.`,
    meaning:
      'Likeness is the cosine between what the record and the phrase would change in the trained branches, without what the prompt would change whatever follows. It is a hint, no proof.',
    user: 'Question',
    assistant: 'Answer',
    system: 'System',
  },
  zh: {
    ask: '哪条记录教会了它？',
    hide: '收起记录',
    phrase: '回答中的片段',
    phraseHelp: '请在回答中选中几个词，或输入其中的词。词越少，结果越清楚。',
    find: '查找记录',
    notThere: '回答中没有这些词。',
    finding: '正在比较训练记录的梯度',
    cancelled: '已取消。按“查找记录”重新开始。',
    behind: (words) => `“${words}”背后的记录`,
    list: '训练记录，最相似者在前',
    record: (set, place) => `${set}，${place}`,
    likeness: (value) => `相似度 ${value}`,
    compared: (compared, trained) =>
      compared < trained
        ? `在此次训练的 ${formatInteger(trained)} 条记录中比较了 ${formatInteger(compared)} 条。`
        : `比较了此次训练的全部 ${formatInteger(trained)} 条记录。`,
    meaning:
      '相似度是记录与片段各自会对所训练分支造成的改变之间的余弦，已去掉无论后面是什么、提示都会造成的改变。它是线索，不是证明。',
    user: '问题',
    assistant: '回答',
    system: '系统',
  },
});
