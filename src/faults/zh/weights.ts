/** Faults of safetensors files, of the weights of a folder, and of branches, in Chinese. */
import { grouped } from '../amounts.ts';
import type {
  DisagreeReason,
  IndexReason,
  OffsetsReason,
  TilingReason,
  WeightFaults,
} from '../catalogue/weights.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';

const INDEX = 'model.safetensors.index.json';

const notValid = (file: string, what: string): Sentences => [
  `${file} 不是有效的 safetensors 文件：${what}。`,
  '该文件不完整、已损坏，或与其名称不符，请重新获取。',
];

const notWritten = (tensor: string, what: string): Sentences => [
  `无法写入张量“${tensor}”：${what}。`,
  '这是写入程序的错误，与你的数据无关，请报告。',
];

const offsets = {
  'no-pair': ({ tensor }) => `张量“${tensor}”的偏移量不是一对非负整数`,
  outside: ({ tensor, first, last }) =>
    `张量“${tensor}”的位置（${grouped(first)} 至 ${grouped(last)}）超出文件范围`,
} satisfies ReasonWords<OffsetsReason & { readonly tensor: string }>;

const tiling = {
  hole: ({ tensor }) => `张量“${tensor}”之前有空隙`,
  overlap: ({ tensor }) => `张量“${tensor}”与前一个张量重叠`,
  rest: ({ bytes }) => `末尾有 ${grouped(bytes)} 字节不属于任何张量`,
} satisfies ReasonWords<TilingReason>;

const disagreement = {
  'two-shards': ({ tensor }) => `张量“${tensor}”同时出现在两个分片中`,
  elsewhere: ({ tensor, shard }) => `${shard} 中有张量“${tensor}”，索引却没有把它列在该分片`,
  'no-shard': ({ tensor }) => `所有分片中都没有张量“${tensor}”`,
} satisfies ReasonWords<DisagreeReason & { readonly tensor: string }>;

const whyNoIndex = {
  'too-large': ({ bytes, most }) => `它有 ${grouped(bytes)} 字节，最多读取 ${grouped(most)} 字节`,
  'not-text': () => '它不是 UTF-8 文本',
  'no-map': () => '其中没有 weight_map',
  'no-name': ({ tensor }) => `其中“${tensor}”对应的分片不是文件名`,
  empty: () => '其中的 weight_map 为空',
  'too-many': ({ count }) => `它列出了 ${grouped(count)} 个分片，超出可读取的数目`,
} satisfies ReasonWords<IndexReason>;

const mergedInstead = '请改为导出合并后的模型；它包含所有分支。';
const trainedHere = '请使用按此配方在此模型上训练出的分支。';
const wholeFolder = '请按下载时的原样拖入整个模型文件夹。';

