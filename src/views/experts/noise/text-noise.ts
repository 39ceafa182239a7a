/** Words of the card that audits a run's records by its Noise Aggregator. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatFixed, formatInteger } from '../../shared/format.ts';

export const noiseText = inLanguages({
  en: {
    title: 'What the Noise Aggregator holds',
    aside: 'loss of each record with NA beside KA, and with KA alone',
    help: 'Both states are those at the end of the stage: with NA, and after it was dropped. The difference is what NA takes from the loss of a record: −log p of the answer’s tokens without it, minus the same with it. Records for which it is large lean on NA: their content, or what is odd about them, does not stay in the model that you keep.',
    maxRecords: 'Records',
    maxRecordsHelp: 'Drawn at random from those that the stage trained on; 0 measures all',
    measure: 'Measure the records',
    again: 'Measure again',
    measuring: 'Measuring the records',
    copying: 'Copying the sets',
    measured: (count: number, trained: number) =>
      count === trained
        ? `All ${formatCount(count, 'record')} of the stage measured.`
        : `${formatInteger(count)} of ${formatCount(trained, 'record')} of the stage measured.`,
    notFinite: (count: number) =>
      `${formatCount(count, 'record')} had no finite loss and ${count === 1 ? 'is' : 'are'} left out.`,
    holds: (held: string, range: string) =>
      `Without NA the loss of these records rises by ${held} (${range}) nats per token.`,
    falls: (held: string, range: string) =>
      `Without NA the loss of these records falls by ${held} (${range}) nats per token: on average NA does not help.`,
    unclear: (range: string) =>
      `Whether the loss of these records rises or falls without NA cannot be told from them: between ${range} nats per token.`,
    heldOut: (held: string, range: string, count: number) =>
      `On ${formatCount(count, 'record')} kept for validation the difference is ${held} (${range}).`,
    own: 'So NA holds more of the records that it saw than of others like them.',
    alike:
      'So NA helps with records that it never saw nearly as much: it holds a form, not single records.',
    table: 'Losses by kind of record',
    kind: 'Records',
    count: 'Number',
    withNoise: 'KA and NA',
    without: 'KA alone',
    difference: 'Difference',
    interval: '95%',
    allRecords: 'all measured',
    repeated: 'nearly the same as another',
    single: 'stand alone',
    validation: 'kept for validation',
    canaries: (times: number) => `canaries planted ${formatCount(times, 'time')}`,
    task: (name: string) => `task ${name}`,
    length: (rho: string, range: string) =>
      `With the length of the answer, the difference has a rank correlation of ${rho} (${range}).`,
    list: 'Records by what NA holds of them',
    filterTask: 'Task',
    all: 'all',
    search: 'Search',
    searchHelp: 'Words of the record',
    rank: 'Rank',
    record: 'Record',
    place: (set: string, row: number) => `${set}, record ${formatInteger(row)}`,
    more: (count: number) => `Show ${formatInteger(count)} more`,
    nothing: 'No measured record holds this text.',
    gone: 'Its data set was removed.',
    leaveOut: (count: number) => `Make sets without the noisiest tenth (${formatInteger(count)})`,
    leaveOutHelp:
      'Copies of the run’s data sets without these records; the sets themselves stay. Train again on the copies to see whether the model gains.',
    copied: (names: string) => `Made: ${names}. They are on the Data page, ready to train.`,
    nats: (value: number) => formatFixed(value, 4),
    range: (low: string, high: string) => `${low} to ${high}`,
  },
  zh: {
    title: '噪声聚合器记住了什么',
    aside: '每条记录的损失：KA 与 NA 并用，以及仅用 KA',
    help: '两个状态都取该阶段结束时：带 NA，以及丢弃 NA 之后。差值是 NA 从一条记录的损失中减去的部分：丢弃 NA 后答案词元的 −log p，减去带 NA 时的值。差值大的记录依赖 NA：其内容或其中反常之处不会留在你保留的模型里。',
    maxRecords: '记录数',
    maxRecordsHelp: '从该阶段训练过的记录中随机抽取；0 表示全部测量',
    measure: '测量记录',
    again: '重新测量',
    measuring: '正在测量记录',
    copying: '正在复制数据集',
    measured: (count, trained) =>
      count === trained
        ? `已测量该阶段的全部 ${formatInteger(count)} 条记录。`
        : `已测量该阶段 ${formatInteger(trained)} 条记录中的 ${formatInteger(count)} 条。`,
    notFinite: (count) => `${formatInteger(count)} 条记录的损失不是有限值，未计入。`,
    holds: (held, range) => `丢弃 NA 后，这些记录的损失每个词元上升 ${held}（${range}）奈特。`,
    falls: (held, range) =>
      `丢弃 NA 后，这些记录的损失每个词元下降 ${held}（${range}）奈特：平均而言 NA 没有帮助。`,
    unclear: (range) => `从这些记录看不出丢弃 NA 后损失是升是降：每个词元 ${range} 奈特。`,
    heldOut: (held, range, count) =>
      `在留作验证的 ${formatInteger(count)} 条记录上，差值为 ${held}（${range}）。`,
    own: '可见 NA 对见过的记录记住得比对同类的其他记录更多。',
    alike: '可见 NA 对从未见过的记录几乎同样有帮助：它记住的是形式，而不是单条记录。',
    table: '各类记录的损失',
    kind: '记录',
    count: '数量',
    withNoise: 'KA 与 NA',
    without: '仅 KA',
    difference: '差值',
    interval: '95%',
    allRecords: '全部已测量',
    repeated: '与另一条几乎相同',
    single: '没有近似重复',
    validation: '留作验证',
    canaries: (times) => `植入 ${formatInteger(times)} 次的金丝雀`,
    task: (name) => `任务 ${name}`,
    length: (rho, range) => `差值与答案长度的秩相关为 ${rho}（${range}）。`,
    list: '按 NA 记住的多少排列的记录',
    filterTask: '任务',
    all: '全部',
    search: '搜索',
    searchHelp: '记录中的文字',
    rank: '名次',
    record: '记录',
    place: (set, row) => `${set}，第 ${formatInteger(row)} 条记录`,
    more: (count) => `再显示 ${formatInteger(count)} 条`,
    nothing: '已测量的记录中没有这段文字。',
    gone: '其数据集已删除。',
    leaveOut: (count) => `生成不含噪声最大的十分之一的数据集（${formatInteger(count)} 条）`,
    leaveOutHelp:
      '复制该训练的数据集并去掉这些记录；原数据集保持不变。用副本重新训练，看模型是否更好。',
    copied: (names) => `已生成：${names}。它们在“数据”页中，可用于训练。`,
    nats: (value) => formatFixed(value, 4),
    range: (low, high) => `${low} 至 ${high}`,
  },
});
