/** What commands say of runs, devices and plans. */
import type { MemoryRole } from '../../engine/gpu/tensor.ts';
import type { RunState } from '../../contract/runs.ts';
import type { DataKind } from '../../formats/records/record-types.ts';
import { inLanguages } from './language.ts';

export const runWords = inLanguages({
  en: {
    reading: 'Reading model and records …',
    tokens: (done: string, total: string) => `${done} of ${total} records made into tokens`,
    records: (training: string, validation: string) =>
      `${training} records to train on, ${validation} kept for validation`,
    cut: (count: string, length: string) => `${count} are longer than ${length} tokens and are cut`,
    left: (count: string, reason: string) => `${count} left out: ${reason}`,
    rows: (file: string, count: string, first: string) =>
      `${file}: ${count} rows were not read, the first for this reason: ${first}`,
    set: (name: string, kind: string, count: string) => `${name}: ${count} records, ${kind}`,
    stage: (number: number, name: string, records: string, steps: string) =>
      `Stage ${number}, ${name}: ${records} records, ${steps} steps`,
    resumed: (stage: number, step: string) => `Goes on at stage ${stage}, after ${step} steps.`,
    taken: (stages: string, run: string) => `Stages taken over from ${run}: ${stages}`,
    validation: (state: string, knowledge: string, alignment: string) =>
      `Validation of ${state}: knowledge ${knowledge}, alignment ${alignment}`,
    ending: 'Interrupted: ends after this step and keeps a checkpoint. Once more ends at once.',
    stopped: (folder: string) => `Interrupted. To go on: medcare resume ${folder}`,
    done: (time: string) => `Done in ${time}.`,
    archive: (path: string) => `The archive that the studio opens: ${path}`,
    nothing: 'This run is done; there is nothing to go on with.',
  },
  zh: {
    reading: '正在读取模型和记录……',
    tokens: (done, total) => `已把 ${total} 条记录中的 ${done} 条转成词元`,
    records: (training, validation) => `${training} 条记录用于训练，${validation} 条留作验证`,
    cut: (count, length) => `${count} 条超过 ${length} 个词元，会被截短`,
    left: (count, reason) => `略去 ${count} 条：${reason}`,
    rows: (file, count, first) => `${file}：有 ${count} 行未读入，第一行的原因是：${first}`,
    set: (name, kind, count) => `${name}：${count} 条记录，${kind}`,
    stage: (number, name, records, steps) =>
      `阶段 ${number}（${name}）：${records} 条记录，${steps} 步`,
    resumed: (stage, step) => `从阶段 ${stage} 的第 ${step} 步之后继续。`,
    taken: (stages, run) => `从 ${run} 沿用的阶段数：${stages}`,
    validation: (state, knowledge, alignment) =>
      `${state} 的验证：知识 ${knowledge}，对齐 ${alignment}`,
    ending: '已收到中断：完成这一步后保留检查点并结束。再按一次则立即结束。',
    stopped: (folder) => `已中断。继续训练：medcare resume ${folder}`,
    done: (time) => `完成，用时 ${time}。`,
    archive: (path) => `工作室能打开的归档：${path}`,
    nothing: '该训练已完成，没有可继续的内容。',
  },
});

export const kindWords = inLanguages<Readonly<Record<DataKind, string>>>({
  en: { knowledge: 'knowledge', alignment: 'alignment' },
  zh: { knowledge: '知识', alignment: '对齐' },
});

export const stateWords = inLanguages<Partial<Readonly<Record<RunState, string>>>>({
  en: { interrupted: 'interrupted', stopped: 'stopped', failed: 'failed', done: 'done' },
  zh: { interrupted: '已中断', stopped: '已停止', failed: '失败', done: '完成' },
});

export const roleWords = inLanguages<Readonly<Record<MemoryRole, string>>>({
  en: {
    weights: 'base weights',
    branches: 'branches',
    gradients: 'gradients',
    moments: 'optimiser moments',
    activations: 'activations',
    cache: 'key-value cache',
    inputs: 'inputs',
    results: 'results',
    uniforms: 'kernel parameters',
    readback: 'read-back',
  },
  zh: {
    weights: '基座权重',
    branches: '分支',
    gradients: '梯度',
    moments: '优化器矩',
    activations: '激活',
    cache: '键值缓存',
    inputs: '输入',
    results: '结果',
    uniforms: '内核参数',
    readback: '回读',
  },
});

