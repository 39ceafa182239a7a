/** What the Data page says: page, list of sets, records, lengths. */
import { inLanguages } from '../../studio/language.ts';
import type { RecordShape } from '../../contract/data.ts';
import { formatBytes, formatCount, formatInteger, formatPercent } from '../shared/format.ts';

export const dataText = inLanguages({
  en: {
    title: 'Data',
    lead: 'Records of questions and answers that the model learns from. Knowledge sets teach facts in stage 1; alignment sets teach the form of an answer in both stages.',
    toTraining: 'Continue to training',
    sets: 'Data sets',
    willTrain: (sets: number, records: number) =>
      `${formatCount(sets, 'set')} with ${formatCount(records, 'record')} to train on`,
    chooseFiles: 'Choose data files',
    addFiles: 'Add files',
    chooseFolder: 'Choose a folder of data files',
    addFolder: 'Add a folder',
    noneInFolder: 'There is no .jsonl, .json or .csv file in that folder.',
    notTaken: (names: readonly string[]) =>
      `Not imported: ${names.slice(0, 5).join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`,
    mapper: 'columns',
    useSamples: 'Use the sample data',
    addSamples: 'Add the sample data',
    fewSamples: (records: number) =>
      `On a software adapter the sample data are ${records} short records of each set, so that a first look takes minutes: all of them would take hours.`,
    underWay: 'Another import is under way.',
    emptyTitle: 'Try it on your data',
    emptyText:
      'Drop JSONL, JSON or CSV files anywhere. Alpaca, ShareGPT, messages, prompt–response, multiple-choice and PromptCBLUE records are recognised. For any other layout, you say which column holds what. Lines that cannot be read are listed with place and reason; all others are kept. Files stay in this browser.',
    reading: 'Reading records',
    readingFile: (file: string, place: number, files: number) =>
      files === 1 ? `Reading ${file}` : `Reading ${file} (${place} of ${files})`,
    comparingFile: (file: string, place: number, files: number) =>
      files === 1
        ? `Comparing the records of ${file}`
        : `Comparing the records of ${file} (${place} of ${files})`,
    comparingNote: 'Looking for near-duplicates. The set is stored, whether you wait or cancel.',
    readSoFar: (bytes: number, total: number, records: number, problems: number) =>
      [
        `${formatBytes(bytes)} of ${formatBytes(total)}`,
        formatCount(records, 'record'),
        ...(problems > 0 ? [`${formatInteger(problems)} left out`] : []),
      ].join(' · '),
    timeLeft: (duration: string) => `${duration} left`,
    loadingSets: 'data sets',

    train: 'Train',
    name: 'Name',
    kind: 'Kind',
    shape: 'Shape',
    records: 'Records',
    leftOut: 'Left out',
    size: 'Size',
    remove: 'Remove',
    nothingToTrain: 'There is no record to train on.',
    onlyMeasures: 'Evaluation files are only for measuring; they are never trained on.',
    trainOn: (name: string) => `Train on ${name}`,
    forEvaluate: 'for Evaluate',
    kindOf: (name: string) => `Kind of ${name}`,
    knowledge: 'Knowledge',
    alignment: 'Alignment',
    guessed: 'guessed',
    guessedHelp:
      'Guessed from the records. As in the paper, knowledge is what a model has to know: questions and answers, and exam questions with lettered options. Alignment is the form that an answer has to take: one instruction repeated, labels, codes or entities out of a text. If the guess is wrong, choose the other kind.',
    lines: (count: number) => formatCount(count, 'line'),
    duplicates: (count: number) => formatCount(count, 'duplicate'),
    removeSet: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: (records: number) =>
      `This deletes its ${formatCount(records, 'record')} from this browser, and the sample questions that runs took from it. Your own file and the runs that trained on it stay.`,
    removeConfirm: 'Remove data set',
    removed: (name: string) => `${name} was removed.`,

    noUsable: (name: string) => `No line of ${name} could be used.`,
    noUsableText: 'Each is listed below with the reason. Correct the file and drop it again.',
    recordsOf: (name: string) => `Records of ${name}`,
    moreTasks: (shown: string, more: number) => `${shown} and ${formatInteger(more)} more tasks`,
    row: 'Row',
    line: 'Line',
    lineOfFile: 'Line',
    task: 'Task',
    asked: 'Prompt',
    answer: 'Answer',
    apart: 'validation',
    whichNumber: 'Which number is given',
    goTo: { record: 'Go to record', row: 'Go to row', line: 'Go to line' },
    noSuch: {
      record: (last: string) => `There is no record ${last}: this is the last one.`,
      row: (row: string) => `No record begins in row ${row}: this is the nearest.`,
      line: (line: string) => `No record begins on line ${line}: this is the nearest.`,
    },
    go: 'Go',
    search: 'Search the records',
    searchShort: 'Search',
    searching: 'Searching',
    noMatch: 'no match',
    matchOf: (place: number, count: number) => `${formatInteger(place)} of ${formatInteger(count)}`,
    matches: (count: number) => formatCount(count, 'match', 'matches'),
    before: 'Previous match',
    next: 'Next match',
    clear: 'Clear the search',

    asRead: 'As the model reads it',
    recordBefore: 'Previous record',
    recordNext: 'Next record',
    firstRecord: 'This is the first record.',
    lastRecord: 'This is the last record.',
    place: (index: number, count: number) =>
      `record ${formatInteger(index)} of ${formatInteger(count)}`,
    loadingRecord: 'record',
    target: 'target',
    counts: 'counts in the loss',
    prompt: 'prompt',
    onlyRead: 'is only read',
    tokensAndTargets: (tokens: number, targets: number) =>
      `${formatCount(tokens, 'token')}, ${formatCount(targets, 'target')}`,
    cutOut: (tokens: number) => `${formatCount(tokens, 'token')} cut out`,
    cutHere: (tokens: number) => `✂ ${formatCount(tokens, 'token')}`,
    noTarget: 'no target: teaches nothing',
    rendered: 'Rendered record',
    token: (id: number) => `token ${id}`,
    tokenOfBytes: (id: number, bytes: string, character: string) =>
      character === ''
        ? `token ${id}: ${bytes}, no part of a character`
        : `token ${id}: ${bytes}, of “${character}”`,
    bytewise: 'in bytes',
    bytewiseHelp:
      'The vocabulary of this model has no token for these characters, so it spells them byte by byte. Each stands on the last token of its bytes; a dot marks the tokens before. Your file is not damaged.',
    mostlyBytes: (characters: number, tokens: number) =>
      `This model’s vocabulary hardly knows this script: ${formatCount(characters, 'character')} of this record take ${formatCount(tokens, 'token')}, byte by byte. A model made for the language reads and learns it better.`,
    choices: (choices: string) => `Answers allowed: ${choices}`,

    lengths: 'Lengths in tokens',
    needsTemplate: 'Shown once the model has a chat template that fits.',
    modelAside: 'Shown once the model can be used again.',
    loadingLengths: 'lengths',
    median: (median: string, longest: string, total: string) =>
      `median ${median}, longest ${longest}, ${total} tokens in all`,
    sampleMedian: (median: string, longest: string) =>
      `median ${median}, longest of the sample ${longest}`,
    sampled: (counted: number, records: number) =>
      `From a sample of ${formatInteger(counted)} of ${formatInteger(records)} records, spread evenly.`,
    countAll: 'Count all records',
    countingAll: 'Turning all records into tokens',
    noneCut: (length: string) => `none cut at ${length}`,
    truncated: (count: number, length: string) =>
      `${formatCount(count, 'record')} cut to ${length}`,
    truncatedShare: (share: number, length: string, records: number) =>
      `about ${formatCount(records, 'record')} (${formatPercent(share, 1)} of the sample) cut to ${length}`,
    promptsCut: 'of their prompts; their answers stay whole',
    answersCut: (count: number) =>
      `${formatCount(count, 'record')} with ${count === 1 ? 'an answer' : 'answers'} cut`,
    little: (count: number) =>
      `${formatCount(count, 'record')} with less than half left: ${count === 1 ? 'teaches' : 'teach'} little`,
    teaches: 'Teaches',
    teachesHelp:
      'How many records teach nothing or little at the longest record that the recipe allows: nothing without any target left, little where less than half of the record or of its prompt is left.',
    allTeach: 'all records',
    teachNothing: (count: number) => `${formatInteger(count)} teach nothing`,
    teachLittle: (count: number) => `${formatInteger(count)} teach little`,
    ofSample: (share: number) => `${formatPercent(share, 0)} of a sample`,
    withoutTargets: (count: number) => `${formatCount(count, 'record')} without targets`,
    withoutShare: (share: number) => `${formatPercent(share, 1)} of the sample without targets`,
    refused: (count: number) => `${formatCount(count, 'record')} refused by the model’s template`,
    refusedShare: (share: number) =>
      `${formatPercent(share, 1)} of the sample refused by the model’s template`,
    histogram: (width: number) => `Histogram of record lengths in bins of ${width} tokens`,
    cutAt: (length: string) => `cut-off ${length}`,
    byLength: 'records by length',
    bin: (from: string, to: string, count: number) =>
      `${from} to ${to} tokens: ${formatCount(count, 'record')}`,
    tokensFrom: 'Tokens from',
    tokensTo: 'to',
    showTable: 'As a table',

    split: 'Training and validation',
    splitRule: (share: number, most: number, least: number) =>
      `${formatPercent(share)} of each set is kept for validation${least > 0 ? `, at least ${formatCount(least, 'record')} or a quarter of a small set` : ''}, at most ${formatInteger(most)} records in all.`,
    splitSeed: (seed: number) => `seed ${seed}`,
    forTraining: (count: number) => `${formatInteger(count)} for training`,
    forValidation: (count: number) => `${formatInteger(count)} for validation`,
    notInRun: 'This set is left out of the next run.',
    neverTrains: 'Evaluation files are only for measuring; they are never split.',
    noValidation:
      'No record of this set is kept for validation: the recipe keeps none, or the set is too small.',
    nextApart: 'Next validation record',
    splitChart: (training: number, validation: number) =>
      `${formatInteger(training)} records for training, ${formatInteger(validation)} for validation`,
    loadingSplit: 'split',
  },
  zh: {
    title: '数据',
    lead: '供模型学习的问答记录。知识类数据集用于在阶段 1 学习事实；对齐类数据集用于在两个阶段学习回答的形式。',
    toTraining: '继续到训练',
    sets: '数据集',
    willTrain: (sets, records) =>
      `${formatInteger(sets)} 个数据集、${formatInteger(records)} 条记录将参与训练`,
    chooseFiles: '选择数据文件',
    addFiles: '添加文件',
    chooseFolder: '选择数据文件夹',
    addFolder: '添加文件夹',
    noneInFolder: '该文件夹中没有 .jsonl、.json 或 .csv 文件。',
    notTaken: (names) =>
      `未导入：${names.slice(0, 5).join('、')}${names.length > 5 ? `，另有 ${names.length - 5} 个` : ''}`,
    mapper: '各列',
    useSamples: '使用示例数据',
    addSamples: '添加示例数据',
    fewSamples: (records) =>
      `在软件适配器上，示例数据只取每个数据集的 ${records} 条短记录，几分钟即可初步了解；使用全部记录需要数小时。`,
    underWay: '另一项导入正在进行。',
    emptyTitle: '用自己的数据试一试',
    emptyText:
      '将 JSONL、JSON 或 CSV 文件拖到页面任意位置。可识别 Alpaca、ShareGPT、messages、prompt–response、选择题与 PromptCBLUE 格式；其他格式由你指定各列的含义。无法读取的行会连同位置和原因列出，其余照常保留。文件不会离开本浏览器。',
    reading: '正在读取记录',
    readingFile: (file, place, files) =>
      files === 1 ? `正在读取 ${file}` : `正在读取 ${file}（第 ${place} 个，共 ${files} 个）`,
    comparingFile: (file, place, files) =>
      files === 1
        ? `正在比较 ${file} 的记录`
        : `正在比较 ${file} 的记录（第 ${place} 个，共 ${files} 个）`,
    comparingNote: '正在查找近似重复。数据集已保存，取消也不会丢失。',
    readSoFar: (bytes, total, records, problems) =>
      [
        `${formatBytes(bytes)} / ${formatBytes(total)}`,
        `${formatInteger(records)} 条记录`,
        ...(problems > 0 ? [`${formatInteger(problems)} 行未导入`] : []),
      ].join(' · '),
    timeLeft: (duration) => `剩余 ${duration}`,
    loadingSets: '数据集',

    train: '训练',
    name: '名称',
    kind: '类别',
    shape: '格式',
    records: '记录数',
    leftOut: '未导入',
    size: '大小',
    remove: '移除',
    nothingToTrain: '没有可供训练的记录。',
    onlyMeasures: '评测文件只用于评测，从不参与训练。',
    trainOn: (name) => `用 ${name} 训练`,
    forEvaluate: '用于评测',
    kindOf: (name) => `${name} 的类别`,
    knowledge: '知识',
    alignment: '对齐',
    guessed: '推测',
    guessedHelp:
      '根据记录推测。与论文一致：知识类考查模型知道什么，如问答、带选项字母的考题；对齐类要求回答符合规定的形式，如同一条指令反复出现，或从文本中给出标签、编码、实体。若判断有误，请点选正确的类别。',
    lines: (count) => `${formatInteger(count)} 行`,
    duplicates: (count) => `重复 ${formatInteger(count)} 条`,
    removeSet: (name) => `移除 ${name}`,
    removeTitle: (name) => `移除 ${name}？`,
    removeText: (records) =>
      `其中 ${formatInteger(records)} 条记录将从本浏览器删除，各次训练从中抽取的样例问题也一并删除。你自己的文件以及用它做过的训练会保留。`,
    removeConfirm: '移除数据集',
    removed: (name) => `已移除 ${name}。`,

    noUsable: (name) => `${name} 中没有一行可用。`,
    noUsableText: '下面逐行列出了原因。请修正文件后重新拖入。',
    recordsOf: (name) => `${name} 的记录`,
    moreTasks: (shown, more) => `${shown} 以及另外 ${formatInteger(more)} 个任务`,
    row: '表格行',
    line: '行',
    lineOfFile: '文件行',
    task: '任务',
    asked: '提示',
    answer: '回答',
    apart: '验证',
    whichNumber: '按哪种编号',
    goTo: { record: '转到第几条记录', row: '转到表格第几行', line: '转到文件第几行' },
    noSuch: {
      record: (last) => `没有第 ${last} 条记录，这是最后一条。`,
      row: (row) => `表格第 ${row} 行不是任何记录的开头，这是最近的一条。`,
      line: (line) => `第 ${line} 行不是任何记录的开头，这是最近的一条。`,
    },
    go: '转到',
    search: '搜索记录',
    searchShort: '搜索',
    searching: '正在搜索',
    noMatch: '没有匹配',
    matchOf: (place, count) => `第 ${formatInteger(place)} 处，共 ${formatInteger(count)} 处`,
    matches: (count) => `${formatInteger(count)} 处匹配`,
    before: '上一处匹配',
    next: '下一处匹配',
    clear: '清除搜索',

    asRead: '模型所见',
    recordBefore: '上一条记录',
    recordNext: '下一条记录',
    firstRecord: '这是第一条记录。',
    lastRecord: '这是最后一条记录。',
    place: (index, count) => `第 ${formatInteger(index)} 条，共 ${formatInteger(count)} 条`,
    loadingRecord: '记录',
    target: '目标',
    counts: '计入损失',
    prompt: '提示',
    onlyRead: '只读入，不计入损失',
    tokensAndTargets: (tokens, targets) =>
      `${formatInteger(tokens)} 个词元，其中 ${formatInteger(targets)} 个目标`,
    cutOut: (tokens) => `截去 ${formatInteger(tokens)} 个词元`,
    cutHere: (tokens) => `✂ ${formatInteger(tokens)} 个词元`,
    noTarget: '没有目标：学不到任何东西',
    rendered: '渲染后的记录',
    token: (id) => `词元 ${id}`,
    tokenOfBytes: (id, bytes, character) =>
      character === ''
        ? `词元 ${id}：${bytes}，不属于任何字符`
        : `词元 ${id}：${bytes}，属于“${character}”`,
    bytewise: '逐字节',
    bytewiseHelp:
      '该模型的词表没有这些字符的词元，因此逐字节拼写。字符写在其最后一个字节所在的词元上，前面的词元以圆点表示。文件并未损坏。',
    mostlyBytes: (characters, tokens) =>
      `该模型的词表几乎不认识这种文字：此记录中有 ${formatInteger(characters)} 个字符逐字节拼写，共占 ${formatInteger(tokens)} 个词元。选用会这种语言的模型，读得更准，也学得更好。`,
    choices: (choices) => `允许的答案：${choices}`,

    lengths: '长度（词元）',
    needsTemplate: '模型有合适的对话模板之后才能得知。',
    modelAside: '重新启用模型之后才能得知。',
    loadingLengths: '长度',
    median: (median, longest, total) => `中位数 ${median}，最长 ${longest}，共 ${total} 个词元`,
    sampleMedian: (median, longest) => `中位数 ${median}，样本中最长 ${longest}`,
    sampled: (counted, records) =>
      `取自均匀分布的样本：${formatInteger(records)} 条记录中的 ${formatInteger(counted)} 条。`,
    countAll: '统计全部记录',
    countingAll: '正在将全部记录转换为词元',
    noneCut: (length) => `无需截短到 ${length}`,
    truncated: (count, length) => `${formatInteger(count)} 条记录截短到 ${length}`,
    truncatedShare: (share, length, records) =>
      `约 ${formatInteger(records)} 条记录（样本的 ${formatPercent(share, 1)}）截短到 ${length}`,
    promptsCut: '只截提示，回答保持完整',
    answersCut: (count) => `${formatInteger(count)} 条记录的回答被截`,
    little: (count) => `${formatInteger(count)} 条记录所剩不足一半：学到的很少`,
    teaches: '可学',
    teachesHelp:
      '在配方允许的最长记录下，有多少条记录学不到或只学到很少：没有目标剩下即学不到，记录或其提示所剩不足一半即学到很少。',
    allTeach: '全部',
    teachNothing: (count) => `${formatInteger(count)} 条学不到内容`,
    teachLittle: (count) => `${formatInteger(count)} 条几乎学不到内容`,
    ofSample: (share) => `样本的 ${formatPercent(share, 0)}`,
    withoutTargets: (count) => `${formatInteger(count)} 条记录没有目标`,
    withoutShare: (share) => `样本的 ${formatPercent(share, 1)} 没有目标`,
    refused: (count) => `${formatInteger(count)} 条记录被模型的对话模板拒绝`,
    refusedShare: (share) => `样本的 ${formatPercent(share, 1)} 被模型的对话模板拒绝`,
    histogram: (width) => `记录长度直方图，每组 ${width} 个词元`,
    cutAt: (length) => `截断于 ${length}`,
    byLength: '按长度统计的记录数',
    bin: (from, to, count) => `${from} 至 ${to} 个词元：${formatInteger(count)} 条记录`,
    tokensFrom: '词元数从',
    tokensTo: '至',
    showTable: '以表格显示',

    split: '训练与验证',
    splitRule: (share, most, least) =>
      `每个数据集留出 ${formatPercent(share)}${least > 0 ? `，至少 ${formatInteger(least)} 条或小数据集的四分之一` : ''}，合计至多 ${formatInteger(most)} 条。`,
    splitSeed: (seed) => `随机种子 ${seed}`,
    forTraining: (count) => `${formatInteger(count)} 条用于训练`,
    forValidation: (count) => `${formatInteger(count)} 条用于验证`,
    notInRun: '该数据集不参与下一次训练。',
    neverTrains: '评测文件只用于评测，从不划分。',
    noValidation: '此数据集没有留出记录：配方未要求，或数据集太小。',
    nextApart: '下一条验证记录',
    splitChart: (training, validation) =>
      `${formatInteger(training)} 条记录用于训练，${formatInteger(validation)} 条用于验证`,
    loadingSplit: '划分',
  },
});

/** Shapes by the names that their own tools give them. */
export const shapeNames = inLanguages<Readonly<Record<RecordShape, string>>>({
  en: {
    alpaca: 'alpaca',
    sharegpt: 'sharegpt',
    messages: 'messages',
    'prompt-response': 'prompt–response',
    'input-target': 'input–target',
    mcq: 'multiple choice',
    evaluation: 'evaluation',
    mapped: 'own columns',
  },
  zh: {
    alpaca: 'alpaca',
    sharegpt: 'sharegpt',
    messages: 'messages',
    'prompt-response': 'prompt–response',
    'input-target': 'input–target',
    mcq: '选择题',
    evaluation: '评测',
    mapped: '自定义列',
  },
});
