import { expect, test } from 'vitest';
import { linesOf } from './state-names.ts';

test.each([
  ['Base', ['Base']],
  ['Stage 1 with NA', ['Stage 1', 'with NA']],
  ['Stage 1 without NA', ['Stage 1', 'without NA']],
  ['Stage 2, unmerged', ['Stage 2,', 'unmerged']],
  ['合并后', ['合并后']],
  ['阶段 1 处理后（KA）', ['阶段 1 处理后', '（KA）']],
  ['阶段 1 结束时（LoRA、KA、NA）', ['阶段 1 结束时', '（LoRA、KA、NA）']],
])('“%s” under an axis', (name, lines) => {
  expect(linesOf(name)).toEqual(lines);
});
