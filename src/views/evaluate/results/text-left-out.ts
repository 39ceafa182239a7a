/** Words of the rows that an evaluation left out. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const leftOutText = inLanguages({
  en: {
    title: (count: number) =>
      `${formatCount(count, 'row')} of the files ${count === 1 ? 'was' : 'were'} left out`,
    hint: 'The scores count all other rows.',
    first: (listed: number) => `The first ${formatInteger(listed)} are listed.`,
    table: 'Rows that were left out',
    file: 'File',
    place: 'Place',
    field: 'Field',
    reason: 'Reason',
  },
  zh: {
    title: (count) => `文件中有 ${formatInteger(count)} 行未参与评测`,
    hint: '分数只计其余各行。',
    first: (listed) => `列出前 ${formatInteger(listed)} 行。`,
    table: '未参与评测的行',
    file: '文件',
    place: '位置',
    field: '字段',
    reason: '原因',
  },
});
