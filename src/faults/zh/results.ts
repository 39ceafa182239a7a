/** Faults of run archives, experts, evaluations and the judge, in Chinese. */
import { grouped, sizeInChinese } from '../amounts.ts';
import type { ArchiveReason, ResultFaults } from '../catalogue/results.ts';
import { reasonWords, rowWords, type ReasonWords, type Words } from '../words.ts';
import { rows } from './rows.ts';
import { schemaReasons } from './schema.ts';

const exportAgain = '请重新导出该训练，再打开新的归档。';

const whyNoRun = {
  missing: () => '归档中没有它',
  twice: () => '出现了两次',
  'unknown-file': () => '训练的归档中不应有此文件',
  'too-large': () => '它过大',
  'not-text': () => '它不是 UTF-8 文本',
  'more-stages': () => '阶段多于配方所含的',
  'earlier-stages-missing': () => '缺少其之前的阶段',
  'other-experts': ({ experts }) => `其计数不属于 ${experts} 个专家`,
  bytes: ({ found, due }) => `它有 ${grouped(found)} 字节，应为 ${grouped(due)} 字节`,
  'stage-unknown': () => '其中一步属于配方没有的阶段',
  order: () => '各步的顺序不对',
  steps: ({ due, found }) => `应有 ${grouped(due)} 步，实有 ${grouped(found)} 步`,
  'other-place': ({ key }) => `其 ${key} 与训练的记载不同`,
  'parameters-no-list': () => '其参数不是 float32 列表',
  parameters: ({ count }) => `它有 ${grouped(count)} 个参数，与配方不符`,
  moments: () => '其优化器矩与参数不对应',
  'moment-missing': () => '缺少其中一个优化器矩',
  'routing-incomplete': () => '其路由计数不完整',
  'no-checkpoint-part': ({ name }) => `${name} 不属于检查点`,
  'no-branch': () => '其中没有分支',
  'of-no-branch': () => '它不属于任何分支',
  shape: ({ found, due }) => `它是 ${found}，应为 ${due}`,
  'no-number': () => '其中含有不是数的值',
  ...schemaReasons,
} satisfies ReasonWords<ArchiveReason>;

const whyMismatch = {
  ...whyNoRun,
  fault: ({ said }: { readonly said: string }) => said.replace(/\.$/, ''),
};

const takePart = '请只取文件的一部分。';

