/** Spells out the short names of a page, once, at its end. */
import { inLanguages } from '../../../studio/language.ts';
import styles from '../Card.module.css';

/** Short names as pages write them. */
export type ShortName =
  | 'LoRA'
  | 'KA'
  | 'NA'
  | 'Align'
  | 'MKA'
  | 'DA'
  | 'nll'
  | 'λ'
  | 'L_orth'
  | 'log p'
  | 'GPU'
  | 'GGUF'
  | 'PEFT'
  | 'JSON'
  | 'JSONL'
  | 'CSV'
  | 'ROUGE-L';

const meanings = inLanguages<Readonly<Record<ShortName, string>>>({
  en: {
    LoRA: 'low-rank adaptation',
    KA: 'Knowledge Aggregator',
    NA: 'Noise Aggregator',
    Align: 'alignment module',
    MKA: 'miscellaneous knowledge aggregation, stage 1',
    DA: 'downstream alignment, stage 2',
    nll: 'negative log-likelihood per target token, the loss',
    λ: 'weight of the orthogonal loss',
    L_orth: 'orthogonal loss',
    'log p': 'logarithm of the probability that the model gives',
    GPU: 'graphics processing unit',
    GGUF: 'file format of llama.cpp for models',
    PEFT: 'parameter-efficient fine-tuning, and the library of that name',
    JSON: 'JavaScript Object Notation, a text format for data',
    JSONL: 'JSON Lines, one JSON object on each line',
    CSV: 'comma-separated values, a table as text',
    'ROUGE-L':
      'recall-oriented understudy for gisting evaluation, by the longest common subsequence',
  },
  zh: {
    LoRA: '低秩适配',
    KA: '知识聚合器',
    NA: '噪声聚合器',
    Align: '对齐模块',
    MKA: '混杂知识聚合（阶段 1）',
    DA: '下游对齐（阶段 2）',
    nll: '每个目标词元的负对数似然，即损失',
    λ: '正交损失的权重',
    L_orth: '正交损失',
    'log p': '模型所给概率的对数',
    GPU: '图形处理器',
    GGUF: 'llama.cpp 的模型文件格式',
    PEFT: '参数高效微调，也是同名程序库',
    JSON: 'JavaScript 对象表示法，一种文本数据格式',
    JSONL: '每行一个 JSON 对象的文本',
    CSV: '以逗号分隔的文本表格',
    'ROUGE-L': '按最长公共子序列计算的摘要召回评分',
  },
});

export function ShortNames({ of }: { readonly of: readonly ShortName[] }) {
  return (
    <dl className={styles.shortNames}>
      {of.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{meanings()[name]}</dd>
        </div>
      ))}
    </dl>
  );
}
