/** Words of the Model page in both languages: models, facts, memory, storage. */
import { inLanguages } from '../../studio/language.ts';
import { architectureNames } from '../../studio/models/architectures.ts';
import type { FileCheck, MemoryReport, TemplateChoice } from '../../contract/models.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

/** The architectures that can be run, by the names that config.json has for them. */
const listed = (last: string, between = ', '): string =>
  [architectureNames.slice(0, -1).join(between), ...architectureNames.slice(-1)].join(last);

export const modelText = inLanguages({
  en: {
    title: 'Model',
    lead: `The base model to train and to compare with. Two come with the studio; you can add any ${listed(' or ')} model.`,
    next: 'Continue to training',
    loading: 'models',
    none: 'No models yet',
    dropFolder:
      'Drop the folder of a Hugging Face model anywhere: config.json, tokenizer.json and its safetensors files.',
    models: 'Models',
    count: (n: number) => formatCount(n, 'model'),
    columns: {
      name: 'Name',
      architecture: 'Architecture',
      parameters: 'Parameters',
      size: 'Size',
      context: 'Context',
      from: 'From',
      template: 'Chat template',
    },
    missing: 'missing',
    aside: 'set aside',
    templates: {
      model: 'the model’s own',
      chatml: 'ChatML',
      plain: 'plain',
    } satisfies Record<TemplateChoice, string>,
    fromStudio: 'the studio',
    fromFiles: 'your files',
    fromHub: (name: string, file: string, host: string) =>
      `${name}${file === '' ? '' : `, ${file}`} on ${host}`,
    useChatMl: 'Use the ChatML template',
    usePlain: 'Use the plain template',
  },
  zh: {
    title: '模型',
    lead: `用于训练和对比的基座模型。工作室自带两个，也可添加任何 ${listed(' 或 ', '、')} 模型。`,
    next: '继续到训练',
    loading: '模型',
    none: '还没有模型',
    dropFolder:
      '把 Hugging Face 模型的文件夹拖到页面任意位置：config.json、tokenizer.json 和 safetensors 文件。',
    models: '模型',
    count: (n) => `${formatInteger(n)} 个模型`,
    columns: {
      name: '名称',
      architecture: '架构',
      parameters: '参数量',
      size: '大小',
      context: '上下文',
      from: '来源',
      template: '对话模板',
    },
    missing: '缺少',
    aside: '已搁置',
    templates: { model: '模型自带', chatml: 'ChatML', plain: '纯文本' },
    fromStudio: '工作室自带',
    fromFiles: '你的文件',
    fromHub: (name, file, host) => `${host} 上的 ${name}${file === '' ? '' : `，${file}`}`,
    useChatMl: '使用 ChatML 模板',
    usePlain: '使用纯文本模板',
  },
});

export const addText = inLanguages({
  en: {
    title: 'Add a model',
    computer: 'From this computer',
    drop: 'Drop a model anywhere: the folder of a Hugging Face model (config.json, tokenizer.json and its safetensors files), or one .gguf file.',
    storing: 'Checking and storing the model',
    stays: 'Files stay in this browser; nothing is sent.',
    folderLabel: 'Choose a model folder',
    folder: 'Choose a folder',
    gguf: 'Choose a GGUF file',
    busy: 'Another import is under way.',
  },
  zh: {
    title: '添加模型',
    computer: '来自本机',
    drop: '把模型拖到页面任意位置：Hugging Face 模型文件夹（config.json、tokenizer.json 和 safetensors 文件），或一个 .gguf 文件。',
    storing: '正在检查并存储模型',
    stays: '文件留在本浏览器中，不会发送任何内容。',
    folderLabel: '选择模型文件夹',
    folder: '选择文件夹',
    gguf: '选择 GGUF 文件',
    busy: '另一项导入正在进行。',
  },
});

