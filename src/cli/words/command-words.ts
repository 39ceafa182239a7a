/** What the help says of each command. */
import type { CommandName } from '../commands/commands.ts';
import { inLanguages } from './language.ts';

export const commandWords = inLanguages<Readonly<Record<CommandName, string>>>({
  en: {
    train:
      'trains a recipe on records and keeps the run in a folder, with an archive that the studio opens',
    resume: 'goes on with a run that was interrupted, to the same bits',
    plan: 'says what memory a run will take, item by item, before anything is allocated',
    prepare:
      'makes records of any number into tokens once, in shards that many machines can train on',
    'hand-off':
      'writes a run, planned or interrupted, as a bundle that PyTorch trains on several GPUs or a cluster',
    doctor: 'says what the GPU of this computer offers, and tests that it computes what it should',
    inspect: 'says what a run or an archive holds',
    identifiers:
      'counts names, dates, numbers and other identifiers in records, by kind, and writes files without them',
    chat: 'talks with a model, or with a state of a run',
    evaluate: 'asks questions with known answers and scores what a state says',
    export: 'writes a state as a model for other programs, or the branches as PEFT adapters',
    compare:
      'says how far the outputs of a state are from those of another model, such as its export',
  },
  zh: {
    train: '按配方用记录训练，把训练存入文件夹，并写成工作室能打开的归档',
    resume: '继续被中断的训练，结果逐位相同',
    plan: '在分配之前逐项列出训练将占用的显存',
    prepare: '把任意数量的记录一次转成词元，写成可供多台机器训练的分片',
    'hand-off': '把计划好的或被中断的训练写成接力包，由 PyTorch 在多块 GPU 或集群上训练',
    doctor: '说明本机 GPU 提供什么，并检验它的计算是否正确',
    inspect: '说明一次训练或一个归档中有什么',
    identifiers: '按类别统计记录中的姓名、日期、号码等身份信息，并可写出替换后的文件',
    chat: '与模型或训练的某个状态对话',
    evaluate: '用有已知答案的题目提问，并为状态的回答评分',
    export: '把状态写成其他程序可用的模型，或把分支写成 PEFT 适配器',
    compare: '说明某个状态的输出与另一个模型（例如其导出的模型）相差多少',
  },
});

export const helpWords = inLanguages({
  en: {
    about:
      'Fine-tunes and runs language models on this computer’s GPU, in the two stages of MedCare. A research tool, not for clinical use.',
    usage: 'Usage:',
    commands: 'Commands:',
    options: 'Options:',
    command: 'command',
    more: 'medcare COMMAND --help says what a command takes.',
    exits:
      'Exit codes: 0 done, 1 a fault, 2 wrong command line, 3 it does not fit or computes wrong, 130 interrupted with a checkpoint kept.',
  },
  zh: {
    about: '按 MedCare 的两个阶段，在本机的 GPU 上微调和运行语言模型。仅供研究，不可用于临床。',
    usage: '用法：',
    commands: '命令：',
    options: '选项：',
    command: '命令',
    more: '运行 medcare COMMAND --help 查看某个命令的用法。',
    exits: '退出码：0 完成，1 出错，2 命令行有误，3 放不下或计算有误，130 被中断且已保留检查点。',
  },
});