export const weights = {
  'safetensors-truncated': (d) => notValid(d.file, `文件只有 ${grouped(d.bytes)} 字节`),
  'safetensors-header-length': (d) =>
    notValid(
      d.file,
      d.reason === 'too-long'
        ? `声明的文件头有 ${d.claimed} 字节，最多读取 ${grouped(d.most)} 字节`
        : `声明的文件头有 ${d.claimed} 字节，而文件只有 ${grouped(d.most)} 字节`,
    ),
  'safetensors-header-start': (d) => notValid(d.file, '文件头不以“{”开头'),
  'safetensors-header-utf8': (d) => notValid(d.file, '文件头不是 UTF-8 文本'),
  'safetensors-metadata': (d) =>
    notValid(
      d.file,
      d.reason === 'no-object' ? '__metadata__ 不是对象' : '__metadata__ 中有的值不是字符串',
    ),
  'safetensors-entry': (d) =>
    notValid(
      d.file,
      d.field === ''
        ? `张量“${d.tensor}”的条目不是对象`
        : `张量“${d.tensor}”的条目含有未知字段“${d.field}”`,
    ),
  'safetensors-dtype': (d) =>
    notValid(
      d.file,
      d.dtype === ''
        ? `没有写明张量“${d.tensor}”的数据类型`
        : `张量“${d.tensor}”的数据类型“${d.dtype}”未知`,
    ),
  'safetensors-shape': (d) =>
    notValid(
      d.file,
      d.reason === 'overflow'
        ? `张量“${d.tensor}”的形状过大，元素数溢出`
        : `张量“${d.tensor}”的形状不是最多 ${d.most} 个非负整数的列表`,
    ),
  'safetensors-offsets': (d) => notValid(d.file, reasonWords(offsets, d)),
  'safetensors-size': (d) =>
    notValid(
      d.file,
      `张量“${d.tensor}”有 ${grouped(d.bytes)} 字节，而按其形状应有 ${grouped(d.due)} 字节`,
    ),
  'safetensors-tiling': (d) => notValid(d.file, reasonWords(tiling, d)),
  'safetensors-integer-range': (d) => notValid(d.file, `数值 ${d.value} 超出 32 位整数的范围`),
  'safetensors-not-float': (d) => [
    `${d.file} 中有张量以 ${d.dtype} 存储；可读取的权重为 F32、F16 和 BF16。`,
    '请先把权重转换为 bfloat16、float16 或 float32。',
  ],
  'safetensors-not-integer': (d) => [
    `${d.file} 中有张量以 ${d.dtype} 存储，而这里应为整数。`,
    '请检查是否选对了文件。',
  ],
  'safetensors-write-name': (d) =>
    notWritten(d.tensor, d.reason === 'reserved' ? '该名称为保留名称' : '该名称出现了两次'),
  'safetensors-write-shape': (d) =>
    notWritten(
      d.tensor,
      d.reason === 'no-counts' ? '其形状不是非负整数的列表' : '其形状过大，元素数溢出',
    ),
  'safetensors-write-dtype': (d) => notWritten(d.tensor, `其数值不是 ${d.dtype} 类型`),
  'safetensors-write-length': (d) =>
    notWritten(d.tensor, `收到 ${grouped(d.came)} 个数值，应有 ${grouped(d.due)} 个`),
  'weights-ambiguous': (d) => [
    `拖入的文件包含不止一个模型：“${d.first}”和“${d.second}”。`,
    '请拖入一个模型的文件夹。',
  ],
  'weights-pickle': (d) => [
    `权重在 ${d.file} 中，这种格式打开时可能执行代码，因此不予读取。`,
    '请使用带 safetensors 的版本；或在装有 Python 的电脑上用 AutoModelForCausalLM.from_pretrained("文件夹").save_pretrained("新文件夹") 转换，再拖入新文件夹。', // words: Python
  ],
  'weights-index-missing': (d) => [
    `有权重分片（${d.file}），但缺少说明哪些分片同属一个模型的 ${INDEX}。`,
    '请按下载时的原样拖入整个模型文件夹，包括索引和全部分片。',
  ],
  'weights-unnamed': (d) => [
    `不读取 ${d.file} 中的权重：模型的权重应在 model.safetensors 中，或在带 ${INDEX} 的分片中。`,
    '请使用 transformers 布局的模型；若该文件就是这种布局，请把它改名为 model.safetensors。',
  ],
  'weights-missing': (d) => [
    `这 ${grouped(d.count)} 个文件中没有 model.safetensors，也没有 ${INDEX}。`,
    wholeFolder,
  ],
  'weights-shard-missing': (d) => [
    `${INDEX} 列出的 ${d.shard} 不在文件夹中。`,
    '请拖入含全部分片的文件夹，或补全缺少的分片。',
  ],
  'weights-shard-path': (d) => [
    `${INDEX} 列出的“${d.shard}”不是文件夹内的 safetensors 文件。`,
    '请勿使用此文件夹：其中的索引指向文件夹之外。',
  ],
  'weights-index-disagrees': (d) => [
    `分片与 ${INDEX} 不一致：${reasonWords(disagreement, d)}。`,
    '请重新获取该文件夹；其中的文件来自不同版本。',
  ],
  'weights-index': (d) => [
    `${INDEX} 无法使用：${reasonWords(whyNoIndex, d)}。`,
    '请重新获取索引文件。',
  ],
  'weights-adapter-alone': (d) => [
    `这是${d.base === '' ? '一个没有写明基座模型的' : `“${d.base}”的`} PEFT 适配器（${d.kind}），不是完整的模型：其中只有训练改变的部分，没有被改变的权重。`,
    '若要从头训练，请先添加基座模型：拖入其文件夹，或在“模型”页按名称查询。若要使用该 PEFT 适配器学到的内容，请在装有 Python 的电脑上将两者合并：PeftModel.from_pretrained(base, "文件夹").merge_and_unload().save_pretrained("merged")，把分词器文件也复制进去，再拖入文件夹“merged”。',
  ],
  'weights-adapter-inside': (d) => [
    `权重中有尚未合并的 PEFT 适配器（“${d.tensor}”）。`,
    '请在训练它的环境中合并后重新保存：在 PEFT 中使用 model.merge_and_unload().save_pretrained("文件夹")，再拖入该文件夹。',
  ],
  'weights-names': (d) => [
    `权重中 ${d.tensor} 出现了两次：“${d.one}”和“${d.other}”。`,
    '请用 transformers 的 save_pretrained 重新保存模型，再拖入该文件夹。',
  ],
  'weights-quantised': (d) => [
    `权重已量化（${d.method}），因此无法读取 ${d.tensor}。`,
    '请使用量化前的原模型（f32、f16 或 bf16）：工作室可按你的选择以 8 位或 4 位存放。该模型的 GGUF 文件则可直接读取。',
  ],
  'weights-range': (d) => [
    `${d.tensor} 含有 16 位无法表示的权重（超出 65,504，或不是数）。`,
    '请以 float32 加载此模型，或检查文件是否完整。',
  ],
  'tensor-missing': (d) =>
    d.file === undefined
      ? [`权重中缺少张量 ${d.tensor}。`, '请拖入完整的文件夹，包括模型的每个 safetensors 文件。']
      : [`${d.file} 中没有张量“${d.tensor}”。`, '请确认权重与此配置相符，且没有缺少文件。'],
  'tensor-shape': (d) => [
    `${d.tensor} 的形状是 [${d.shape}]，而 config.json 要求 [${d.expected}]。`,
    '请使用同一模型的 config.json 和权重。',
  ],
  'head-missing': () => [
    '权重中缺少 lm_head.weight，而 config.json 说明输出层不是嵌入层的副本。',
    '若此模型的输出层与嵌入层共用权重，请在 config.json 中把 "tie_word_embeddings" 设为 true。分类模型和文本编码模型没有输出层；请使用它们训练时所基于的模型。',
  ],
  'branch-missing': (d) => [`缺少分支参数 ${d.parameter}。`, trainedHere],
  'branch-shape': (d) => [
    `分支参数 ${d.parameter} 的形状是 [${d.shape}]，与配方和模型不符。`,
    trainedHere,
  ],
  'peft-empty': () => ['没有可导出的分支。', mergedInstead],
  'peft-shape': (d) => [`第 ${d.layer} 层 ${d.module} 上的分支形状不对。`, mergedInstead],
  'peft-scale': (d) => [
    `第 ${d.layer} 层 ${d.module} 上的分支缩放系数为 ${d.scale}，无法导出。`,
    mergedInstead,
  ],
} satisfies Words<WeightFaults>;
