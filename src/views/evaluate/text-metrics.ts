/** What each metric and each way of answering is called, and how it is defined. */
import { inLanguages } from '../../studio/language.ts';

export const metricText = inLanguages({
  en: {
    names: {
      accuracy: 'accuracy',
      'micro-f1': 'micro-F1',
      'macro-f1': 'macro-F1',
      'weighted-f1': 'weighted F1',
      'rouge-l': 'ROUGE-L',
      perplexity: 'perplexity',
    },
    help: {
      accuracy:
        'Share of questions answered correctly. With several right options, the answer must have every right letter and no wrong one.',
      'micro-f1':
        'True positives, false positives and false negatives of the parsed items (a set for each record) are summed over the whole task; then precision, recall and F1. 0 when nothing is right.',
      'macro-f1':
        'F1 of every label that occurs in references or answers, averaged with equal weight (scikit-learn, zero_division=0). An answer that is not a label is wrong.',
      'weighted-f1':
        'F1 of every label, averaged by how often it occurs in the references (scikit-learn, zero_division=0). The paper’s Table 5 calls it micro-F1, but its released scorer computes the weighted F1, and so does the studio.',
      'rouge-l':
        'F1 of the longest common subsequence over tokens, averaged over records: English by word, Chinese by character with Latin words whole (BERT’s basic tokenizer).',
      perplexity:
        'exp of the mean −log p per token of the references after their prompts; lower is better. It is not part of the averages.',
    },
    methods: {
      likelihood: 'by likelihood',
      generated: 'by generated answer',
      reasoned: 'by chain of thought',
      written: 'written, then parsed',
      reference: 'reference scored',
    },
    labels: (labels: readonly string[]) => `labels: ${labels.join(', ')}`,
    about: (metric: string) => `About ${metric}`,
  },
  zh: {
    names: {
      accuracy: '准确率',
      'micro-f1': 'micro-F1',
      'macro-f1': 'macro-F1',
      'weighted-f1': '加权 F1',
      'rouge-l': 'ROUGE-L',
      perplexity: '困惑度',
    },
    help: {
      accuracy: '答对题目的比例。多选题须选出全部正确选项且不含错误选项。',
      'micro-f1':
        '对整个任务汇总解析条目（每条记录为一个集合）的真阳性、假阳性与假阴性，再计算精确率、召回率与 F1。没有任何正确条目时为 0。',
      'macro-f1':
        '对参考答案或回答中出现的每个标签计算 F1，再等权平均（scikit-learn，zero_division=0）。不属于任何标签的回答算错。',
      'weighted-f1':
        '每个标签的 F1，按其在参考答案中的出现次数加权平均（scikit-learn，zero_division=0）。论文表 5 写作 micro-F1；其公开的评分程序计算的是加权 F1，本工作室与之一致。',
      'rouge-l':
        '词元序列最长公共子序列的 F1，对各记录取平均：英文按词，中文按字、拉丁词保持完整（BERT 基础分词器）。',
      perplexity: '参考答案在提示之后每个词元平均 −log p 的指数；越低越好。不计入平均分。',
    },
    methods: {
      likelihood: '按似然',
      generated: '按生成回答',
      reasoned: '按思维链',
      written: '生成后解析',
      reference: '对参考答案计分',
    },
    labels: (labels) => `标签：${labels.join('、')}`,
    about: (metric) => `关于${metric}`,
  },
});
