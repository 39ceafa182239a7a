/** Faults of rows, in Chinese: a clause that goes with the line, and a name for lists. */
import { grouped } from '../amounts.ts';
import type { ImportFaults, RowFaults } from '../catalogue/rows.ts';
import type { RowWords } from '../words.ts';
import { jsonFlawWords } from './files.ts';
import { listed } from './punctuation.ts';

const foundTypes: Readonly<Record<string, string>> = {
  null: '空值',
  'a list': '列表',
  'an object': '对象',
  'a number': '数字',
  'a string': '文本',
  'a boolean': '布尔值',
  nothing: '空',
};
const typeOf = (found: string): string => foundTypes[found] ?? found;

const dueTypes = { text: '文本', texts: '文本列表', turns: '对话轮次列表' } as const;

function wrongType(data: RowFaults['wrong-type']): string {
  switch (data.detail) {
    case 'pairs':
      return `“${data.field}”不是问答对的列表`;
    case 'part':
      return `“${data.field}”中有一部分不是文本（${typeOf(data.found)}）`;
    case 'turn':
      return `“${data.field}”中有一轮不是对象`;
    case 'options':
      return '选项不是 2 至 26 个的列表';
    case 'option':
      return '有一个选项不是文本';
    case 'answer':
      return `“${data.field}”不对应任何选项`;
    default:
      if (data.due === 'choices') return `“${data.field}”中的选项不足两个`;
      return data.found === undefined
        ? `“${data.field}”不是${dueTypes[data.due]}`
        : `“${data.field}”是${typeOf(data.found)}，应为${dueTypes[data.due]}`;
  }
}

function brokenJson({ detail, close }: RowFaults['broken-json']): string {
  if (detail === 'cut-off') return '文件在其记录列表结束之前就结束了，可能被截断';
  if (close === '') return '此处应为逗号';
  return jsonFlawWords({
    code: 'json-syntax',
    reason: detail,
    ...(close !== undefined && { close }),
  });
}

export const rows = {
  bom: () => '此处有字节顺序标记（BOM）；已跳过，其后的内容照常读取',
  encoding: (d) => `文件不是 UTF-8；已按 ${d.encoding} 读取，请核对文字是否正确`,
  'broken-json': brokenJson,
  'broken-csv': (d) =>
    d.detail === 'width'
      ? `该行有 ${d.found} 个字段，而表头有 ${d.due} 个`
      : '带引号的字段格式错误',
  'unclosed-quote': () => '此处的引号一直没有闭合',
  'not-an-object': (d) => `它是${typeOf(d.found)}，而不是含字段的对象`,
  'too-deep': ({ levels }) => jsonFlawWords({ code: 'json-depth', levels }),
  'prototype-key': ({ key }) => jsonFlawWords({ code: 'json-prototype-key', key }),
  'duplicate-key': ({ key }) => jsonFlawWords({ code: 'json-duplicate-key', key }),
  'unknown-shape': (d) =>
    d.fields === '' ? '格式未知；没有任何字段' : `格式未知；其字段为 ${listed(d.fields)}`,
  'missing-field': (d) => {
    if (d.detail === 'word') return `字段“${d.field}”是 NaN 和 Infinity 一类的值或空值，不是文本`;
    return d.detail === 'empty' ? `字段“${d.field}”为空` : `缺少字段“${d.field}”`;
  },
  'list-not-read': (d) =>
    `列表“${d.field}”中的 ${grouped(d.records)} 条记录没有读取，因为每个文件只读取一个列表；要导入它，请另存为单独的文件`,
  'wrong-type': wrongType,
  'unknown-role': (d) => `未知角色“${d.role}”`,
  'tool-turn': (d) => `有一轮是工具调用或工具结果（“${d.role}”）`,
  'answer-unclear': (d) =>
    `无法确定“${d.field}”（${d.found}）是从 0 起的编号、从 1 起的编号、字母还是文本`,
  'no-target': (d) => {
    if (d.detail === 'bad') return `其回答被标记为差（“${d.field}”为 false）`;
    return d.detail === 'first'
      ? '第一个问题的回答标记为不参与训练'
      : '其所有回答都标记为不参与训练';
  },
  'system-late': () => '系统消息出现在第一轮之后',
  'empty-prompt': () => '问题为空',
  'empty-response': (d) => (d.detail === 'missing' ? '没有回答' : '回答为空'),
  'no-prompt': () => '第一个回答之前没有提问',
  'lone-surrogate': () => '文本中含有半个字符（孤立的代理码元）',
  'invalid-utf8': (d) =>
    d.encoding === undefined
      ? '不是有效的 UTF-8 文本（文件可能使用其他编码：在 Excel 中请另存为“CSV UTF-8”）'
      : `含有在该文件的编码 ${d.encoding} 中无效的字节`,
  'line-too-long': (d) =>
    d.detail === 'columns'
      ? `按列书写的表最多读取 ${d.megabytes} MB；请按行书写（pandas：to_json，orient="records"，lines=True）`
      : `超过 ${d.megabytes} MB`,
  duplicate: (d) => {
    const place = d.row === undefined ? `第 ${grouped(d.line)} 行` : `表格第 ${grouped(d.row)} 行`;
    return d.file === undefined ? `与${place}重复` : `与 ${d.file} ${place}重复`;
  },
  'unknown-value': (d) =>
    `“${d.field}”${d.found === '' ? '为空' : `是“${d.found}”`}，应为 ${listed(d.allowed)} 之一`,
  'no-answer': (d) => `“${d.field}”为空：没有可比对的参考答案`,
  'answer-no-choice': (d) => `“${d.field}”（${d.found}）不对应任何选项`,
  'answer-no-items': (d) => `“${d.field}”中没有“类型: 条目; 条目”形式的行`, // words: as the file has it
} satisfies RowWords;

export const rowNames = {
  bom: '字节顺序标记',
  encoding: '编码',
  'broken-json': 'JSON 损坏',
  'broken-csv': 'CSV 行损坏',
  'unclosed-quote': '引号未闭合',
  'not-an-object': '不是对象',
  'too-deep': '嵌套过深',
  'list-not-read': '列表未读取',
  'prototype-key': '禁用的键',
  'duplicate-key': '键重复',
  'unknown-shape': '格式未知',
  'missing-field': '缺少字段',
  'wrong-type': '类型错误',
  'unknown-role': '角色未知',
  'tool-turn': '工具轮次',
  'answer-unclear': '答案含义不明',
  'no-target': '没有可训练的回答',
  'system-late': '系统消息位置靠后',
  'empty-prompt': '问题为空',
  'empty-response': '回答为空',
  'no-prompt': '缺少提问',
  'lone-surrogate': '残缺字符',
  'invalid-utf8': '无效 UTF-8',
  'line-too-long': '行过长',
  duplicate: '重复',
} satisfies Readonly<Record<keyof ImportFaults, string>>;
