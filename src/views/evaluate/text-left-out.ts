/** Words of the rows that an evaluation left out. */
import { inLanguages } from '../../studio/language.ts';
import type { LeftOutRow } from '../../contract/evaluation.ts';
import { problemReason } from '../data/text-problems.ts';
import { formatCount, formatInteger } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';

export const leftOutText = inLanguages({
  en: {
    title: (count: number) =>
      `${formatCount(count, 'row')} of the files ${count === 1 ? 'was' : 'were'} left out`,
    hint: 'The scores count the others.',
    first: (listed: number) => `The first ${formatInteger(listed)} are listed.`,
    table: 'Rows that were left out',
    file: 'File',
    line: 'Line',
    field: 'Field',
    reason: 'Reason',
  },
  zh: {
    title: (count) => `文件中有 ${formatInteger(count)} 行未参与评测`,
    hint: '分数只计其余各行。',
    first: (listed) => `列出前 ${formatInteger(listed)} 行。`,
    table: '未参与评测的行',
    file: '文件',
    line: '行',
    field: '字段',
    reason: '原因',
  },
});

const reasons = inLanguages({
  en: ({ reason }: LeftOutRow) => reason,
  zh: (row: LeftOutRow) => {
    const { code, field, data } = row;
    const text = (name: string): string => String(data[name] ?? '');
    switch (code) {
      case 'no-answer':
        return `“${field}”为空：没有可比对的参考答案`;
      case 'answer-no-choice':
        return `“${field}”（${text('found')}）不对应任何选项`;
      case 'answer-no-items':
        return `“${field}”中没有“类型: 条目; 条目”形式的行`;
      case 'unknown-value':
        return `“${field}”是“${text('found')}”，应为 ${text('allowed')} 之一`;
      case 'missing-field':
        return `缺少字段“${field}”，或其内容为空`;
      case 'wrong-type':
        if (text('due') === 'choices') return `“${field}”中的选项不足两个`;
        if (text('found') === '' && text('due') === 'text') return `“${field}”不是文本`;
        if (text('found') === '' && text('due') === 'texts') return `“${field}”不是文本列表`;
        return problemReason({ ...row, code });
      default:
        return problemReason({ ...row, code });
    }
  },
});

/** Why a row was left out, in the page's language. */
export function leftOutReason(row: LeftOutRow): string {
  return seenControls(reasons()(row));
}
