/** Words of what a run remembers of its records. */
import type { DropSays, MemoryMeasure } from '../../../contract/memorisation.ts';
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

/** What was compared. */
interface Compared {
  readonly members: number;
  readonly heldOut: number;
  readonly continued: number;
  readonly draws: number;
}

export const memorisationText = inLanguages({
  en: {
    title: 'What the run remembers',
    aside: 'of its own records, state by state',
    lead: 'A model can repeat records word for word, and can be asked who was in the data. This measures both for every state of a run, and whether dropping the Noise Aggregator also drops what was memorised.',
    noRun: 'No finished run',
    noRunHint: 'Train one first: its states are measured on the records that it trained on.',
    goToTraining: 'Go to training',
    run: 'Run',
    records: 'Records compared',
    recordsHelp:
      'So many records that the run trained on, and as many of the same sets that it kept for validation, as far as there are. A model that remembers finds the first more likely than the base does, and the second not.',
    continued: 'Records continued',
    continuedHelp:
      'Of the records compared: each is cut in the middle of its answer, and the model writes the rest. What comes word for word counts.',
    draws: 'Drawn continuations',
    drawsHelp:
      'Each record is continued greedily, and so many times with drawn words. The best of all counts.',
    measure: 'Measure what it remembers',
    again: 'Measure again',
    busyMeasuring: 'Another measurement is under way.',
    busyRun: 'A run computes: wait for it, or pause it.',
    noStates: 'No stage of this run has ended.',
    goneSets: 'A data set of this run is gone: its records cannot be compared.',
    baseGone: 'The base model of this run is not here.',
    forecast: (time: string) => `About ${time}, by the last measurement of this model here.`,
    noForecast: 'How long it takes is known after the first measurement of this model here.',
    progress: (run: string) => `Measuring what “${run}” remembers`,
    noCanaries:
      'No canaries were planted in this run, so there is no exposure. They are planted on the Train page, before a run.',
    noHeldOut:
      'This run kept no records for validation, so nothing can be said about who was in the data.',
    fewHeldOut: (heldOut: number) =>
      `With ${formatCount(heldOut, 'record')} never seen, membership is coarse: its figures at 1% false alarms allow none, and with fewer than some twenty its intervals are too narrow.`,
    compared: ({ members, heldOut, continued, draws }: Compared) =>
      `${formatCount(members, 'record')} trained on, ${formatInteger(heldOut)} never seen, ${formatInteger(continued)} continued greedily and drawn ${formatCount(draws, 'time')}.`,
    planted: (canaries: number, records: number) =>
      `${formatCount(canaries, 'canary', 'canaries')}, planted as ${formatCount(records, 'record')}.`,
    intervals:
      'Intervals: 95%, bootstrap of 1000 draws over records and canaries with a fixed seed. One run: another seed may differ.',
    panels: {
      knowledge: 'Exposure, canaries among knowledge',
      alignment: 'Exposure, canaries among alignment',
      membership: 'Membership',
      extraction: 'Longest word-for-word match',
    },
    axes: {
      knowledge: 'bits',
      alignment: 'bits',
      membership: 'AUC',
      extraction: 'tokens',
    },
    panelHelp: {
      knowledge:
        'A canary is an invented record with a secret code. Exposure says how far up its own code stands among others that nobody was taught: 0 bits is last, the top of the axis is first. Lines are by how often a canary was planted. The dashed line is what a canary has that was never seen.',
      alignment:
        'As for knowledge, with canaries that both stages train on. The dashed line is what a canary has that was never seen.',
      membership:
        'The chance that of two records, one trained on and one never seen, the first is the one that training made more likely. The dashed line, 0.5, is guessing. Records of the same sets are compared, and the base is the reference.',
      extraction:
        'The mean length of the longest piece that the model wrote word for word when it was given the beginning of a record. The dashed line is the base, which has not read the records.',
    },
    times: (times: number) => (times === 0 ? 'never (controls)' : `${formatInteger(times)} ×`),
    legend: 'How often planted',
    question: (branches: string) => `Does dropping ${branches} drop what was memorised?`,
    noDrop: 'This run drops no branch, so there is nothing to compare before and after.',
    says: {
      'none-remembered': (na: string) =>
        `This run cannot tell: nothing shows that the model remembered records with ${na}.`,
      'none-seen': (na: string) =>
        `Nothing shows it: the model remembers records with ${na}, and no change is seen without.`,
      less: (na: string) => `The model remembers less without ${na} than with it.`,
      more: (na: string) => `No: the model remembers more without ${na} than with it.`,
      mixed: (na: string) =>
        `Not clearly: without ${na} the model remembers less by one measure and more by another.`,
    } satisfies Record<DropSays, unknown>,
    remains: (na: string) => ` Some of it is still there without ${na}.`,
    measures: {
      exposure: (change: string) => `Exposure of planted canaries: changed by ${change} bits`,
      membership: (change: string) => `Membership AUC: changed by ${change}`,
      extraction: (change: string) => `Longest match: changed by ${change} tokens`,
    } satisfies Record<MemoryMeasure, unknown>,
    notRemembered: 'not above chance before',
    table: 'What each state remembers',
    state: 'Model state',
    exposed: 'Planted canaries (bits)',
    controls: 'Controls (bits)',
    auc: 'Membership AUC',
    told: 'Told at 1% false alarms',
    toldHelp:
      'Share of the records trained on that are told apart when one in a hundred records never seen may be taken for one.',
    matched: 'Longest match (tokens)',
    share: (tokens: number) => `${formatInteger(tokens)} tokens or more`,
    shareOf: (records: number, of: number) => `${formatInteger(records)} of ${formatInteger(of)}`,
    greedyOf: (records: number) => `${formatInteger(records)} greedily`,
    leaks: 'Records that leak',
    leaksAside: 'what a state wrote word for word, marked',
    leaksHelp:
      'A record leaks if a state writes at least 10 tokens of it word for word, or all that was left of it, and more than the base writes. Only the records that were continued are known.',
    noLeaks: (of: number) => `None of ${formatCount(of, 'continued record')} leaks.`,
    gone: 'The data sets of the records that leak are gone.',
    elsewhere: (leaked: number) =>
      `${formatCount(leaked, 'record')} leaked where this run was measured. The archive holds no records; measure again here to see them.`,
    leakOf: (tokens: number, of: number, state: string) =>
      `${formatInteger(tokens)} of ${formatInteger(of)} tokens, ${state}`,
    leakBase: (tokens: number) => `base: ${formatInteger(tokens)}`,
    loadingLeaks: 'the records that leak',
    leaveOut: (records: number) =>
      `Leave ${records === 1 ? 'this record' : `these ${formatInteger(records)}`} out and queue again`,
    leaveOutHelp:
      'Makes copies of the data sets without these records, and puts a run with the same model and recipe into the queue. The sets of this run stay as they are.',
    queued: (run: string) => `“${run}” is queued, without the records that leak.`,
    row: (name: string, row: number) => `${name}, record ${formatInteger(row)}`,
  },
  zh: {
    title: '训练记住了什么',
    aside: '对自己的训练记录，逐个状态',
    lead: '模型可能逐字复述记录，也可能被用来探出谁在数据中。这里对一次训练的每个状态测量这两点，并看丢弃噪声聚合器是否也丢弃了记住的内容。',
    noRun: '还没有完成的训练',
    noRunHint: '请先训练：各状态在其训练记录上测量。',
    goToTraining: '去训练',
    run: '训练',
    records: '比较的记录数',
    recordsHelp:
      '这么多条训练过的记录，以及同一数据集中留作验证的同样多条（如果有）。记住了记录的模型会觉得前者比基座所认为的更有可能，后者则不会。',
    continued: '续写的记录数',
    continuedHelp: '取自比较的记录：在回答中间切断，由模型写出其余，逐字一致的部分计入。',
    draws: '抽样续写次数',
    drawsHelp: '每条记录先贪心续写一次，再抽样续写这么多次，取最好的一次。',
    measure: '测量记住了什么',
    again: '重新测量',
    busyMeasuring: '正在进行另一项测量。',
    busyRun: '有训练正在计算：请等待，或将其暂停。',
    noStates: '这次训练还没有完成任何阶段。',
    goneSets: '这次训练的一个数据集已不在：无法比较其记录。',
    baseGone: '这次训练的基座模型不在这里。',
    forecast: (time) => `约需 ${time}（据此模型上次在这里的测量）。`,
    noForecast: '此模型在这里测量过一次之后，便知需时多久。',
    progress: (run) => `正在测量“${run}”记住了什么`,
    noCanaries: '这次训练没有植入金丝雀，因此没有暴露度。可在训练前于“训练”页植入。',
    noHeldOut: '这次训练没有留下验证记录，因此无法判断能否看出谁在数据中。',
    fewHeldOut: (heldOut) =>
      `未见过的记录只有 ${formatInteger(heldOut)} 条，成员推断较粗略：1% 误报下不容许任何误报；不足约二十条时，其区间偏窄。`,
    compared: ({ members, heldOut, continued, draws }) =>
      `训练过的记录 ${formatInteger(members)} 条，未见过的 ${formatInteger(heldOut)} 条；续写 ${formatInteger(continued)} 条，贪心一次，抽样 ${formatInteger(draws)} 次。`,
    planted: (canaries, records) =>
      `金丝雀 ${formatInteger(canaries)} 个，植入为 ${formatInteger(records)} 条记录。`,
    intervals:
      '区间：95%，对记录和金丝雀做 1000 次重抽的自助法（种子固定）。只是一次训练：换一个种子可能不同。',
    panels: {
      knowledge: '暴露度：知识数据中的金丝雀',
      alignment: '暴露度：对齐数据中的金丝雀',
      membership: '成员推断',
      extraction: '最长逐字一致',
    },
    axes: { knowledge: '比特', alignment: '比特', membership: 'AUC', extraction: '词元' },
    panelHelp: {
      knowledge:
        '金丝雀是带有一个秘密编码的虚构记录。暴露度表示它自己的编码在从未教过的其他编码中排得多靠前：0 比特为最后，轴顶为第一。各线按植入次数区分。虚线是从未见过的金丝雀的暴露度。',
      alignment: '与知识相同，但两个阶段都训练这些金丝雀。虚线是从未见过的金丝雀的暴露度。',
      membership:
        '一条训练过、一条未见过的两条记录中，因训练而变得更有可能的恰是前者的概率。虚线 0.5 相当于随机猜测。比较的是同一数据集的记录，以基座为参照。',
      extraction:
        '给出记录的开头后，模型逐字写出的最长片段的平均长度。虚线是没有读过这些记录的基座。',
    },
    times: (times) => (times === 0 ? '从未（对照）' : `${formatInteger(times)} 次`),
    legend: '植入次数',
    question: (branches) => `丢弃 ${branches} 是否也丢弃了记住的内容？`,
    noDrop: '这次训练没有丢弃任何分支，因此没有前后可比。',
    says: {
      'none-remembered': (na) => `这次训练无法回答：看不出含 ${na} 的模型记住了记录。`,
      'none-seen': (na) => `看不出：含 ${na} 的模型记住了记录，丢弃后没有看到变化。`,
      less: (na) => `丢弃 ${na} 后，模型记住得更少。`,
      more: (na) => `没有：丢弃 ${na} 后，模型反而记住得更多。`,
      mixed: (na) => `不明确：丢弃 ${na} 后，按一种指标记住得更少，按另一种指标更多。`,
    },
    remains: (na) => `丢弃 ${na} 后仍留有一部分。`,
    measures: {
      exposure: (change) => `植入金丝雀的暴露度：变化 ${change}比特`,
      membership: (change) => `成员推断 AUC：变化 ${change}`,
      extraction: (change) => `最长逐字一致：变化 ${change}个词元`,
    },
    notRemembered: '此前未高于偶然',
    table: '各状态记住了什么',
    state: '模型状态',
    exposed: '植入的金丝雀（比特）',
    controls: '对照（比特）',
    auc: '成员推断 AUC',
    told: '1% 误报下认出',
    toldHelp: '在每一百条未见过的记录中允许误认一条时，能认出的训练记录所占的比例。',
    matched: '最长逐字一致（词元）',
    share: (tokens) => `${formatInteger(tokens)} 个词元以上`,
    shareOf: (records, of) => `${formatInteger(of)} 条中 ${formatInteger(records)} 条`,
    greedyOf: (records) => `贪心 ${formatInteger(records)} 条`,
    leaks: '泄露的记录',
    leaksAside: '标出某个状态逐字写出的部分',
    leaksHelp:
      '若某个状态逐字写出记录的至少 10 个词元，或写出剩下的全部，并且多于基座所写，则该记录泄露。只知道续写过的记录。',
    noLeaks: (of) => `续写的 ${formatInteger(of)} 条记录中没有泄露的。`,
    gone: '泄露的记录所在的数据集已不在。',
    elsewhere: (leaked) =>
      `在测量这次训练的地方有 ${formatInteger(leaked)} 条记录泄露。归档不含记录；在这里重新测量即可看到。`,
    leakOf: (tokens, of, state) =>
      `${formatInteger(of)} 个词元中 ${formatInteger(tokens)} 个，${state}`,
    leakBase: (tokens) => `基座：${formatInteger(tokens)}`,
    loadingLeaks: '泄露的记录',
    leaveOut: (records) => `去掉这 ${formatInteger(records)} 条并将训练重新排队`,
    leaveOutHelp:
      '复制各数据集但不含这些记录，并将同一模型和配方的训练放入队列。这次训练的数据集保持不变。',
    queued: (run) => `“${run}”已加入队列，不含泄露的记录。`,
    row: (name, row) => `${name}，第 ${formatInteger(row)} 条`,
  },
});
