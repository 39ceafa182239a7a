/** Spells out the short names of a page, once, at its end. */
import { inLanguages } from '../../../studio/language.ts';
import styles from '../Card.module.css';

/** Short names as pages write them. */
export type ShortName = 'LoRA' | 'KA' | 'NA' | 'Align' | 'MKA' | 'DA' | 'nll' | 'λ';

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
