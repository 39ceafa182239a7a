/** Faults of chat templates, tokenizers and of finding answers in a rendered conversation, in Chinese. */
import { grouped } from '../amounts.ts';
import type { TemplateLimit, TemplateReason, TextFaults } from '../catalogue/text.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const limits = {
  elements: ({ most }) => `它生成的列表超过 ${grouped(most)} 个元素`,
  characters: ({ most }) => `它生成的文本超过 ${grouped(most)} 个字符`,
  depth: ({ most }) => `它的值嵌套超过 ${grouped(most)} 层`,
  steps: ({ most }) => `它执行了超过 ${grouped(most)} 步`,
  seconds: ({ most }) => `它运行了超过 ${most} 秒`,
  width: ({ name, most }) => `它要求 ${name} 的宽度超过 ${grouped(most)}`,
  range: ({ most }) => `它要求的 range 超过 ${grouped(most)} 个数`,
} satisfies ReasonWords<TemplateLimit>;

const failures = {
  'method-uncalled': () => '对话模板提到了一个方法，却没有调用它。',
  'method-computed': () => '对话模板用计算得出的名称来调用方法。',
  spread: () => '对话模板在不允许的位置展开参数。',
  failed: ({ detail }) => `对话模板执行失败：${detail}。`,
} satisfies ReasonWords<TemplateReason>;

const otherTemplate = '请改用内置模板“chatml”或“plain”，而不是模型自带的模板。';
const ownTokenizer =
  '请使用模型自带的 tokenizer.json 和 tokenizer_config.json；如果没有，请用 transformers 的 AutoTokenizer 重新保存。';

export const text = {
  'template-limit': (d) => [`对话模板已被中止：${reasonWords(limits, d)}。`, otherTemplate],
  'template-too-long': (d) => [
    `对话模板有 ${grouped(d.length)} 个字符，或有连续 2000 个空白；最多读取 ${grouped(d.most)} 个字符。`,
    otherTemplate,
  ],
  'template-syntax': (d) => [`对话模板无法解析：${d.detail}。`, otherTemplate],
  'template-failed': (d) => [reasonWords(failures, d), otherTemplate],
  'template-raised': (d) => [
    `对话模板拒绝了这段对话，原话是：“${d.reason}”。`,
    '请去掉它所指出的内容（例如系统提示），或改用内置模板“chatml”或“plain”。',
  ],
  'template-missing': () => ['此模型没有自带的对话模板。', otherTemplate],
  'template-input-too-long': (d) => [
    `有一段对话长 ${grouped(d.length)} 个字符；最多渲染 ${grouped(d.most)} 个。`,
    '请拆分该对话，或不使用它。',
  ],
  'template-tokens-missing': (d) => [
    `分词器没有模板“${d.choice}”用来结束一轮的词元（${d.missing.join('、')}）。`,
    `请选择模板“${d.other}”，或模型自带的模板。`,
  ],
  'answer-not-located': (d) => [
    `在此对话模板渲染出的文本中，无法把第 ${grouped(d.turn + 1)} 个回答与其余部分分开。`,
    otherTemplate,
  ],
  'answer-turns': (d) => [
    `对话有 ${grouped(d.turns)} 轮，而此对话模板对各个回答的写法不一：逐个定位耗时过长。`,
    '请将对话拆成较短的几段，或选择内置模板“chatml”或“plain”。',
  ],
  'answer-empty': () => [
    '经对话模板渲染后，回答中没有留下任何内容。',
    '请查看该记录：它的回答为空，或只有会被模板去掉的推理过程。',
  ],
  'tokenizer-vocabulary': (d) => [
    d.most === undefined
      ? 'tokenizer.json 没有词表。'
      : `词表中有编号不是小于 ${grouped(d.most)} 的非负整数。`,
    ownTokenizer,
  ],
  'tokenizer-added-tokens': (d) => [
    d.reason === 'no-list'
      ? 'tokenizer.json 的附加词元（added_tokens）不是有效的列表。'
      : 'tokenizer.json 有附加词元（added_tokens）缺少编号或文本。',
    ownTokenizer,
  ],
  'tokenizer-model': () => ['tokenizer.json 没有描述分词模型。', ownTokenizer],
  'tokenizer-unsupported': (d) => [
    'detail' in d
      ? `tokenizer.json 无法使用：${d.detail}`
      : `不支持 tokenizer.json 的分词模型类型（${d.kind || '未写明'}）。`,
    ownTokenizer,
  ],
  'tokenizer-field': (d) => [`tokenizer.json 的字段 ${d.field} 类型不对。`, ownTokenizer],
  'tokenizer-unknown-character': () => ['文本中有此分词器没有对应词元的字符。', ownTokenizer],
  'tokenizer-mismatch': (d) => [
    `分词器的编号到 ${grouped(d.tokenizer - 1)} 为止，而模型的词表大小是 ${grouped(d.model)}。`,
    '请使用同一模型的 tokenizer.json 和权重。',
  ],
  'text-lone-surrogate': () => [
    '文本中有半个字符（孤立的代理码元），任何分词器都不认识。',
    '请删除或修复损坏的字符。',
  ],
  'mapping-passphrase-short': (d) => [
    `口令少于 ${d.least} 个字符。`,
    '请选一个更长的口令，例如四个互不相干的词。',
  ],
  'mapping-passphrase-wrong': () => [
    '对照表打不开：口令不对，或文件被改动过。',
    '请重新输入口令。没有口令，谁也打不开这个文件。',
  ],
  'mapping-unreadable': () => [
    '此文件不是身份信息的对照表，或已损坏。',
    '请选择替换身份信息时保存的文件。',
  ],
  'mapping-not-saved': (d) => [
    `已生成“${d.set}”，但可以找回原文的对照表未能保存：${d.detail}`,
    '请移除生成的数据集，重新替换，并为对照表另选保存位置。',
  ],
} satisfies Words<TextFaults>;
