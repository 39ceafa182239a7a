/** Faults of asking a run, a profile or the worker for something at the wrong time, in Chinese. */
import { grouped } from '../amounts.ts';
import type { RunFaults } from '../catalogue/runs.ts';
import type { Words } from '../words.ts';

const states: ReadonlyMap<string, string> = new Map([
  ['preparing', '准备中'],
  ['running', '训练中'],
  ['paused', '已暂停'],
  ['interrupted', '已中断'],
  ['finalising', '收尾中'],
  ['stopped', '已停止'],
  ['failed', '失败'],
  ['done', '完成'],
]);

const stateOf = (state: string): string => `“${states.get(state) ?? state}”`;

const noReason = '浏览器没有给出原因';
const reloadParts = '请重新加载页面；其各部分的版本可能不同。';

export const runs = {
  'run-missing': () => ['该训练已不在工作室中。', '请选择另一次训练，或开始新的训练。'],
  'run-elsewhere': () => [
    '工作室的另一个标签页正在处理该训练。',
    '请到那个标签页，或将其关闭后重试。',
  ],
  'run-in-use': () => [
    '该训练正在使用中（在此处或另一个标签页）：有对话、评测或导出在读取它。',
    '请等其结束，或停止它；另一个标签页正在与它对话也算。',
  ],
  'run-not-resumable': (d) => [
    `该训练的状态为${stateOf(d.state)}，没有可继续的内容。`,
    '如需继续训练，请开始新的训练。',
  ],
  'run-not-active': () => [
    '该训练不在本标签页的设备上。',
    '若已中断，请继续它；若在另一个标签页中进行，请到那里。',
  ],
  'run-active': () => ['设备上有另一次训练。', '请等它结束，或停止它；暂停的训练也算。'],
  'run-not-paused': () => ['训练正在进行；只有暂停时才能单步。', '请先暂停。'],
  'run-inputs-changed': () => [
    '数据或模型的模板与训练开始时不同。',
    '请把数据集的类别和模型的模板改回原样，或开始新的训练。',
  ],
  'run-storage-full': () => [
    '训练已停下：浏览器的存储空间已满。',
    '请删除不再需要的训练、模型、数据集或已完成的导出，或释放磁盘空间；然后继续训练。',
  ],
  'run-under-way': (d) => [
    `该训练的状态为${stateOf(d.state)}；不在训练时才能写成归档。`,
    '请等它完成，或停止它并保留已有结果。',
  ],
  'step-missing': (d) => [
    `该训练保留的步骤中没有阶段 ${grouped(d.stage + 1)} 的第 ${grouped(d.step + 1)} 步。`,
    '请选择曲线上显示的一步。',
  ],
  'stage-missing': () => [
    '该训练还没有结束的阶段，因此没有可导出的 PEFT 适配器。',
    '请等该阶段结束，或停止训练并保留已有结果。',
  ],
  'snapshot-missing': (d) => [
    `该训练的阶段 ${grouped(d.stage + 1)} 尚未结束，因此“${d.snapshot}”还不存在。`,
    '请等待该阶段结束，或选择更早的模型状态。',
  ],
  'best-missing': (d) => [
    `该训练的阶段 ${grouped(d.stage + 1)} 没有保留最佳的一步。`,
    '请选择另一个状态；在阶段之中测量验证损失时才会保留最佳的一步。',
  ],
  'model-not-merged': (d) =>
    d.branches.length > 0
      ? [
          `该训练的最后状态在权重之外仍有分支：${d.branches.join('、')}。`,
          '请改为导出 PEFT 适配器，或用会合并全部分支的配方重新训练。',
        ]
      : ['该训练还没有得出模型。', '请至少让一个阶段结束，或停止训练并保留已有结果。'],
  'profile-refused': () => [
    '设备上有训练：两者会互相拖慢，使测得的数字失真。',
    '请在训练结束或停止后重试；暂停的训练也算。',
  ],
  'profile-active': () => [
    '正在分析性能或为内核计时，需要独占设备。',
    '请等它结束，或在“设置”页取消。',
  ],
  'profile-stage-missing': (d) => [
    `配方有 ${grouped(d.stages)} 个阶段，没有阶段 ${grouped(d.stage + 1)}。`,
    '请选择其已有的阶段。',
  ],
  internal: (d) => [`工作室内部出错：${d.detail}`, '请重新加载页面后再试；已保存的内容仍在。'],
  cancelled: () => ['已取消。', '需要时请重新开始。'],
  'worker-crashed': (d) => [
    `工作室的后台线程停止了：${d.detail || noReason}。`,
    '请重试：它会重新启动。若有训练正在进行，请从检查点继续。',
  ],
  'tokeniser-crashed': (d) => [
    `把记录转成词元的后台线程停止了：${d.detail || noReason}。`,
    '请重试。若总停在同样的记录处，请查看其中最长的。',
  ],
  'text-stuck': (d) => [
    `此模型的分词器或对话模板在一段文本上停留了 ${grouped(d.seconds)} 秒，已被终止。`,
    '请选择其他模型，或在“模型”页选择其他对话模板。',
  ],
  'model-aside': (d) => [
    `${d.model} 已搁置：它的分词器或对话模板在一段文本上停不下来。`,
    '请选择其他模型。在“模型”页可以重试或删除它。',
  ],
  'message-unreadable': (d) => [`页面与后台线程之间有一条消息无法传递（${d.kind}）。`, reloadParts],
  'request-invalid': (d) => [`后台线程不理解页面的请求：${d.detail}。`, reloadParts],
} satisfies Words<RunFaults>;