export const factsText = inLanguages({
  en: {
    templates: {
      own: 'The model’s own',
      none: 'None: choose one',
      chatml: 'ChatML (<|im_start|>user …)',
      plain: 'Plain text (question, blank line, answer)',
    },
    parameters: 'Parameters',
    fileSize: 'File size',
    layers: 'Layers',
    hidden: 'Hidden size',
    heads: 'Query heads',
    keyValueHeads: 'Key-value heads',
    feedForward: 'Feed-forward size',
    vocabulary: 'Vocabulary',
    context: 'Context length',
    tokens: (n: number) => formatCount(n, 'token'),
    licence: 'Licence',
    notStated: 'not stated',
    noTemplate: 'This model comes without a chat template.',
    needsTemplate:
      'Training, chat and export need one, and all use the same. ChatML suits models whose vocabulary has <|im_start|>; plain text works with any.',
    template: 'Chat template',
    templateHelp:
      'How turns of a conversation become one text. The same template is used for training, chat and export.',
    severalTemplates: (taken: string, others: readonly string[]) =>
      `The model comes with ${formatInteger(others.length + 1)} templates. The one for conversations is used: “${taken}”; not used: ${others.map((name) => `“${name}”`).join(', ')}.`,
  },
  zh: {
    templates: {
      own: '模型自带',
      none: '无：请选择一个',
      chatml: 'ChatML（<|im_start|>user …）',
      plain: '纯文本（问题、空行、回答）',
    },
    parameters: '参数量',
    fileSize: '文件大小',
    layers: '层数',
    hidden: '隐藏维度',
    heads: '查询头',
    keyValueHeads: '键值头',
    feedForward: '前馈维度',
    vocabulary: '词表',
    context: '上下文长度',
    tokens: (n) => `${formatInteger(n)} 个词元`,
    licence: '许可证',
    notStated: '未注明',
    noTemplate: '此模型没有自带对话模板。',
    needsTemplate:
      '训练、对话和导出都需要模板，且必须是同一个。词表中有 <|im_start|> 的模型适合 ChatML；纯文本适合任何模型。',
    template: '对话模板',
    templateHelp: '各轮对话如何拼接成一段文本。训练、对话和导出使用同一个模板。',
    severalTemplates: (taken, others) =>
      `模型自带 ${formatInteger(others.length + 1)} 个模板。使用其中用于对话的“${taken}”；未使用：${others.map((name) => `“${name}”`).join('、')}。`,
  },
});

export const asideText = inLanguages({
  en: {
    title: (name: string) => `${name} is set aside: the studio does not wait for it again.`,
    remedy:
      'Choose another model, try this one again with other texts or another chat template, or remove it.',
    tryAgain: 'Try the model again',
    toModels: 'To the models',
  },
  zh: {
    title: (name) => `${name} 已搁置，不再阻塞任何操作。`,
    remedy: '请选择其他模型；也可以换用其他文本或对话模板后重试此模型，或将它删除。',
    tryAgain: '重试此模型',
    toModels: '前往模型页',
  },
});

type Role = keyof MemoryReport['stages'][number]['bytes'];

