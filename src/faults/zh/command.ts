/** Faults of the command line, in Chinese. */
import { sizeInChinese } from '../amounts.ts';
import type { CommandFaults } from '../catalogue/command.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const option: ReasonWords<CommandFaults['command-option']> = {
  unknown: (d) => `medcare ${d.command} 没有选项 ${d.option}。`,
  'value-missing': (d) => `${d.option} 后面需要一个值。`,
  missing: (d) => `medcare ${d.command} 需要 ${d.option}。`,
  value: (d) => `${d.option} 不能是“${d.value}”；可以是 ${d.known.join('、')}。`,
  number: (d) => `${d.option} 必须是大于 0 的整数，而“${d.value}”不是。`,
};

const argument: ReasonWords<CommandFaults['command-argument']> = {
  missing: (d) => `medcare ${d.command} 需要 ${d.argument}。`,
  extra: (d) => `medcare ${d.command} 不知道如何处理“${d.argument}”。`,
};

const unusable: ReasonWords<CommandFaults['path-unusable']> = {
  full: (d) => `磁盘上没有空间了${d.path === '' ? '' : `，无法写入 ${d.path}`}。`,
  denied: (d) => `没有读写${d.path === '' ? '某个文件' : ` ${d.path} `}的权限。`,
  folder: (d) => `${d.path === '' ? '所给的名称' : `${d.path} `}是文件夹，这里需要文件。`,
  'no-folder': (d) => `${d.path === '' ? '所给的路径' : `${d.path} `}不在文件夹中。`,
};

const unusableRemedies: ReasonWords<CommandFaults['path-unusable']> = {
  full: () => '请腾出空间或换一个位置，再执行同一条命令。',
  denied: () => '请取得权限，或换一个位置。',
  folder: () => '请指明一个文件。',
  'no-folder': () => '请检查名称和文件夹。',
};

const taken: ReasonWords<CommandFaults['prepared-taken']> = {
  done: (d) => `${d.path} 中已有备好的记录，而且是完整的。`,
  other: (d) => `${d.path} 中的准备工作用的是其他文件、模型或配方。`,
  files: (d) => `${d.path} 中的文件不是备好的记录。`,
};

const another: ReasonWords<CommandFaults['prepared-other']> = {
  tokenizer: (d) => `${d.path} 中的记录是用另一个分词器准备的。`,
  template: (d) => `${d.path} 中的记录是用另一个对话模板准备的。`,
  rules: (d) => `${d.path} 中的记录是按另一种长度、截断方式或目标准备的。`,
  records: (d) => `${d.path} 中的记录不是训练开始时所用的记录。`,
};

const help = (command: string): string => `运行 medcare ${command} --help 查看用法。`;

export const command = {
  'command-unknown': ({ command: name, known }) => [
    name === '' ? '没有给出命令。' : `medcare 没有命令“${name}”。`,
    `命令有 ${known.join('、')}；运行 medcare --help 查看各自的作用。`,
  ],
  'command-option': (d) => [reasonWords(option, d), help(d.command)],
  'command-argument': (d) => [reasonWords(argument, d), help(d.command)],
  'path-missing': ({ path }) => [`没有 ${path}。`, '请检查名称和文件夹。'],
  'path-unusable': (d) => [reasonWords(unusable, d), reasonWords(unusableRemedies, d)],
  'data-none': ({ path }) => [
    `${path} 中没有记录文件。`,
    '请给出以 .jsonl、.json 或 .csv 结尾的文件，或含有这类文件的文件夹。',
  ],
  'model-not-here': ({ model, folder }) => [
    `本机的模型文件夹（${folder}）中没有模型 ${model}。`,
    `请先下载到那里，例如运行：hf download ${model}。也可以直接给出含有模型文件的文件夹。`,
  ],
  'run-folder-taken': ({ path }) => [
    `${path} 不是空的。`,
    '请用 --out 选择其他文件夹；若要继续其中的训练，请用 medcare resume。',
  ],
  'run-folder-missing': ({ path }) => [
    `${path} 既不是训练的文件夹，也不是训练归档。`,
    '请给出 medcare train 写出的文件夹，或由工作室或 medcare 写出的 .run.zip 文件。',
  ],
  'prepared-taken': (d) => [
    reasonWords(taken, d),
    '请用 --out 选择其他文件夹；完整的记录可用 medcare hand-off … --prepared 交接。',
  ],
  'prepared-changed': ({ path, dataSet }) => [
    `${dataSet} 的文件与 ${path} 中分片的来源不同。`,
    '请恢复原来的文件，或在另一个文件夹中重新准备。',
  ],
  'prepared-invalid': ({ file, where }) => [
    `备好的记录中的 ${file} 不合要求：${where}。`,
    '请重新复制该文件夹，或重新准备记录。',
  ],
  'prepared-damaged': ({ file }) => [
    `备好的记录中的 ${file} 与写入时不同：哈希值不符。`,
    '请重新复制该文件夹，或重新准备记录。',
  ],
  'prepared-other': (d) => [reasonWords(another, d), '请用本次训练的模型和配方准备记录。'],
  'bundle-too-large': ({ dataSet, bytes }) => [
    `${dataSet} 的记录有 ${sizeInChinese(bytes)}，而 zip 中的单个文件须小于 4 GiB。`,
    '请写成文件夹：--out 不要以 .zip 结尾。也可以用 --no-records 不放入记录。',
  ],
  'run-other-base': ({ run, model }) => [
    `该训练所用的权重与 ${model} 的不同：它的基座模型是 ${run}。`,
    '请给出训练开始时所用的同一组文件所在的文件夹。',
  ],
  'stages-not-alike': ({ path }) => [
    `${path} 中没有哪个阶段是按该配方、用此模型和这些记录训练的。`,
    '去掉 --from 即可训练所有阶段；或者给出该训练开始时所用的同一组文件。',
  ],
  'compare-other-vocabulary': ({ model, tokens, other, otherTokens }) => [
    `${model} 的词表有 ${tokens} 个词元，${other} 的有 ${otherTokens} 个，无法比较两者的输出。`,
    '请给出由同一基座模型得到的模型。',
  ],
} satisfies Words<CommandFaults>;