export const results = {
  'run-archive-invalid': (d) => [
    `该归档不是本工作室的训练，${d.where} 有误：${reasonWords(whyNoRun, d)}。`,
    exportAgain,
  ],
  'run-archive-newer': (d) => [
    `该归档由更新版本的工作室写入（格式 ${d.version}；此版本最多读取 ${d.known}）。`,
    '请重新加载页面以使用新版本，或使用写入它的工作室。',
  ],
  'run-archive-damaged': (d) => [
    `归档中的 ${d.file} 与写入时不同：哈希不符。`,
    '请重新复制或下载该归档。',
  ],
  'run-archive-here': (d) => [
    `该训练已在工作室中，名为“${d.name}”。`,
    '请在“训练”页查看；若要重新打开归档，请先在那里删除它。',
  ],
  'hand-off-base': (d) => [
    `${d.model} 不是带 safetensors 的 Hugging Face 文件夹，而 PyTorch 只能在这样的文件夹上训练。`,
    '请改用该模型的文件夹：在“模型”页从模型库下载。',
  ],
  'run-base-mismatch': (d) => {
    const place = d.where === '' ? '' : `，${d.where} 有误`;
    return [
      `该训练的基座模型已经就位，但归档中的内容与它不符${place}：${reasonWords(whyMismatch, d)}。`,
      '请索取该训练的新归档；在此之前只能查看其曲线。',
    ];
  },
  'routing-missing': () => [
    '模型的这个状态没有挂载专家，因此没有词元经过路由。',
    '请选择带 NA 的状态，例如阶段 1 结束时。',
  ],
  'mixture-missing': () => [
    '该训练的配方中没有 LoRA 混合专家。',
    '请选择配方中含有 LoRA 混合专家的训练，例如论文的阶段 1。',
  ],
  'mixture-untrained': () => ['训练专家的阶段尚未结束。', '请等该阶段结束；目前的计数显示在上方。'],
  'mixture-kept': () => [
    '该训练始终保留噪声聚合器，没有可供比较的去除它之后的状态。',
    '请选择配方在阶段 1 结束时丢弃它的训练，论文的配方即是如此。',
  ],
  'noise-audit-missing': () => [
    '该训练的记录尚未测量，或结果已随之删除。',
    '请在“专家”页进行测量。',
  ],
  'pairs-missing': () => ['这次强制专家对的评测已不再保留。', '请重新开始一次。'],
  'text-empty': () => ['没有可逐词元追踪专家的文本。', '请输入一句话。'],
  'evaluation-empty': (d) => [
    'file' in d
      ? `所选文件中没有可以计分的题目。共 ${grouped(d.count)} 行都无法计分；${d.file} 第 ${grouped(d.line)} 行：${rowWords({ rows }, d.row, d.rowData) ?? d.said}。`
      : '所选文件中没有可以计分的题目。',
    '每行需要 task、kind（knowledge 或 alignment）、metric（accuracy、micro-f1、macro-f1、weighted-f1、rouge-l 或 perplexity）、prompt 和 answer；或“数据”页能导入的格式，例如 question、options 和 answer，或 prompt 和 response。',
  ],
  'evaluation-no-answers': (d) => [
    `${d.files} 没有答案：全部 ${grouped(d.count)} 题的“${d.field}”都为空，无法计分。`,
    '请选择带答案的文件：测试集发布时往往不含答案，请改用开发集，或训练集中未用于训练的部分。',
  ],
  'evaluation-too-large': (d) => [
    `${d.file} 有 ${sizeInChinese(d.bytes)}；最多读取 ${sizeInChinese(d.most)}。`,
    takePart,
  ],
  'evaluation-missing': () => ['该评测结果已不再保留。', '请重新评测该模型状态。'],
  'evaluation-no-harness': () => [
    '其中没有按 lm-eval 提问并按似然判定的任务。',
    '请用 lm-eval 任务的文件并按似然评测。',
  ],
  'evaluation-mismatch': () => [
    '两项结果使用了不同的题目，或判定方式不同。',
    '请用相同的文件和相同的设置评测两者。',
  ],
  'evaluation-elsewhere': () => [
    '此评测正在进行（在此处或另一个标签页）。',
    '请等其结束，或在进行它的地方取消。',
  ],
  'grid-elsewhere': () => [
    '此网格正在进行（在此处或另一个标签页）。',
    '请等其结束，或在进行它的地方取消。',
  ],
  'grid-missing': () => ['该网格已不再保留。', '请规划新的网格。'],
  'grid-run-stopped': () => [
    '该配方的训练在结束之前被停止或删除。',
    '请继续网格；该配方将重新训练。',
  ],
  'grid-run-interrupted': () => ['该配方的训练中断了。', '请继续网格；训练将从最近的检查点继续。'],
  'judge-address': (d) => [
    `“${d.address}”不能作为评审的地址。`,
    '请给出 https 地址，例如 https://example.org/v1，不含用户名和密码；http 只接受本机（127.0.0.1 或 localhost）。',
  ],
  'judge-off': (d) => [
    `不得向 ${d.address} 发送任何内容：评审已关闭，或设为另一个地址。`,
    '请为该地址开启评审，然后批准请求。',
  ],
  'judge-questions-missing': (d) => [
    `${d.name} 中没有开放问题。${
      'line' in d
        ? `第 ${grouped(d.line)} 行：${rowWords({ rows }, d.row, d.rowData) ?? d.said}。`
        : ''
    }`,
    '请选择每行含 question 和 reference 的文件（也认识 prompt、input、answer、target 和 output），或一个数据集。',
  ],
  'judge-file-too-large': (d) => [
    `${d.file} 有 ${sizeInChinese(d.bytes)}；最多读取 ${sizeInChinese(d.most)}。`,
    takePart,
  ],
} satisfies Words<ResultFaults>;