export const planWords = inLanguages({
  en: {
    of: (recipe: string, model: string, precision: string) =>
      `Memory of "${recipe}" on ${model}, weights in ${precision}`,
    stage: (number: number, name: string) => `Stage ${number}: ${name}`,
    inStage: (number: number, count: string) => `Stage ${number}: ${count}`,
    total: 'total',
    trainable: (count: string) => `${count} trainable parameters`,
    peak: (bytes: string) => `Peak: ${bytes}.`,
    fits: 'No buffer is larger than this device allows. WebGPU does not say how much memory is free: the first step shows it.',
    not: 'It does not fit this device:',
    one: 'A run uses one GPU. For several GPUs, or a larger one elsewhere: medcare hand-off writes a bundle that PyTorch trains.',
  },
  zh: {
    of: (recipe, model, precision) => `“${recipe}”在 ${model} 上的显存，权重精度 ${precision}`,
    stage: (number, name) => `阶段 ${number}：${name}`,
    inStage: (number, count) => `阶段 ${number}：${count}`,
    total: '合计',
    trainable: (count) => `可训练参数 ${count} 个`,
    peak: (bytes) => `峰值：${bytes}。`,
    fits: '没有缓冲区超过本设备的上限。WebGPU 不说明还有多少空闲显存，第一步会显示是否够用。',
    not: '本设备放不下：',
    one: '一次训练使用一块 GPU。若要用多块 GPU，或别处更大的 GPU：medcare hand-off 会写出由 PyTorch 训练的接力包。',
  },
});

export const handOffWords = inLanguages({
  en: {
    written: (path: string) => `The bundle: ${path}`,
    records: (count: string, tokens: string) =>
      `It holds ${count} records as ${tokens} tokens, which anybody can turn back into text.`,
    hashes: 'It holds no records, only their hashes.',
    next: 'Its README.md has the command that trains it; the archive that this gives opens in the studio.',
    waits: (folder: string) =>
      `The run waits as handed off. It can go on here all the same: medcare resume ${folder}`,
    goesOnHere: (when: string) =>
      `Handed off to be trained elsewhere, ${when}. It goes on here all the same; what comes back from there is a run of its own.`,
  },
  zh: {
    written: (path) => `接力包：${path}`,
    records: (count, tokens) =>
      `其中有 ${count} 条记录，共 ${tokens} 个词元，任何人都能把它们还原成文字。`,
    hashes: '其中没有记录，只有它们的哈希值。',
    next: '包中的 README.md 写有训练命令；训练得到的归档可在工作室打开。',
    waits: (folder) => `本训练标为已交出并等待，也仍可在这里继续：medcare resume ${folder}`,
    goesOnHere: (when) =>
      `已交出，在别处训练，${when}。它仍在这里继续；从那里回来的结果是单独的一次训练。`,
  },
});

export const doctorWords = inLanguages({
  en: {
    line: (about: string, value: string) => `${about}: ${value}`,
    adapter: 'adapter',
    kind: 'kind',
    software: 'software, on the processor',
    gpu: 'GPU',
    half: 'float16 products (shader-f16)',
    subgroups: 'subgroups',
    buffer: 'largest buffer',
    binding: 'largest binding',
    yes: 'yes',
    no: 'no',
    testing: 'Testing every kernel of training and answering …',
    right: (count: string) => `${count} kernels give the known results.`,
    wrong: (names: string) => `Kernels with wrong results: ${names}`,
    plainer: 'Plainer kernels take their place.',
    useless: 'The plainest kernels are wrong, too: this device cannot be used.',
    halfOnNvidia:
      'Dawn leaves float16 out on NVIDIA under Linux. To use it, run the command with MEDCARE_DAWN_FEATURES=vulkan_enable_f16_on_nvidia; medcare doctor then tests its kernels, too. Everything works without it, only slower.',
    none: 'A software adapter computes on the processor. With a GPU in this computer, check that its Vulkan driver is installed (vulkaninfo --summary) and that VK_ICD_FILENAMES names no other one.',
  },
  zh: {
    line: (about, value) => `${about}：${value}`,
    adapter: '适配器',
    kind: '类型',
    software: '软件，用处理器计算',
    gpu: 'GPU',
    half: 'float16 乘法（shader-f16）',
    subgroups: '子组',
    buffer: '最大缓冲区',
    binding: '最大绑定',
    yes: '有',
    no: '无',
    testing: '正在检验训练和回答所用的每个内核……',
    right: (count) => `${count} 个内核给出了已知的结果。`,
    wrong: (names) => `结果有误的内核：${names}`,
    plainer: '由更简单的内核代替。',
    useless: '最简单的内核也有误：不能使用本设备。',
    halfOnNvidia:
      '在 Linux 的 NVIDIA 上，Dawn 默认不提供 float16。若要使用，请在命令前加上 MEDCARE_DAWN_FEATURES=vulkan_enable_f16_on_nvidia；medcare doctor 会一并检验它的内核。没有它一切照常，只是更慢。',
    none: '软件适配器用处理器计算。若本机有 GPU，请检查是否已安装其 Vulkan 驱动（vulkaninfo --summary），以及 VK_ICD_FILENAMES 是否指向了别的驱动。',
  },
});

