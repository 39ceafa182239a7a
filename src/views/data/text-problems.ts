/** What the list of left-out lines says. */
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

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
    row: 'Row',
    line: 'Line',
    lineOfFile: 'Line',
    rowsAndLines:
      'Cells of this table hold line breaks. Row: as Excel counts, the header included. Line: as a text editor counts.',
    column: 'Column',
    reason: 'Reason',
    code: 'Code',
    kept: 'kept',
    all: 'All reasons',
    counted: (name: string, count: number) => `${name} (${formatInteger(count)})`,
    filter: 'Reason',
    search: 'Search the lines',
    searchShort: 'Search',
    clear: 'Clear the search',
    found: (found: number, all: number) => `${formatInteger(found)} of ${formatInteger(all)}`,
    none: 'No line matches.',
  },
  zh: {
    title: '未导入的行',
    notesTitle: '行的说明',
    count: (lines, notes) =>
      [
        ...(lines > 0 ? [`${formatInteger(lines)} 行`] : []),
        ...(notes > 0 ? [`${formatInteger(notes)} 条关于已保留行的说明`] : []),
      ].join('，'),
    save: '保存为 CSV',
    saving: (share) => `正在保存 ${share}`,
    beingRead: '正在读取列表。',
    tableOf: (name) => `${name} 中未导入的行`,
    file: '文件',
    row: '表格行',
    line: '行',
    lineOfFile: '文件行',
    rowsAndLines:
      '该表格的单元格中有换行。“表格行”与 Excel 的行号一致（含表头），“文件行”与文本编辑器的行号一致。',
    column: '列',
    reason: '原因',
    code: '代码',
    kept: '已保留',
    all: '全部原因',
    counted: (name, count) => `${name}（${formatInteger(count)}）`,
    filter: '原因',
    search: '搜索各行',
    searchShort: '搜索',
    clear: '清除搜索',
    found: (found, all) => `${formatInteger(found)} / ${formatInteger(all)}`,
    none: '没有符合的行。',
  },
});
