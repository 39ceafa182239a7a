/** What the column mapper says. */
import { inLanguages } from '../../../studio/language.ts';
import type { FieldRole } from '../../../studio/data/mappings.ts';
import type { AnswerReading, DataKind, ReasoningUse } from '../../../contract/data.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const mapperText = inLanguages({
  en: {
    title: (file: string) => `${file}: which column is what?`,
    lead: (fields: string) =>
      `Its records hold ${fields}. No shape that the studio knows has these, so say which of them asks and which answers; nothing is imported until you press Import.`,
    leadEmpty: 'Its records have no fields that the studio could read.',
    andMore: (count: number) => `${formatInteger(count)} more`,
    remembered: 'Filled in as you chose for these columns before.',
    guessed: 'Filled in from the column names: check the choices.',
    guessedByValues:
      'The names do not say it all; filled in from the values, as is likeliest. Check the choices and the records below.',
    nothing: 'The column names do not say what the columns hold.',
    table: (file: string) => `Columns of ${file}`,
    column: 'Column',
    samples: 'Values',
    noValues: 'no values in the first records',
    part: 'Part of a record',
    partOf: (column: string) => `What ${column} is`,
    unused: 'not used',
    missing: 'Missing',
    complete: 'Every required part has a column.',
    choicesTitle: (file: string) => `${file}: how should it be read?`,
    choicesLead:
      'The studio knows the shape of this file, but the file leaves one thing open that only you can decide. Nothing is imported until you press Import.',
    encoding: (encoding: string) =>
      `The file is not UTF-8; it is read as ${encoding}. Check that the text is right.`,
    answersAre: (field: string) => `"${field}" names the right choice by its`,
    noReading: (field: string) => `No value of "${field}" names one of the choices.`,
    unsaid: 'The values fit more than one way of counting the choices: say which is meant.',
    beingRead: 'The first records are being read.',
    reasoning: 'The reasoning beside answers is',
    instruction: 'Instruction for every record',
    instructionHelp:
      'What is asked of every record, where the file does not say it. It stands above the question; with only an input column it is the question. Files with the same columns are read with it too when they are evaluated.',
    instructionExample: 'For example: Summarise this note in one sentence.',
    kind: 'The records are for',
    preview: 'The first records as they would be imported',
    readings: 'The right choice of the first questions, either way',
    loadingPreview: 'records',
    previewTask: (task: string) => `task: ${task}`,
    previewRight: (choices: string) => `right: ${choices}`,
    previewUntrained: 'not trained on',
    previewChoices: (choices: string) => `answers allowed: ${choices}`,
    import: (file: string) => `Import ${file}`,
    importAll: (files: number) => `Import all ${formatCount(files, 'file')} with these columns`,
    skip: 'Leave it out',
    incomplete: 'A required part has no column yet.',
  },
  zh: {
    title: (file) => `${file}：各列分别是什么？`,
    lead: (fields) =>
      `其中的记录含有 ${fields}。已知格式都不是这样，请说明哪一列是问题、哪一列是回答；按下“导入”之前不会导入任何内容。`,
    leadEmpty: '其中的记录没有可读取的字段。',
    andMore: (count) => `另外 ${formatInteger(count)} 个`,
    remembered: '已按你上次对这些列的选择填写。',
    guessed: '已根据列名填写，请核对。',
    guessedByValues: '列名没有说明全部，已根据取值按最可能的情况填写。请核对各项选择和下面的记录。',
    nothing: '从列名看不出各列的内容。',
    table: (file) => `${file} 的列`,
    column: '列',
    samples: '取值',
    noValues: '前几条记录中没有取值',
    part: '记录的哪一部分',
    partOf: (column) => `${column} 的含义`,
    unused: '不使用',
    missing: '缺少',
    complete: '所需的部分都已有对应的列。',
    choicesTitle: (file) => `${file}：应如何理解？`,
    choicesLead: '该文件的格式已知，但有一处只有你能说明。按下“导入”之前不会导入任何内容。',
    encoding: (encoding) => `该文件不是 UTF-8，按 ${encoding} 读取。请核对文字是否正确。`,
    answersAre: (field) => `“${field}”以何种形式指明正确选项：`,
    noReading: (field) => `“${field}”的取值不对应任何选项。`,
    unsaid: '这些取值符合不止一种选项编号方式，请说明是哪一种。',
    beingRead: '正在读取前几条记录。',
    reasoning: '回答附带的推理过程：',
    instruction: '每条记录共用的指令',
    instructionHelp:
      '文件中没有写明、但每条记录都要求做的事。它位于问题之前；若只有输入列，它就是问题本身。用列相同的文件评测时也会加上它。',
    instructionExample: '例如：用一句话概括这份病历。',
    kind: '这些记录用于',
    preview: '前几条记录导入后的样子',
    readings: '按每种读法得出的前几个问题的正确选项',
    loadingPreview: '记录',
    previewTask: (task) => `任务：${task}`,
    previewRight: (choices) => `正确：${choices}`,
    previewUntrained: '不参与训练',
    previewChoices: (choices) => `允许的答案：${choices}`,
    import: (file) => `导入 ${file}`,
    importAll: (files) => `导入全部 ${formatInteger(files)} 个列相同的文件`,
    skip: '不导入',
    incomplete: '还有必需的部分没有对应的列。',
  },
});

export const roleNames = inLanguages<Readonly<Record<FieldRole, string>>>({
  en: {
    system: 'System',
    prompt: 'Instruction or question',
    turns: 'Conversation (list of turns)',
    input: 'Input',
    reasoning: 'Reasoning before the response',
    response: 'Response',
    task: 'Task',
    choices: 'Choices',
    answer: 'Answer among the choices',
  },
  zh: {
    system: '系统提示',
    prompt: '指令或问题',
    turns: '对话（轮次列表）',
    input: '输入',
    reasoning: '回答前的推理过程',
    response: '回答',
    task: '任务',
    choices: '选项',
    answer: '选项中的答案',
  },
});

/** Ways in which a value names the right choice. */
export const answerNames = inLanguages<Readonly<Record<AnswerReading, string>>>({
  en: {
    letters: 'letter',
    texts: 'text',
    'from-0': 'number, from 0',
    'from-1': 'number, from 1',
  },
  zh: { letters: '字母', texts: '文本', 'from-0': '编号（从 0 起）', 'from-1': '编号（从 1 起）' },
});

/** What becomes of reasoning. */
export const reasoningNames = inLanguages<Readonly<Record<ReasoningUse, string>>>({
  en: { train: 'trained on', keep: 'read, not trained on', drop: 'left out' },
  zh: { train: '参与训练', keep: '读入，不参与训练', drop: '舍去' },
});

/** What records are for. */
export const kindNames = inLanguages<Readonly<Record<DataKind | 'guess', string>>>({
  en: { guess: 'guess from them', knowledge: 'knowledge', alignment: 'alignment' },
  zh: { guess: '根据内容推测', knowledge: '知识', alignment: '对齐' },
});
