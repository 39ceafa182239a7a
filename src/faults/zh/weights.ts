/** Faults of safetensors files, of the weights of a folder, and of branches, in Chinese. */
import type { WeightFaults } from '../catalogue/weights.ts';
import type { OfFile } from '../catalogue/shapes.ts';
import type { Sentences, Words } from '../words.ts';

const again = '该文件不完整、已损坏，或与其名称不符，请重新获取。';
const mergedInstead = '请改为导出合并后的模型；它包含所有分支。';
const programFault = '这是写入程序的错误，与你的数据无关，请报告。';
const sameModel = '请使用同一模型的 config.json 和权重。';

const notValid =
  (what: string) =>
  (d: OfFile): Sentences => [`${d.file} 不是有效的 safetensors 文件：${what}。`, again];

export const weights = {
  'safetensors-truncated': notValid('文件被截断'),
  'safetensors-header-length': notValid('文件头长度无效'),
  'safetensors-header-start': notValid('文件头不以“{”开头'),
  'safetensors-header-utf8': notValid('文件头不是 UTF-8'),
  'safetensors-metadata': notValid('元数据无效'),
  'safetensors-entry': notValid('某个张量的条目无效'),
  'safetensors-dtype': notValid('某个张量的数据类型未知'),
  'safetensors-shape': notValid('某个张量的形状无效'),
  'safetensors-offsets': notValid('某个张量的位置无效'),
  'safetensors-size': notValid('某个张量的字节数与形状不符'),
  'safetensors-tiling': notValid('张量之间有空隙或重叠'),
  'safetensors-integer-range': notValid('其中的整数过大'),
  'safetensors-not-float': (d) => [
    `${d.file} 中有张量以 ${d.dtype} 存储；可读取的权重为 F32、F16 和 BF16。`,
    '请先把权重转换为 bfloat16、float16 或 float32。',
  ],
  'safetensors-not-integer': (d) => [
    `${d.file} 中有张量以 ${d.dtype} 存储，而这里应为整数。`,
    '请检查是否选对了文件。',
  ],
  'safetensors-write-name': (d) => [`张量“${d.tensor}”的名称无法写入。`, programFault],
  'safetensors-write-shape': (d) => [`张量“${d.tensor}”的形状无法写入。`, programFault],
  'safetensors-write-dtype': (d) => [`张量“${d.tensor}”的数据类型无法写入。`, programFault],
  'safetensors-write-length': (d) => [`张量“${d.tensor}”的长度不符。`, programFault],
  'weights-ambiguous': () => ['拖入的文件包含不止一个模型。', '请拖入一个模型的文件夹。'],
  'weights-pickle': (d) => [
    `权重在 ${d.file} 中，这种格式打开时可能执行代码，因此不予读取。`,
    '请使用带 safetensors 的版本；或在装有 Python 的电脑上用 AutoModelForCausalLM.from_pretrained("文件夹").save_pretrained("新文件夹") 转换，再拖入新文件夹。',
  ],
  'weights-index-missing': (d) => [
    `有权重分片（${d.file}），但缺少说明哪些分片同属一个模型的 model.safetensors.index.json。`,
    '请按下载时的原样拖入整个模型文件夹，包括索引和全部分片。',
  ],
  'weights-unnamed': (d) => [
    `不读取 ${d.file} 中的权重：模型的权重应在 model.safetensors 中，或在带 model.safetensors.index.json 的分片中。`,
    '请使用 transformers 布局的模型；若该文件就是这种布局，请把它改名为 model.safetensors。',
  ],
  'weights-missing': () => [
    '文件中没有 model.safetensors，也没有 model.safetensors.index.json。',
    '请按下载时的原样拖入整个模型文件夹。',
  ],
  'weights-shard-missing': (d) => [
    `索引提到的 ${d.shard} 不在文件夹中。`,
    '请拖入含全部分片的文件夹，或补全缺少的分片。',
  ],
  'weights-shard-path': () => [
    'model.safetensors.index.json 提到的分片不是文件夹内的 safetensors 文件。',
    '请勿使用此文件夹：其中的索引指向文件夹之外。',
  ],
  'weights-index-disagrees': (d) => [
    `分片与索引对“${d.tensor}”的记载不一致。`,
    '请重新获取该文件夹；其中的文件来自不同版本。',
  ],
  'weights-index': () => ['model.safetensors.index.json 无法使用。', '请重新获取索引文件。'],
  'weights-adapter-alone': (d) => [
    `这是${d.base === '' ? '一个没有写明基座模型的' : `“${d.base}”的`} PEFT 适配器（${d.kind}），不是完整的模型：其中只有训练改变的部分，没有被改变的权重。`,
    '若要从头训练，请先添加基座模型：拖入其文件夹，或在“模型”页按名称查询。若要使用该 PEFT 适配器学到的内容，请在装有 Python 的电脑上将两者合并：PeftModel.from_pretrained(base, "文件夹").merge_and_unload().save_pretrained("merged")，把分词器文件也复制进去，再拖入文件夹“merged”。',
  ],
  'weights-adapter-inside': (d) => [
    `权重中有尚未合并的 PEFT 适配器（“${d.tensor}”）。`,
    '请在训练它的环境中合并后重新保存：在 PEFT 中使用 model.merge_and_unload().save_pretrained(文件夹)，再拖入该文件夹。',
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
  'tensor-missing': (d) => [
    d.file !== undefined ? `${d.file} 中没有张量“${d.tensor}”。` : `权重中缺少张量 ${d.tensor}。`,
    '请拖入完整的文件夹，包括模型的每个 safetensors 文件，并确认权重与配置相符。',
  ],
  'tensor-shape': (d) => [
    `${d.tensor} 的形状是 [${d.shape}]，而 config.json 要求 [${d.expected}]。`,
    sameModel,
  ],
  'head-missing': () => [
    '权重中缺少 lm_head.weight，而 config.json 说明输出层不是嵌入层的副本。',
    '若此模型的输出层与嵌入层共用权重，请在 config.json 中把 "tie_word_embeddings" 设为 true。分类模型和文本编码模型没有输出层；请使用它们训练时所基于的模型。',
  ],
  'branch-missing': (d) => [
    `缺少分支参数 ${d.parameter}。`,
    '请使用按此配方在此模型上训练出的分支。',
  ],
  'branch-shape': (d) => [
    `分支参数 ${d.parameter} 的形状不符。`,
    '请使用按此配方在此模型上训练出的分支。',
  ],
  'peft-empty': () => ['没有可导出的分支。', mergedInstead],
  'peft-shape': () => ['某个分支的形状不对。', mergedInstead],
  'peft-scale': () => ['某个分支的缩放系数无效。', mergedInstead],
} satisfies Words<WeightFaults>;