export const inspectWords = inLanguages({
  en: {
    run: 'run',
    state: 'state',
    recipe: 'recipe',
    base: 'base model',
    device: 'device',
    data: 'data',
    stages: 'stages',
    stage: (name: string, done: string, steps: string) => `${name}: ${done} of ${steps} steps`,
    states: 'model states',
    goes: 'goes on at',
    handedOff: (when: string) => `handed off, ${when}`,
    line: (about: string, value: string) => `${about}: ${value}`,
    list: (parts: readonly string[]) => parts.join('; '),
    set: (name: string, kind: string, records: string) => `${name} (${kind}, ${records})`,
    with: (state: string, branches: string) => `${state} (with ${branches})`,
    place: (stage: number, step: string) => `stage ${stage}, step ${step}`,
    losses: 'validation loss',
    task: 'task',
    score: 'score',
    questions: 'questions',
  },
  zh: {
    run: '训练',
    state: '状态',
    recipe: '配方',
    base: '基座模型',
    device: '设备',
    data: '数据',
    stages: '阶段',
    stage: (name, done, steps) => `${name}：${done}/${steps} 步`,
    states: '模型状态',
    goes: '继续于',
    handedOff: (when) => `已交出，${when}`,
    line: (about, value) => `${about}：${value}`,
    list: (parts) => parts.join('；'),
    set: (name, kind, records) => `${name}（${kind}，${records}）`,
    with: (state, branches) => `${state}（带 ${branches}）`,
    place: (stage, step) => `阶段 ${stage}，第 ${step} 步`,
    losses: '验证损失',
    task: '任务',
    score: '得分',
    questions: '题数',
  },
});

export const useWords = inLanguages({
  en: {
    you: 'You: ',
    begin: 'Ask something; an empty line or Ctrl+D ends.',
    end: (reason: string) => `(the answer ended by: ${reason})`,
    asked: (done: string, total: string) => `${done} of ${total} questions`,
    left: (file: string, count: string) =>
      `${file}: ${count} rows are no questions and were left out`,
    average: (kind: string) => `mean, ${kind}`,
    chance: 'chance',
    written: (count: string, folder: string) => `${count} files written to ${folder}`,
    writing: (share: string) => `writing: ${share}`,
  },
  zh: {
    you: '你：',
    begin: '请提问；输入空行或按 Ctrl+D 结束。',
    end: (reason) => `（回答因此结束：${reason}）`,
    asked: (done, total) => `已问 ${done}/${total} 题`,
    left: (file, count) => `${file}：有 ${count} 行不是题目，已略去`,
    average: (kind) => `平均，${kind}`,
    chance: '随机猜测',
    written: (count, folder) => `已把 ${count} 个文件写入 ${folder}`,
    writing: (share) => `正在写入：${share}`,
  },
});

export const identifierWords = inLanguages({
  en: {
    set: (name: string, records: string, withAny: string) =>
      `${name}: ${withAny} of ${records} records hold identifiers`,
    searched: (name: string, done: string, total: string) =>
      `${name}: ${done} of ${total} records searched`,
    kind: 'kind',
    found: 'found',
    unsure: 'unsure',
    written: (path: string) => `${path} written`,
  },
  zh: {
    set: (name, records, withAny) => `${name}：${records} 条记录中有 ${withAny} 条含有身份信息`,
    searched: (name, done, total) => `${name}：已查找 ${done}/${total} 条记录`,
    kind: '类别',
    found: '找到',
    unsure: '不确定',
    written: (path) => `已写出 ${path}`,
  },
});
