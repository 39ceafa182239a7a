/** Words of the experts page: frame, filters, load of the experts. */
import { inLanguages } from '../../studio/language.ts';
import { formatInteger, formatPercent } from '../shared/format.ts';

export const expertsText = inLanguages({
  en: {
    title: 'Experts',
    lead: 'How the Noise Aggregator’s router spreads tokens over its experts, whether the pairs it prefers are the ones that help, and how the branches grow.',
    run: 'Run',
    readAgain: 'Read again',
    runs: 'runs',
    counts: 'routing counts',
    growth: 'growth of the branches',
    noRun: 'No run with experts yet',
    toTraining: 'Go to training',
    noRunHint:
      'Train with a mixture of LoRA, as every preset does: its router’s choices are counted while stage 1 runs, and shown here.',
    noCounts: 'Nothing counted yet',
    noCountsHint:
      'Choices are counted while stage 1 trains and appear here with its first checkpoint.',
    collapsed: (count: number, all: number) =>
      `${formatInteger(count)} of ${formatInteger(all)} routers always choose the same experts`,
    collapsedHelp: (layer: number, linear: string, experts: readonly number[], share: number) =>
      `Most of all in layer ${layer}, ${linear}: ${experts.length === 1 ? 'expert' : 'experts'} ${experts.map((expert) => expert + 1).join(' and ')} for ${formatPercent(share)} of the tokens. The other experts learn nothing there. A lower learning rate, or fewer experts, keeps a router open.`,
    layer: 'Layer',
    linear: 'Linear',
    task: 'Task',
    when: 'When',
    all: 'all',
    whole: 'whole stage',
    first: 'beginning',
    last: 'end',
    decisions: (count: number) => `${formatInteger(count)} decisions`,
    steps: (from: number, to: number) =>
      `steps ${formatInteger(from + 1)} to ${formatInteger(to)} of the stage`,
    loadTitle: 'Load of each expert',
    loadTable: 'Load and mean weight by expert',
    loadFigure: 'Load of each expert, share of decisions',
    expert: 'Expert',
    times: 'Times',
    load: 'Load',
    meanWeight: 'Mean weight',
    evenLoad: (share: string, active: number, experts: number) =>
      `The line marks ${share}: the load of every expert if ${active} of ${experts} were chosen evenly.`,
    even: (share: string) => `even ${share}`,
  },
  zh: {
    title: '专家',
    lead: '噪声聚合器（NA）的路由如何把词元分配给各专家，它偏好的专家对是否真正有效，以及各分支如何生长。',
    run: '训练',
    readAgain: '重新读取',
    runs: '训练列表',
    counts: '路由计数',
    growth: '分支生长数据',
    noRun: '还没有带专家的训练',
    toTraining: '前往训练',
    noRunHint:
      '请使用 LoRA 混合专家来训练（每个预设都包含）：阶段 1 会统计路由的选择，并在这里显示。',
    noCounts: '尚无计数',
    noCountsHint: '阶段 1 训练时统计选择次数，随第一个检查点出现在这里。',
    collapsed: (count, all) =>
      `${formatInteger(all)} 个路由中有 ${formatInteger(count)} 个总是选择相同的专家`,
    collapsedHelp: (layer, linear, experts, share) =>
      `最明显的是第 ${layer} 层的 ${linear}：${formatPercent(share)} 的词元选择专家 ${experts.map((expert) => expert + 1).join(' 和 ')}，其他专家在此学不到东西。降低学习率或减少专家数可使路由保持开放。`,
    layer: '层',
    linear: '线性层',
    task: '任务',
    when: '时段',
    all: '全部',
    whole: '整个阶段',
    first: '开始',
    last: '结束',
    decisions: (count) => `${formatInteger(count)} 次路由决策`,
    steps: (from, to) => `本阶段第 ${formatInteger(from + 1)} 至 ${formatInteger(to)} 步`,
    loadTitle: '各专家的负载',
    loadTable: '各专家的负载与平均权重',
    loadFigure: '各专家的负载（占路由决策的比例）',
    expert: '专家',
    times: '次数',
    load: '负载',
    meanWeight: '平均权重',
    evenLoad: (share, active, experts) =>
      `竖线：${share}，即从 ${experts} 个专家中均匀选 ${active} 个时的负载。`,
    even: (share) => `均匀 ${share}`,
  },
});