export const planText = inLanguages({
  en: {
    title: 'Memory on the GPU',
    recipe: (name: string) => `recipe “${name}”`,
    loading: 'memory plan',
    roles: {
      weights: 'Base weights',
      branches: 'Branches',
      gradients: 'Gradients',
      moments: 'Optimiser moments',
      activations: 'Activations',
      cache: 'Key-value cache',
      inputs: 'Inputs',
      results: 'Results',
      uniforms: 'Kernel parameters',
      readback: 'Read-back',
    } satisfies Record<Role, string>,
    item: 'Item',
    tooLarge: 'This recipe does not fit this device.',
    fits: (peak: string) => `Within the device’s limits. Peak ${peak}.`,
    caption: 'Planned bytes by item and stage',
    total: 'Total',
    binding: 'Largest binding',
    bindingOf: (bytes: string, name: string, allowed: string) =>
      `${bytes} (${name}) of ${allowed} allowed`,
    buffer: 'Largest buffer allowed',
    trainable: 'Trainable parameters',
    dispatches: 'Dispatches per micro-batch',
    then: ', then ',
    note: 'WebGPU does not say how much memory a device has. The first step, on the longest records, shows whether the peak fits.',
    software: 'A software adapter uses the main memory of this computer.',
    spare: (bytes: string) => `${bytes} of the budget is unused.`,
    spareOffer: (peak: string) =>
      `If all activations are kept instead of computed again, steps are faster and the losses stay the same. The peak becomes ${peak}.`,
    spareBatch: (tokens: number, peak: string) =>
      `If a step works on ${formatInteger(tokens)} tokens at once, it makes better use of a GPU and the losses stay the same. The peak becomes ${peak}.`,
    spareApply: 'Use this memory',
    spareDone: 'The recipe was changed.',
  },
  zh: {
    title: 'GPU 显存',
    recipe: (name) => `配方“${name}”`,
    loading: '显存规划',
    roles: {
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
    item: '项目',
    tooLarge: '此配方超出本设备的限制。',
    fits: (peak) => `在设备限制之内。峰值 ${peak}。`,
    caption: '各阶段各项目的规划字节数',
    total: '合计',
    binding: '最大绑定',
    bindingOf: (bytes, name, allowed) => `${bytes}（${name}），上限 ${allowed}`,
    buffer: '允许的最大缓冲区',
    trainable: '可训练参数',
    dispatches: '每个微批的调度次数',
    then: '，随后 ',
    note: 'WebGPU 不告知设备有多少显存；第一步会使用最长的记录，届时即可看出显存能否容纳峰值。',
    software: '软件适配器使用本机内存。',
    spare: (bytes) => `预算中有 ${bytes} 未使用。`,
    spareOffer: (peak) => `若保留全部激活而不重算，每步更快，损失不变；峰值变为 ${peak}。`,
    spareBatch: (tokens, peak) =>
      `若一次处理 ${formatInteger(tokens)} 个词元，GPU 利用更充分，损失不变；峰值变为 ${peak}。`,
    spareApply: '用上这些空间',
    spareDone: '配方已更改。',
  },
});

export const storedText = inLanguages({
  en: {
    title: 'Stored in this browser',
    aside: 'models that you dropped or downloaded',
    loading: 'storage',
    none: 'No models are stored',
    noneHelp: 'The built-in models come with the studio and take no room here.',
    caption: 'What is stored in this browser',
    columns: {
      model: 'Model',
      from: 'From',
      licence: 'Licence',
      stored: 'Stored',
      files: 'Files',
      delete: 'Delete',
    },
    commit: (commit: string) => `Commit ${commit}`,
    deleteModel: (name: string) => `Delete ${name}`,
    asks: (name: string) => `Delete ${name}?`,
    frees: (bytes: string) => `Frees ${bytes} in this browser.`,
    basedOn: (runs: number, unfinished: number) =>
      runs === 1
        ? `1${unfinished === 0 ? '' : ' unfinished'} run is based on it. The run keeps its curves but can no longer be resumed, chatted with or exported.`
        : `${formatInteger(runs)} runs${
            unfinished === 0 ? '' : ` (${formatInteger(unfinished)} of them unfinished)`
          } are based on it. They keep their curves but can no longer be resumed, chatted with or exported.`,
    again: 'It can be downloaded again as long as the hub has it.',
    ownFiles: 'Your own files stay.',
    confirm: 'Delete model',
    deleted: (name: string) => `${name} was deleted.`,
    reading: (share: string) => (share === '' ? 'reading…' : `reading ${share}`),
    stop: 'Stop',
    files: (n: number) => formatCount(n, 'file'),
    allGood: (n: number) => `all ${formatCount(n, 'file')} good`,
    states: { good: 'good', damaged: 'damaged', missing: 'missing' } satisfies Record<
      FileCheck['state'],
      string
    >,
    bringAgain: 'Delete it and add it again.',
    verify: 'Verify',
    verifyModel: (name: string) => `Verify ${name}`,
    used: (usage: string, quota: string) =>
      `${usage} of ${quota} used in this browser, data and runs included.`,
    persistent: 'The browser keeps it until you delete it.',
    mayClear: 'The browser may clear it when the disk is nearly full.',
    notKnown: 'This browser does not say how much storage is used.',
  },
  zh: {
    title: '存储在本浏览器中',
    aside: '拖入或下载的模型',
    loading: '存储',
    none: '没有存储的模型',
    noneHelp: '内置模型随工作室提供，不占这里的空间。',
    caption: '本浏览器中存储的内容',
    columns: {
      model: '模型',
      from: '来源',
      licence: '许可证',
      stored: '占用',
      files: '文件',
      delete: '删除',
    },
    commit: (commit) => `提交 ${commit}`,
    deleteModel: (name) => `删除 ${name}`,
    asks: (name) => `删除 ${name}？`,
    frees: (bytes) => `释放本浏览器中的 ${bytes}。`,
    basedOn: (runs, unfinished) =>
      `有 ${formatInteger(runs)} 次训练以它为基座${
        unfinished === 0 ? '' : `（其中 ${formatInteger(unfinished)} 次尚未结束）`
      }：它们的曲线会保留，但不能再用于对话、继续训练或导出。`,
    again: '只要模型库还有，就可以重新下载。',
    ownFiles: '你自己的文件不受影响。',
    confirm: '删除模型',
    deleted: (name) => `${name} 已删除。`,
    reading: (share) => (share === '' ? '正在读取…' : `正在读取 ${share}`),
    stop: '停止',
    files: (n) => `${formatInteger(n)} 个文件`,
    allGood: (n) => `${formatInteger(n)} 个文件全部完好`,
    states: { good: '完好', damaged: '已损坏', missing: '缺失' },
    bringAgain: '请删除后重新添加。',
    verify: '校验',
    verifyModel: (name) => `校验 ${name}`,
    used: (usage, quota) => `本浏览器已用 ${usage}，共 ${quota}，含数据和训练。`,
    persistent: '浏览器会保留到你删除为止。',
    mayClear: '磁盘将满时，浏览器可能清除它。',
    notKnown: '无法得知本浏览器用了多少存储空间。',
  },
});
