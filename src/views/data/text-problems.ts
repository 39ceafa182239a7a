/** What the list of left-out lines says, and why each line is in it. */
import { inLanguages } from '../../studio/language.ts';
import type { LineProblem } from '../../contract/data.ts';
import { formatCount, formatInteger } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';

export const problemsText = inLanguages({
  en: {
    title: 'Lines left out',
    notesTitle: 'Remarks on lines',
    count: (lines: number, notes: number) =>
      [
        ...(lines > 0 ? [formatCount(lines, 'line')] : []),
        ...(notes > 0 ? [`${formatCount(notes, 'remark')} on lines that were kept`] : []),
      ].join(', '),
    save: 'Save as CSV',
    saving: (share: string) => `Saving ${share}`,
    beingRead: 'The list is being read.',
    tableOf: (name: string) => `Lines of ${name} that were left out`,
    file: 'File',
    line: 'Line',
    column: 'Column',
    reason: 'Reason',
    code: 'Code',
    kept: 'kept',
    all: 'All reasons',
    filter: 'Reason',
    search: 'Search the lines',
    searchShort: 'Search',
    clear: 'Clear the search',
    searching: 'Searching',
    found: (found: number, all: number) => `${formatInteger(found)} of ${formatInteger(all)}`,
    none: 'No line matches.',
  },
  zh: {
    title: '剔除的行',
    notesTitle: '对行的说明',
    count: (lines, notes) =>
      [
        ...(lines > 0 ? [`${formatInteger(lines)} 行`] : []),
        ...(notes > 0 ? [`另有 ${formatInteger(notes)} 条对已保留行的说明`] : []),
      ].join('，'),
    save: '保存为 CSV',
    saving: (share) => `正在保存 ${share}`,
    beingRead: '列表正在读取。',
    tableOf: (name) => `${name} 中剔除的行`,
    file: '文件',
    line: '行',
    column: '列',
    reason: '原因',
    code: '代码',
    kept: '已保留',
    all: '全部原因',
    filter: '原因',
    search: '搜索各行',
    searchShort: '搜索',
    clear: '清除搜索',
    searching: '正在搜索',
    found: (found, all) => `${formatInteger(found)} / ${formatInteger(all)}`,
    none: '没有符合的行。',
  },
});

/** Short names of the codes. */
export const codeNames = inLanguages<Readonly<Record<string, string>>>({
  en: {
    bom: 'byte order mark',
    encoding: 'encoding',
    'broken-json': 'broken JSON',
    'broken-csv': 'broken CSV row',
    'unclosed-quote': 'quote never closed',
    'not-an-object': 'not an object',
    'too-deep': 'nested too deep',
    'prototype-key': 'forbidden key',
    'duplicate-key': 'key twice',
    'unknown-shape': 'unknown shape',
    'missing-field': 'missing field',
    'wrong-type': 'wrong type',
    'unknown-role': 'unknown role',
    'tool-turn': 'tool turn',
    'answer-unclear': 'answer unclear',
    'no-target': 'nothing to train on',
    'system-late': 'late system message',
    'empty-prompt': 'empty question',
    'empty-response': 'empty answer',
    'no-prompt': 'no question',
    'lone-surrogate': 'half a character',
    'invalid-utf8': 'invalid UTF-8',
    'line-too-long': 'line too long',
    duplicate: 'duplicate',
  },
  zh: {
    bom: '字节顺序标记',
    encoding: '编码',
    'broken-json': 'JSON 损坏',
    'broken-csv': 'CSV 行损坏',
    'unclosed-quote': '引号未闭合',
    'not-an-object': '不是对象',
    'too-deep': '嵌套过深',
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
    'no-prompt': '没有问题',
    'lone-surrogate': '残缺字符',
    'invalid-utf8': '无效 UTF-8',
    'line-too-long': '行过长',
    duplicate: '重复',
  },
});

type Known = Pick<LineProblem, 'code' | 'reason' | 'data'>;

const foundTypes: Readonly<Record<string, string>> = {
  null: '空值',
  'a list': '列表',
  'an object': '对象',
  'a number': '数字',
  'a string': '文本',
  'a boolean': '布尔值',
  nothing: '空',
};
const dueTypes: Readonly<Record<string, string>> = {
  text: '文本',
  texts: '文本列表',
  turns: '对话轮次列表',
};
const syntax: Readonly<Record<string, string>> = {
  'string-open': '字符串没有结束',
  'control-character': '字符串中有未转义的控制字符',
  escape: '字符串中有未知的转义',
  ends: '文本在应有值处结束',
  value: '此处应为一个值',
  key: '此处应为带引号的键',
  colon: '键之后应为冒号',
  comma: '此处应为逗号或右括号',
  'not-a-number': '此处的数值无效',
  comment: '此处是注释，应删去',
  'comma-too-many': '此处之前多了一个逗号',
  python: '此处是“Python”的写法，应由“json.dumps”写出',
  'cut-off': '文件在其记录列表结束之前就结束了，可能被截断',
};

