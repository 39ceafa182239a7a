/** Faults of chat templates, tokenizers and of finding answers in a rendered conversation, in Chinese. */
import { grouped } from '../amounts.ts';
import type { TextFaults } from '../catalogue/text.ts';
import type { Words } from '../words.ts';

const otherTemplate = '请改用内置模板“chatml”或“plain”，而不是模型自带的模板。';
const ownTokenizer =
  '请使用模型自带的 tokenizer.json 和 tokenizer_config.json；如果没有，请用 transformers 的 AutoTokenizer 重新保存。';

export const text = {
  'template-limit': () => ['对话模板已被中止：其生成的内容或执行的步骤过多。', otherTemplate],
  'template-too-long': () => ['对话模板过长。', otherTemplate],
  'template-syntax': () => ['对话模板无法解析。', otherTemplate],
  'template-failed': () => ['对话模板执行失败。', otherTemplate],
  'template-raised': (d) => [
    `对话模板拒绝了这段对话，原话是：“${d.reason}”。`,
    '请去掉它所指出的内容（例如系统提示），或改用内置模板“chatml”或“plain”。',
  ],
  'template-missing': () => ['此模型没有自带的对话模板。', otherTemplate],
  'template-input-too-long': (d) => [
    `有一段对话达 ${grouped(d.length)} 个字符，超出可渲染的长度。`,
    '请拆分该对话，或不使用它。',
  ],
  'template-tokens-missing': (d) => [
    `分词器没有所选模板用来结束一轮的词元（${d.missing.join('、')}）。`,
    '请选择另一个内置模板，或模型自带的模板。',
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
  'tokenizer-vocabulary': () => ['tokenizer.json 没有词表，或其中的编号无效。', ownTokenizer],
  'tokenizer-added-tokens': () => ['tokenizer.json 的附加词元列表无效。', ownTokenizer],
  'tokenizer-model': () => ['tokenizer.json 没有描述分词模型。', ownTokenizer],
  'tokenizer-unsupported': () => ['tokenizer.json 的分词模型类型不受支持。', ownTokenizer],
  'tokenizer-field': () => [
    'tokenizer.json 中有字段的类型不对。',
    '请使用属于该模型的 tokenizer.json 和 tokenizer_config.json；若没有，请用 transformers 的 AutoTokenizer 重新保存。',
  ],
  'tokenizer-unknown-character': () => ['文本中有此分词器没有对应词元的字符。', ownTokenizer],
  'tokenizer-mismatch': (d) => [
    `分词器有 ${grouped(d.tokenizer)} 个编号，而模型的词表大小是 ${grouped(d.model)}。`,
    '请使用同一模型的 tokenizer.json 和权重。',
  ],
  'text-lone-surrogate': () => [
    '文本中有半个字符（孤立的代理码元），任何分词器都不认识。',
    '请删除或修复损坏的字符。',
  ],
} satisfies Words<TextFaults>;
