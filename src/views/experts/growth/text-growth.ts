/** Words about how branches grow. */
import { inLanguages } from '../../../studio/language.ts';
import { formatInteger } from '../../shared/format.ts';

export const growthText = inLanguages({
  en: {
    title: 'How the aggregators grow',
    aside: 'one small plot per layer, over optimiser steps',
    measure: 'Measure',
    a: '‖A‖',
    b: '‖B‖',
    meanAbs: '|A Aᵀ|',
    cosine: '|cos|',
    measureTitle: {
      a: 'Frobenius norm of A',
      b: 'Frobenius norm of B',
      meanAbs: 'Mean |A_k A_dᵀ| over all entries',
      cosine: 'Mean |cosine| between rows of A_k and A_d',
    },
    heading: (title: string) => `${title}.`,
    definition: {
      a: 'The square root of the sum of squares of A; for a mixture, over all of its experts. A begins with random values, so only its change shows learning.',
      b: 'The square root of the sum of squares of B; for a mixture, over all of its experts. B begins at zero: it grows with what the branch adds.',
      meanAbs:
        'The mean of |a_i · d_j| over the rows of two branches’ A. The orthogonal loss (eq. 10) is the sum of these over KA and Align; it goes to zero when the two read different directions.',
      cosine:
        'The same with rows scaled to length 1: 0 where two branches read directions at right angles, 1 where they read the same ones. Random rows of d inputs give about 0.8/√d.',
    },
    linear: 'Linear of the plots',
    mean: 'mean',
    layer: (layer: number) => `layer ${layer}`,
    plot: (layer: number, measure: string) => `Layer ${layer}: ${measure}`,
    read: (layer: number, stage: number, step: number, values: string) =>
      `Layer ${layer}, stage ${stage}, step ${formatInteger(step)}: ${values}`,
    readHint: 'Point at a plot, or go through the steps with the arrow keys.',
    table: 'Growth as a table',
    tableCaption: 'Norms or overlaps by layer, stage and step',
    stage: 'Stage',
    step: 'Step',
    layerName: 'Layer',
    branch: 'Branch',
    value: 'Value',
    nothing: 'Nothing measured yet',
    nothingHint:
      'Norms and overlaps are measured at the beginning of each stage, about eight times during it, and at its end.',
    noOverlap: 'No linear that was measured has two of these branches at once.',
    endsOnly: (stages: string) =>
      `Only the end of stage ${stages} is known: it was trained before the studio recorded growth.`,
  },
  zh: {
    title: '聚合器如何生长',
    aside: '每层一幅小图，横轴为优化步数',
    measure: '指标',
    a: '‖A‖',
    b: '‖B‖',
    meanAbs: '|A Aᵀ|',
    cosine: '|cos|',
    measureTitle: {
      a: 'A 的 Frobenius 范数',
      b: 'B 的 Frobenius 范数',
      meanAbs: '|A_k A_dᵀ| 所有元素的均值',
      cosine: 'A_k 与 A_d 各行 |余弦| 的均值',
    },
    heading: (title) => `${title}。`,
    definition: {
      a: 'A 各元素平方和的平方根；LoRA 混合专家时对所有专家求和。A 随机初始化，因此只有变化量反映学习。',
      b: 'B 各元素平方和的平方根；LoRA 混合专家时对所有专家求和。B 从零开始，随分支的贡献而增长。',
      meanAbs:
        '两个分支 A 的各行之间 |a_i · d_j| 的均值。正交损失（式 10）是 KA 与对齐模块之间这些值的总和；两者读取不同方向时趋于零。',
      cosine:
        '同上，但各行先归一化到长度 1：0 表示两个分支读取的方向互相垂直，1 表示方向相同。d 维随机向量约为 0.8/√d。',
    },
    linear: '小图的线性层',
    mean: '均值',
    layer: (layer) => `第 ${layer} 层`,
    plot: (layer, measure) => `第 ${layer} 层：${measure}`,
    read: (layer, stage, step, values) =>
      `第 ${layer} 层，阶段 ${stage}，第 ${formatInteger(step)} 步：${values}`,
    readHint: '将指针移到小图上，或用方向键逐步查看。',
    table: '以表格查看生长数据',
    tableCaption: '各层、阶段、步的范数或重叠',
    stage: '阶段',
    step: '步',
    layerName: '层',
    branch: '分支',
    value: '数值',
    nothing: '尚无测量',
    nothingHint: '范数与重叠在每个阶段开始时、其间约八次以及结束时测量。',
    noOverlap: '在已测量的数据中，没有线性层同时带有两个这样的分支。',
    endsOnly: (stages) => `阶段 ${stages} 只有结束时的数据：训练时尚未记录生长。`,
  },
});
