/** Colleagues and relatives as they are called: 护士小刘, 家属小李, 检验科的老张. */
import type { Found } from '../kinds.ts';
import { COMMON_SURNAMES, endsBefore } from '../words/chinese-names.ts';

const CALLED = new RegExp(
  `(?:护士|医生|医师|家属|护工|技师|药师|护师|同事|同学|邻居|保姆|陪护|司机|社工|实习生|规培生|研究生|[科室院]的|我叫|我是)([小老][${COMMON_SURNAMES.slice(0, 120)}])`,
  'g',
);

export function findCalled(text: string, found: Found): void {
  if (!/[小老]/.test(text)) return;
  for (const { 0: whole, 1: name = '', index } of text.matchAll(CALLED)) {
    const end = index + whole.length;
    if (!endsBefore(text, end)) continue;
    found({ start: end - name.length, end, kind: 'NAME', reason: 'role', certainty: 'likely' });
  }
}
