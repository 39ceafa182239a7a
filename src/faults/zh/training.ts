/** Faults of recipes, of the data that a run trains on, and of training itself, in Chinese. */
import { grouped } from '../amounts.ts';
import type { RecipeReason, TrainingFaults } from '../catalogue/training.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';
import { schemaReasons } from './schema.ts';

const whyInvalid = {
  'attached-twice': ({ branch }) => `分支“${branch}”被挂载了两次`,
  'too-many-active': ({ branch }) => `“${branch}”激活的专家数超过其拥有的专家数`,
  'not-attached': ({ branch }) => `分支“${branch}”没有挂载`,
  'ended-twice': ({ branch }) => `“${branch}”被丢弃或合并了两次`,
  'mixture-merged': ({ branch }) => `“${branch}”是 LoRA 混合专家：其输出取决于路由，因此不能合并`,
  'not-a-mixture': ({ branch }) => `“${branch}”不是 LoRA 混合专家：没有可强制的路由`,
  'forced-experts': ({ branch, experts, active }) =>
    `“${branch}”有 ${experts} 个专家并使用其中 ${active} 个：强制路由须指定 ${active} 个不同的专家`,
  'two-mixtures': ({ projection }) => `投影“${projection}”有两个 LoRA 混合专家；最多一个`,
  'dropout-rates': ({ projection }) =>
    `投影“${projection}”的分支共用一个 dropout 掩码，因此必须使用同一个比率`,
  ...schemaReasons,
} satisfies ReasonWords<RecipeReason>;

/** Kinds of records by their Chinese names. */
function kindsInWords(kinds: readonly string[]): string {
  return kinds
    .map((kind) => (kind === 'knowledge' ? '知识类' : kind === 'alignment' ? '对齐类' : kind))
    .join('或');
}

export const training = {
  'recipe-invalid': (d) => [
    `配方在 ${d.path || '最外层'} 处不成立：${reasonWords(whyInvalid, d)}。`,
    '请改正该字段，或从预设重新开始。',
  ],
  'recipe-not-json': (d) => [
    `这不是配方：文件不是有效的 JSON（${d.detail}）。`,
    '请选择从这里导出的 .json 文件。',
  ],
  'ablation-needs-medcare': (d) => [
    `配方“${d.recipe}”缺少论文消融实验要改动的阶段或分支。`,
    '请从含两个阶段的预设开始：先挂载 lora、ka 和 na，再挂载 align。',
  ],
  'merge-needs-float32': (d) => [
    `阶段 ${grouped(d.stage + 1)} 以 dropout 训练“${d.branch}”，而所在线性层已并入“${d.merged}”；只有 float32 权重能容纳这种合并。`,
    `请以 float32 加载模型，或将阶段 ${grouped(d.stage + 1)} 中“${d.branch}”的 dropout 设为 0。`,
  ],
  'products-need-float16': () => [
    '所选乘法为 float16，而本设备或浏览器不提供该类型（shader-f16）。',
    '请将“乘法”改为 float32，或换用支持 float16 的设备。',
  ],
  'checkpoint-invalid': (d) => [
    `检查点无法使用：${d.what} 有误。`,
    '请从更早的检查点继续，或重新开始训练。',
  ],
  'checkpoint-mismatch': () => [
    '该检查点属于另一个配方或模型。',
    '请用训练开始时的配方和模型来继续。',
  ],
  'checkpoint-missing': () => [
    '该训练来自归档，但归档中没有可供继续的内容。',
    '请用同一配方重新开始；相同的种子得到相同的训练。',
  ],
  'record-too-long': (d) => [
    `有一条 ${grouped(d.tokens)} 个词元的记录，超过该训练能容纳的 ${grouped(d.limit)} 个。`,
    `请把记录截断到 ${grouped(d.limit)} 个词元，或提高最大长度和每个微批的词元数。`,
  ],
  'record-not-tokenised': (d) => [
    `分词器在处理这条记录时失败：${d.detail}`,
    '请从文件中删去该记录后重新导入。',
  ],
  'record-beyond-cut': (d) => [
    `回答在前 ${grouped(d.maxLength)} 个词元之后才开始，而记录在此处截断。`,
    '请提高最大长度和每个微批的词元数，或缩短记录。',
  ],
  'record-without-target': () => [
    '记录中没有可训练的回答。',
    '其中助手的每一轮都缺失、为空，或被标记为不参与训练。',
  ],
  'stage-without-data': (d) => [
    `阶段 ${grouped(d.stage + 1)}（${d.name}）用${kindsInWords(d.kinds)}记录训练，但没有选中这类记录。`,
    `请在“数据”页添加${kindsInWords(d.kinds)}数据集，或把某个数据集标为该类。`,
  ],
  'no-targets': (d) => [
    `阶段“${d.name}”的记录中没有可学习的词元：全部目标都被屏蔽或截断。`,
    '请提高最大长度，或检查记录中是否有助手的回答。',
  ],
  'targets-missing': (d) => [
    d.truncated > 0
      ? `${grouped(d.records)} 条记录的回答都不在前 ${grouped(d.maxLength)} 个词元之内：有 ${grouped(d.truncated)} 条在此被截断。`
      : `${grouped(d.records)} 条记录都没有可学习的回答。`,
    d.truncated > 0
      ? '请在模型上下文允许的范围内提高最大长度和每个微批的词元数，或缩短记录。'
      : '每条记录都须有一轮含文字的助手回答；请在“数据”页检查列的对应。',
  ],
  'data-missing': (d) =>
    d.dataSets === 0
      ? ['没有选中用于训练的数据集。', '请在“数据”页拖入文件，或使用示例。']
      : ['选中的数据集中没有可读取的记录。', '请查看“数据”页上未导入的行，那里写明每行缺什么。'],
  'loss-not-finite': (d) => [
    `在阶段 ${grouped(d.stage + 1)} 第 ${grouped(d.step + 1)} 步，损失或其梯度不再是有限数。`,
    '请降低学习率，或查看该步的记录；然后从检查点继续。',
  ],
  'gradient-vanished': (d) => [
    `在阶段 ${grouped(d.stage + 1)} 第 ${grouped(d.step + 1)} 步，梯度变为零：激活溢出了。`,
    '请降低学习率，或查看该步的记录；然后从检查点继续。',
  ],
} satisfies Words<TrainingFaults>;
