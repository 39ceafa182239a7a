/** Errors of device, model, recipe and training in Chinese, by code. */
import type { ErrorWords } from './error-facts.ts';

const sameModel = '请使用同一模型的 config.json 和权重。';
const originalConfig = '请使用原模型文件夹中未经改动的 config.json。';

export const modelErrors = {
  'webgpu-missing': () => [
    '此浏览器不提供 WebGPU。',
    '请在带 GPU 的电脑上使用 Chrome 或 Edge 121 及以上；在 Linux 上启动时加上 --enable-features=Vulkan --enable-unsafe-webgpu。',
  ],
  'adapter-missing': () => [
    '有 WebGPU，但没有找到可用的 GPU。',
    '若之前有过 GPU，请按 F5 重新加载页面，仍没有时请重新启动浏览器。否则请在浏览器设置中开启硬件加速，更新显卡驱动，或用 --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader 允许软件适配器。',
  ],
  'adapter-gone': () => [
    'GPU 已崩溃，浏览器不再向本页提供 GPU。',
    '请按 F5 或用浏览器的刷新按钮重新加载页面。若仍没有 GPU，请重新启动浏览器：多次崩溃之后，浏览器不再向任何标签页提供 GPU。',
  ],
  'device-refused': (d) => [
    `浏览器没有提供 GPU 设备：${d.text('detail')}`,
    '请重试；若再次出现，请重新加载页面，并关闭其他占用 GPU 的程序。',
  ],
  'device-lost': (d) => [
    `GPU 设备已丢失（${d.text('reason')}）${d.has('detail') ? `：${d.text('detail')}` : '，未给出原因'}。`,
    d.has('run')
      ? '请从最近的检查点恢复运行；若再次出现，请关闭其他占用 GPU 的程序。'
      : '请重试：设备会重新打开。若再次出现，请关闭其他占用 GPU 的程序。',
  ],
  'gpu-out-of-memory': (d) => [
    `GPU 无法为 ${d.text('label')} 分配 ${d.bytes('bytes')}。`,
    '请换用更小的模型或更低的精度；训练时，请减少每个微批的词元数，或开启激活重计算。',
  ],
  'tensor-too-large': (d) => [
    `${d.text('label')} 在一个绑定中需要 ${d.bytes('bytes')}，本设备只允许 ${d.bytes('limit')}。`,
    '请换用更小的模型，或存储缓冲区绑定上限更大的设备。',
  ],
  'gpu-fault': (d) => [
    `GPU 拒绝了一条命令${d.has('detail') ? `：${d.text('detail')}` : '。'}`,
    d.has('run')
      ? '请从最近的检查点恢复运行；若再次出现，请附上这段文字报告。'
      : '请重试：设备会重新打开。若再次出现，请附上这段文字报告。',
  ],
  'snapshot-missing': (d) => [
    d.has('snapshot')
      ? `本次运行的该阶段尚未结束，因此“${d.text('snapshot')}”还不存在。`
      : '训练专家的阶段尚未结束。',
    d.has('snapshot')
      ? '请等待该阶段结束，或选择更早的模型状态。'
      : '请等待该阶段结束；目前为止的计数显示在上方。',
  ],
  'prompt-too-long': (d) => [
    `提示有 ${d.count('tokens')} 个词元；此模型连同回答最多容纳 ${d.count('context')} 个。`,
    '请缩短提示，或开始新的对话。',
  ],
  'config-unsupported': (d) => [
    `config.json 描述的模型无法在此运行：${d.why('reason')}。`,
    d.has('remedy') ? d.why('remedy') : '请换用其他模型。',
  ],
  'config-invalid': (d) => [`config.json 不是可用的模型描述：${d.why('reason')}。`, originalConfig],
  'config-nested': (d) => [
    `这是${d.has('type') ? `类型为“${d.text('type')}”的` : '一个'}多模态模型，除文本外还接受图像或声音等输入：其文本模型${
      d.has('inner') ? `（“${d.text('inner')}”）` : ''
    }只是其中一部分，位于 config.json 的“${d.text('field')}”之下。`,
    d.has('runs')
      ? `请单独使用其文本模型：发布者通常另有一个（不含图像的 ${d.text('inner')}）；或在 Python 中用 save_pretrained 保存负责生成文本的部分（model.language_model 及其输出层），再拖入该文件夹。`
      : `请使用只处理文本、且为以下类型之一的模型：${d.text('supported')}。`,
  ],
  'architecture-unknown': (d) => [
    `不支持架构“${d.text('architecture')}”。`,
    `请使用以下类型之一的模型：${d.text('supported')}。`,
  ],
  'weights-range': (d) => [
    `${d.text('tensor')} 含有 16 位无法表示的权重（超出 65,504，或不是数）。`,
    '请以 float32 加载此模型，或检查文件是否完整。',
  ],
  'tensor-missing': (d) => [
    d.has('file')
      ? `${d.text('file')} 中没有张量“${d.text('tensor')}”。`
      : `权重中缺少张量 ${d.text('tensor')}。`,
    '请拖入完整的文件夹，包括模型的每个 safetensors 文件，并确认权重与配置相符。',
  ],
  'head-missing': () => [
    '权重中缺少 lm_head.weight，而 config.json 说明输出层不是嵌入层的副本。',
    '若模型的两者相同，请在 config.json 中把 "tie_word_embeddings" 设为 true。分类模型和文本编码模型没有输出层；请使用它们所依据的模型。',
  ],
  'tensor-shape': (d) => [
    d.has('shape')
      ? `${d.text('tensor')} 的形状是 [${d.text('shape')}]，而 config.json 要求 [${d.text('expected')}]。`
      : `${d.text('tensor')} 的形状与 config.json 不符。`,
    sameModel,
  ],
  'branch-missing': (d) => [
    `缺少分支参数 ${d.text('parameter')}。`,
    '请使用以此配方在此模型上训练的分支。',
  ],
  'branch-shape': (d) => [
    `分支参数 ${d.text('parameter')} 的形状不符。`,
    '请使用以此配方在此模型上训练的分支。',
  ],
  'merge-needs-float32': (d) => [
    `阶段 ${d.ordinal('stage')} 以 dropout 训练“${d.text('branch')}”，而所在线性层已并入“${d.text('merged')}”；只有 float32 权重能容纳这种合并。`,
    `请以 float32 加载模型，或将阶段 ${d.ordinal('stage')} 中“${d.text('branch')}”的 dropout 设为 0。`,
  ],
  'checkpoint-invalid': (d) => [
    `检查点无法使用：${d.text('what')} 有误。`,
    '请从更早的检查点恢复，或重新开始运行。',
  ],
  'checkpoint-mismatch': () => [
    '该检查点属于另一个配方或模型。',
    '请用开始运行时的配方和模型来恢复。',
  ],
  'checkpoint-missing': () => [
    '此运行来自档案，但档案中没有可供继续的内容。',
    '请用同一配方重新开始；相同的种子得到相同的运行。',
  ],
  'recipe-invalid': (d) => [
    `配方在 ${d.text('path')} 处不成立：${d.why('reason')}。`,
    '请改正该字段，或从预设重新开始。',
  ],
  'recipe-not-json': () => ['这不是配方：文件不是有效的 JSON。', '请选择从这里导出的 .json 文件。'],
  'ablation-needs-medcare': (d) => [
    `配方“${d.text('recipe')}”缺少论文消融实验要改动的阶段或分支。`,
    '请从含两个阶段的预设开始：先加 lora、ka 和 na，再加 align。',
  ],
  'record-too-long': (d) => [
    `有一条 ${d.count('tokens')} 个词元的记录，超过此运行能容纳的 ${d.count('limit')} 个。`,
    `请把记录截断到 ${d.count('limit')} 个词元，或提高最大长度和每个微批的词元数。`,
  ],
  'record-not-tokenised': () => [
    '分词器在处理这条记录时失败。',
    '请从文件中删去该记录后重新导入。',
  ],
  'record-beyond-cut': (d) => [
    `回答在前 ${d.count('maxLength')} 个词元之后才开始，而记录在此处截断。`,
    '请提高最大长度和每个微批的词元数，或缩短记录。',
  ],
  'record-without-target': () => [
    '记录中没有可训练的回答。',
    '其中助手的每个回合都缺失、为空，或被标记为不参与训练。',
  ],
  'stage-without-data': (d) => [
    `阶段 ${d.ordinal('stage')} 用${d.kinds('kinds')}类记录训练，但没有选中这类记录。`,
    `请在“数据”页添加${d.kinds('kinds')}类数据集，或把某个数据集标为该类。`,
  ],
  'no-targets': (d) => [
    `阶段 ${d.ordinal('stage')} 的记录中没有可学习的词元：全部目标都被屏蔽或截断。`,
    '请提高最大长度，或检查记录中是否有助手的回答。',
  ],
  'targets-missing': (d) => [
    d.number('truncated') > 0
      ? `${d.count('records')} 条记录的回答都不在前 ${d.count('maxLength')} 个词元之内：有 ${d.count('truncated')} 条在此被截断。`
      : `${d.count('records')} 条记录都没有可学习的回答。`,
    d.number('truncated') > 0
      ? '请在模型上下文允许的范围内提高最大长度和每个微批的词元数，或缩短记录。'
      : '每条记录都需要有文字的助手回合；请在“数据”页检查列的对应。',
  ],
  'data-missing': (d) =>
    d.number('dataSets') === 0
      ? ['没有选中用于训练的数据集。', '请在“数据”页拖入文件，或使用示例。']
      : ['选中的数据集中没有可读取的记录。', '请查看“数据”页上被略过的行，那里写明每行缺什么。'],
  'loss-not-finite': (d) => [
    `在阶段 ${d.ordinal('stage')} 第 ${d.ordinal('step')} 步，损失或其梯度不再是有限数。`,
    '请降低学习率，或查看该步的记录；然后从检查点恢复。',
  ],
  'gradient-vanished': (d) => [
    `在阶段 ${d.ordinal('stage')} 第 ${d.ordinal('step')} 步，梯度变为零：激活溢出了。`,
    '请降低学习率，或查看该步的记录；然后从检查点恢复。',
  ],
  'block-length': (d) => [
    `${d.count('values')} 个数不能整分为 ${d.text('type')} 所需的块。`,
    '请把该张量保持为 16 位或 32 位。',
  ],
} satisfies Readonly<Record<string, ErrorWords>>;
