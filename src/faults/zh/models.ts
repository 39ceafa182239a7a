/** Faults of what a model folder says of its model, and of using that model, in Chinese. */
import { grouped, sizeInChinese } from '../amounts.ts';
import type { ConfigObstacle, ConfigReason, ModelFaults } from '../catalogue/models.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';
import { listed } from './punctuation.ts';
import { schemaReasons } from './schema.ts';

const originalConfig = '请使用原模型文件夹中未经改动的 config.json。';

const whatCannotRun = {
  'head-size': ({ size }) => `头维度为 ${size}`,
  activation: ({ activation }) => `激活函数“${activation}”`,
  field: ({ field, value }) => `${field} 为 ${value}`,
  'layer-type': ({ type }) => `类型为“${type}”的层`,
  'rope-by-layer': () => '各层之间不同的旋转位置',
  'rotated-part': ({ part }) => `每个头只有 ${part} 的部分参与旋转`,
  'rope-untyped': ({ factor }) => `系数为 ${factor} 但没有写明类型的 rope_scaling`,
  'rope-dynamic': ({ original }) => `自第 ${original} 个位置起为“dynamic”类型的旋转位置缩放`,
  'rope-type': ({ type }) => `类型为“${type}”的旋转位置缩放`,
} satisfies ReasonWords<ConfigObstacle>;

const supportedRopes = '支持 default、linear、llama3，以及原始上下文之内的 longrope。';

const whatToTake = {
  'head-size': () => '头维度必须是偶数且不超过 256。',
  activation: () => '请使用前馈层为 SiLU 门控的模型；Gemma 3 则须为 GELU（tanh）门控。',
  field: () => '请使用没有这项设置的模型。',
  'layer-type': () => '请使用所有层均为全注意力的模型。',
  'rope-by-layer': () => supportedRopes,
  'rotated-part': () => '请使用整个头都参与旋转的模型。',
  'rope-untyped': () =>
    '请按模型训练时的方式，在 config.json 的 rope_scaling 中加上 "rope_type"："linear"、"llama3"，或表示不缩放的 "default"。',
  'rope-dynamic': ({ original }) =>
    `请把 config.json 中的 max_position_embeddings 设为 ${original}：在此之内没有任何缩放。`,
  'rope-type': ({ type }) =>
    type === 'yarn'
      ? `${supportedRopes}若 rope_scaling 是为处理长文本而手动添加的（如 Qwen 的做法），请从 config.json 中删去；若模型训练时就用了它，则不能在此使用。`
      : supportedRopes,
} satisfies ReasonWords<ConfigObstacle>;

const whyInvalid = {
  'no-type': () => '其中没有 model_type',
  'key-value-heads': ({ keyValueHeads, heads }) =>
    `${keyValueHeads} 个键值头不能整除 ${heads} 个头`,
  heads: ({ heads, hiddenSize }) => `${heads} 个头不能整除隐藏维度 ${hiddenSize}`,
  'layer-types': ({ entries, layers }) => `layer_types 有 ${entries} 项，而模型有 ${layers} 层`,
  'no-window': () => 'layer_types 列出了滑动窗口层，但没有启用窗口',
  'no-sliding-window': () => '其中有局部注意力层，但没有 sliding_window',
  'linear-factor': () => '其 linear 旋转位置缩放缺少系数',
  'llama3-factor': () => '其 llama3 旋转位置缩放缺少系数',
  'longrope-factors': ({ factors, headSize }) =>
    `其 longrope 旋转位置缩放有 ${factors} 个短程系数，与头维度 ${headSize} 不符`,
  'rope-parameters': () => '其 rope_parameters 不是旋转位置的设置',
  ...schemaReasons,
} satisfies ReasonWords<ConfigReason>;

export const models = {
  'config-unsupported': (d) => [
    `config.json 描述的模型无法在此运行：${reasonWords(whatCannotRun, d)}。`,
    reasonWords(whatToTake, d),
  ],
  'config-invalid': (d) => [
    `config.json 不是可用的模型描述：${'field' in d && d.field !== '' ? `${d.field} ` : ''}${reasonWords(whyInvalid, d)}。`,
    originalConfig,
  ],
  'config-nested': (d) => [
    `这是${d.type === '' ? '一个' : `类型为“${d.type}”的`}多模态模型，除文本外还接受图像或声音等输入：其文本模型${
      d.inner === '' ? '' : `（“${d.inner}”）`
    }只是其中一部分，位于 config.json 的“${d.field}”之下。`,
    d.runs
      ? `请单独使用其文本模型：发布者通常另有一个（不含图像的 ${d.inner}）；或在 Python 中用 save_pretrained 保存负责生成文本的部分（model.language_model 及其输出层），再拖入该文件夹。`
      : `请使用只处理文本、且为以下类型之一的模型：${listed(d.supported)}。`,
  ],
  'architecture-unknown': (d) => [
    `不支持架构“${d.architecture}”。`,
    `请使用以下类型之一的模型：${listed(d.supported)}。`,
  ],
  'model-file-missing': (d) =>
    d.place === 'folder'
      ? [
          `文件夹中没有 ${d.file}。`,
          d.file === 'tokenizer.json'
            ? '请补上该文件：transformers 的 AutoTokenizer（use_fast=True）用 save_pretrained 可写出一份。'
            : '请按下载时的原样拖入整个模型文件夹。',
        ]
      : [
          `权重旁边没有 ${d.file}。`,
          d.file === 'tokenizer.json'
            ? '请选择 GGUF 文件，或带有 tokenizer.json 的其他副本。'
            : '请选择该模型的其他副本。',
        ],
  'model-file-too-large': (d) => [
    `${d.file} 有 ${sizeInChinese(d.bytes)}；最多读取 ${sizeInChinese(d.most)}。`,
    '请检查是否选对了文件。',
  ],
  'model-paths': () => [
    '拖入的文件不属于同一个文件夹：有路径出现两次（部分系统不区分大小写）或指向文件夹之外。',
    '请拖入一个模型的文件夹。',
  ],
  'prompt-too-long': (d) => [
    `提示有 ${grouped(d.tokens)} 个词元；此模型连同回答最多容纳 ${grouped(d.context)} 个。`,
    '请缩短提示，或开始新的对话。',
  ],
} satisfies Words<ModelFaults>;
