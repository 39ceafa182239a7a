/** Words of near-duplicates among the data sets. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const nearText = inLanguages({
  en: {
    title: 'Near-duplicates',
    aside: 'records that are nearly the same, and questions that come up in records',
    help: 'Records are compared by their pieces of five words or Chinese characters (MinHash signatures); those with an estimated likeness of at least 0.8 are near-duplicates. Pieces that more than 2% of a set share belong to its form and do not count. It is an estimate: a few pairs are missed, and a few are not quite as alike. Records that are the same letter for letter were left out by the import.',
    onImport: 'Look for near-duplicates while importing',
    onImportHelp:
      'The records are compared with each other, with those of all sets that are there, and with the questions of evaluations. Reading the file takes little longer where a second processor core is free, else about a third; the records are stored as they are.',
    open: (sets: string) => `Not compared with all yet: ${sets}.`,
    look: 'Look for near-duplicates',
    again: 'Look again',
    looking: 'Comparing the records',
    searched: (records: number) => `${formatCount(records, 'record')} compared.`,
    none: (records: number) => `No near-duplicates among ${formatCount(records, 'record')}.`,
    within: (set: string, count: number) =>
      `${set}: ${formatCount(count, 'record')} nearly the same as an earlier one of the set`,
    between: (first: string, second: string, count: number) =>
      `${formatCount(count, 'record')} of ${second} nearly the same as one of ${first}`,
    means:
      'A record that comes up again counts twice in training, and if one of a pair is kept for validation, the validation loss looks better than it is.',
    examples: 'Examples',
    pair: (first: string, second: string, likeness: string) =>
      `${first} and ${second}, likeness ${likeness}`,
    record: (set: string, row: number) => `${set}, record ${formatInteger(row)}`,
  },
  zh: {
    title: '近似重复',
    aside: '几乎相同的记录，以及出现在记录中的题目',
    help: '按五个词或五个汉字的片段比较记录（MinHash 签名）；相似度估计不低于 0.8 的视为近似重复。超过 2% 的记录共有的片段属于数据集的固定格式，不计入。这是估计：会漏掉少数几对，也有少数并不那么相似。完全相同的记录在导入时已去除。',
    onImport: '导入时查找近似重复',
    onImportHelp:
      '把记录互相比较，也与已有的所有数据集以及评测题目比较。有空闲处理器核心时导入时间几乎不变，否则约增加三分之一；记录按原样保存。',
    open: (sets) => `尚未全部比较：${sets}。`,
    look: '查找近似重复',
    again: '重新查找',
    looking: '正在比较记录',
    searched: (records) => `已比较 ${formatInteger(records)} 条记录。`,
    none: (records) => `${formatInteger(records)} 条记录中没有近似重复。`,
    within: (set, count) => `${set}：${formatInteger(count)} 条与该数据集中更早的记录几乎相同`,
    between: (first, second, count) =>
      `${second} 中有 ${formatInteger(count)} 条与 ${first} 的记录几乎相同`,
    means: '反复出现的记录在训练中会重复计入；若其中一条留作验证，验证损失会显得比实际更好。',
    examples: '示例',
    pair: (first, second, likeness) => `${first}与 ${second}，相似度 ${likeness}`,
    record: (set, row) => `${set}，第 ${formatInteger(row)} 条记录`,
  },
});
