/** Errors of run archives, experts, evaluation grids and the judge in Chinese, by code. */
import type { ErrorWords } from './error-facts.ts';

const exportAgain = '请重新导出该运行，再打开新的归档。';

export const resultErrors = {
  'best-missing': (d) => [
    `此运行的阶段 ${d.ordinal('stage')} 没有保留最佳的一步。`,
    '请选择另一个状态；在阶段之中测量验证损失时才会保留最佳的一步。',
  ],
  'run-archive-invalid': (d) => [
    `该归档不是本工作室的运行：${d.text('where')} 有误：${d.why('reason')}。`,
    exportAgain,
  ],
  'run-archive-newer': (d) => [
    `该归档由更新版本的工作室写入（格式 ${d.text('version')}；此版本最多读取 ${d.text('known')}）。`,
    '请重新加载页面以使用新版本，或使用写入它的工作室。',
  ],
  'run-archive-damaged': (d) => [
    `归档中的 ${d.text('file')} 与写入时不同：哈希不符。`,
    '请重新复制或下载该归档。',
  ],
  'run-archive-here': (d) => [
    `此运行已在工作室中，名为“${d.text('name')}”。`,
    '请在“训练”页查看；若要重新打开归档，请先在那里删除它。',
  ],
  'run-base-mismatch': (d) => [
    `此运行的基础模型已经就位，但运行自带的内容与它不符：${d.text('where')} 有误。`,
    '请索取该运行的新归档；在此之前只能查看其曲线。',
  ],
  'run-under-way': () => [
    '此运行尚未停下；只有停下的运行才能写成归档。',
    '请等它完成，或停止它并保留已有结果。',
  ],
  'routing-missing': () => [
    '模型的这个状态没有附加专家，因此没有词元经过路由。',
    '请选择带 NA 的状态，例如阶段 1 结束时。',
  ],
  'mixture-untrained': () => ['训练专家的阶段尚未结束。', '请等该阶段结束；目前的计数显示在上方。'],
  'pairs-missing': () => ['这次强制专家对的评测已不再保留。', '请重新开始一次。'],
  'judge-questions-missing': (d) => [
    d.has('line')
      ? `${d.text('name')} 中没有开放问题：例如第 ${d.count('line')} 行${d.text('field') === '' ? '有误' : `缺少“${d.text('field')}”`}。`
      : `${d.text('name')} 中没有开放问题。`,
    '请选择每行含 question 和 reference 的文件（也认识 prompt、input、answer、target 和 output），或一个数据集。',
  ],
  'judge-file-too-large': (d) => [
    `${d.text('file')} 有 ${d.bytes('bytes')}；最多读取 ${d.bytes('most')}。`,
    '请只取文件的一部分。',
  ],
  'judge-address': (d) => [
    `“${d.text('address')}”不能作为评审的地址。`,
    '请给出 https 地址，例如 https://example.org/v1，不含用户名和密码；http 只接受本机（127.0.0.1 或 localhost）。',
  ],
  'judge-off': (d) => [
    `不得向 ${d.text('address')} 发送任何内容：评审已关闭，或设为另一个地址。`,
    '请为该地址开启评审，然后批准请求。',
  ],
} satisfies Readonly<Record<string, ErrorWords>>;
