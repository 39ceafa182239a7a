/** Words of canaries: how they are planted, and how their sets are called. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const canaryText = inLanguages({
  en: {
    title: 'Canaries',
    plant: 'Plant canaries',
    help: 'Canaries are invented records with a secret each, such as the access code for a made-up name. They are planted among your records; after training, Evaluate → Memorisation says how well each model state knows the secrets, and so how well it remembers a record that nothing else could have taught it. Those planted 0 times are controls, which the model never sees. Canaries are never kept for validation and never leave as data. The model does learn them: plant none in a model that will be used.',
    each: 'Canaries of each number',
    times: 'Planted how often',
    timesNote: 'numbers of times, such as 0, 1, 4, 16; 0 makes controls',
    timesWrong: 'Numbers from 0 to 100, one of them above 0.',
    seed: 'Seed',
    planted: (records: number, share: string) =>
      `${formatCount(records, 'planted record')}, ${share} of what trains.`,
    names: { knowledge: 'Canaries, knowledge', alignment: 'Canaries, alignment' },
    tag: 'canaries',
  },
  zh: {
    title: '金丝雀',
    plant: '植入金丝雀',
    help: '金丝雀是各含一个秘密的虚构记录，例如某个虚构姓名的查阅码。把它们植入你的记录中；训练之后，“评测 → 记忆”会说明每个模型状态对这些秘密知道得多好，也就是对一条别处学不到的记录记得多好。植入 0 次的是对照，模型从未见过。金丝雀不会留作验证，也不会作为数据导出。模型确实会学到它们：将要使用的模型请不要植入。',
    each: '每种次数的金丝雀数',
    times: '植入次数',
    timesNote: '若干次数，例如 0、1、4、16；0 为对照',
    timesWrong: '0 到 100 的数，其中至少一个大于 0。',
    seed: '随机种子',
    planted: (records, share) => `植入 ${formatInteger(records)} 条记录，占训练数据的 ${share}。`,
    names: { knowledge: '金丝雀（知识）', alignment: '金丝雀（对齐）' },
    tag: '金丝雀',
  },
});