const reasons = inLanguages({
  en: (problem: Known) => problem.reason,
  zh: ({ code, reason, data = {} }: Known) => {
    const { field = '', found = '', due = '', detail = '' } = data;
    const type = foundTypes[String(found)] ?? String(found);
    switch (code) {
      case 'bom':
        return '此处有字节顺序标记（BOM）；已跳过，其后的内容照常读取';
      case 'broken-json':
        return syntax[String(detail)] ?? reason;
      case 'broken-csv':
        return detail === 'width'
          ? `该行有 ${String(found)} 个字段，而表头有 ${String(due)} 个`
          : '带引号的字段格式错误';
      case 'unclosed-quote':
        return '此处的引号一直没有闭合';
      case 'not-an-object':
        return `它是${type}，而不是含字段的对象`;
      case 'too-deep':
        return `嵌套超过 ${String(data['levels'] ?? '')} 层`;
      case 'prototype-key':
        return `不允许使用键“${String(data['key'] ?? '')}”`;
      case 'duplicate-key':
        return `键“${String(data['key'] ?? '')}”出现了两次`;
      case 'unknown-shape': {
        const fields = String(data['fields'] ?? '');
        return fields === '' ? '格式未知；没有任何字段' : `格式未知；其字段为 ${fields}`;
      }
      case 'missing-field':
        return `缺少字段“${String(field)}”`;
      case 'wrong-type':
        if (detail === 'pairs') return `“${String(field)}”不是问答对的列表`;
        if (detail === 'part') return `“${String(field)}”中有一部分不是文本（${type}）`;
        if (detail === 'turn') return `“${String(field)}”中有一轮不是对象`;
        if (detail === 'options') return '选项不是 2 至 26 个的列表';
        if (detail === 'option') return '有一个选项不是文本';
        if (detail === 'answer') return `“${String(field)}”不对应任何选项`;
        return `“${String(field)}”是${type}，应为${dueTypes[String(due)] ?? String(due)}`;
      case 'unknown-role':
        return `未知角色“${String(data['role'] ?? '')}”`;
      case 'encoding':
        return `文件不是 UTF-8；已按 ${String(data['encoding'] ?? '')} 读取，请核对文字是否正确`;
      case 'tool-turn':
        return `有一轮是工具调用或工具结果（“${String(data['role'] ?? '')}”）`;
      case 'answer-unclear':
        return `无法确定“${String(field)}”（${String(found)}）是从 0 还是从 1 编号，或是字母、文本`;
      case 'no-target':
        if (detail === 'bad') return `其回答被标记为差（“${String(field)}”为 false）`;
        return detail === 'first'
          ? '第一个问题的回答标记为不参与训练'
          : '其所有回答都标记为不参与训练';
      case 'system-late':
        return '系统消息出现在第一轮对话之后';
      case 'empty-prompt':
        return '问题为空';
      case 'empty-response':
        return '回答为空或缺失';
      case 'no-prompt':
        return '第一个回答之前没有问题';
      case 'lone-surrogate':
        return '文本中含有半个字符（孤立的代理项）';
      case 'invalid-utf8':
        if (data['encoding'] !== undefined) {
          return `含有在该文件的编码 ${String(data['encoding'])} 中无效的字节`;
        }
        return '不是有效的 UTF-8 文本（文件可能使用其他编码，例如 GBK）';
      case 'line-too-long':
        if (detail === 'columns') {
          return `按列书写的表最多读取 ${String(data['megabytes'] ?? '')} MB；请按行书写（pandas：to_json，orient="records"，lines=True）`;
        }
        return `超过 ${String(data['megabytes'] ?? '')} MB`;
      case 'duplicate': {
        const line = formatInteger(Number(data['line'] ?? 0));
        const file = data['file'];
        return file === undefined ? `与第 ${line} 行重复` : `与 ${String(file)} 第 ${line} 行重复`;
      }
      default:
        return reason;
    }
  },
});

/** Why a line is listed, in the page's language; it may quote the line. */
export function problemReason(problem: Known): string {
  return seenControls(reasons()(problem));
}
