/** Says on a model card what the Noise Aggregator holds of the records, in either language: figures of kinds of records. */
import type { RunNoise } from '../../contract/experts.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import type { LossFigures } from '../../engine/evaluation/noise-audit/noise-audit.ts';
import { cell } from './card-text.ts';
import { scoreWords } from './score-words.ts';

interface Words {
  readonly title: string;
  readonly lead: (measured: number, trained: number) => string;
  readonly heads: readonly string[];
  readonly all: string;
  readonly heldOut: string;
  readonly repeated: string;
  readonly canaries: (times: number) => string;
  readonly length: (rho: string) => string;
}

const words: Readonly<Record<WardLanguage, Words>> = {
  en: {
    title: 'What the Noise Aggregator held',
    lead: (measured, trained) =>
      `Mean −log p per token of the answers of ${measured} of the ${trained} records that stage 1 trained on, with the ` +
      'Noise Aggregator beside the Knowledge Aggregator, and after it was dropped. Intervals: 95%.',
    heads: ['records', 'number', 'KA and NA', 'KA alone', 'difference'],
    all: 'all measured',
    heldOut: 'kept for validation',
    repeated: 'nearly the same as another',
    canaries: (times) => `canaries planted ${times} times`,
    length: (rho) => `Rank correlation of the difference with the length of the answer: ${rho}.`,
  },
  zh: {
    title: '噪声聚合器记住了什么',
    lead: (measured, trained) =>
      `阶段 1 训练过的 ${trained} 条记录中 ${measured} 条的答案，每个词元的平均 −log p：噪声聚合器与知识聚合器并用时，以及丢弃噪声聚合器之后。区间：95%。`,
    heads: ['记录', '数量', 'KA 与 NA', '仅 KA', '差值'],
    all: '全部已测量',
    heldOut: '留作验证',
    repeated: '与另一条几乎相同',
    canaries: (times) => `植入 ${times} 次的金丝雀`,
    length: (rho) => `差值与答案长度的秩相关：${rho}。`,
  },
};

/** The section with its heading; '' where nothing was measured. */
export function noiseSection(language: WardLanguage, noise: RunNoise | undefined): string {
  if (!noise) return '';
  const own = words[language];
  const { between } = scoreWords[language];
  const text = (value: number, digits = 4): string => value.toFixed(digits).replace('-', '−');
  const line = (name: string, { records, withNoise, without, held }: LossFigures): string[] => {
    if (records === 0) return [];
    const range = held ? between(text(held.low), text(held.high)) : '';
    const cells = [name, String(records), text(withNoise), text(without)];
    return [`| ${[...cells, text(without - withNoise) + range].join(' | ')} |`];
  };
  const { all, heldOut, repeated, byTask, canaries, length, trained } = noise;
  const lines = [
    ...line(own.all, all),
    ...(heldOut ? line(own.heldOut, heldOut) : []),
    ...line(own.repeated, repeated),
    ...canaries.flatMap(({ times, ...losses }) => line(own.canaries(times), losses)),
    ...(byTask.length > 1 ? byTask.flatMap(({ task, ...losses }) => line(cell(task), losses)) : []),
  ];
  const rho = length && text(length.rho, 2) + between(text(length.low, 2), text(length.high, 2));
  return `
## ${own.title}
${own.lead(all.records, trained)}

| ${own.heads.join(' | ')} |
|${own.heads.map(() => '---').join('|')}|
${lines.join('\n')}
${rho === null ? '' : `\n${own.length(rho)}\n`}`;
}
