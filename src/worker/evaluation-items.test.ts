import { expect, test } from 'vitest';
import { limitItems, parseItems } from './evaluation-items.ts';

const item = (task: string, prompt = 'p'): string =>
  JSON.stringify({ task, kind: 'knowledge', metric: 'accuracy', prompt, answer: 'A' });

function codeOf(read: () => unknown): { readonly code: string; readonly line: unknown } {
  try {
    read();
  } catch (thrown) {
    const { code, data } = thrown as { code: string; data: Record<string, unknown> };
    return { code, line: data['line'] };
  }
  return { code: 'none', line: null };
}

test('items come on lines, right after each other, or in an array, with or without a mark', () => {
  const read = (text: string): string[] => parseItems('f', text).map(({ task }) => task);
  expect(read(`${item('a')}\r\n\n${item('b')}\n`)).toEqual(['a', 'b']);
  expect(read(`\uFEFF${item('a', '} {')}${item('b')} ${item('c')}`)).toEqual(['a', 'b', 'c']);
  expect(read(`[${item('a')}, ${item('b')}]`)).toEqual(['a', 'b']);
  expect(read(' \n')).toEqual([]);
});

test('a fault names its line', () => {
  const wrong = JSON.stringify({ task: 'x', kind: 'other' });
  expect(codeOf(() => parseItems('f', `${item('a')}\n\n${item('b')}${wrong}`))).toEqual({
    code: 'evaluation-item',
    line: 3,
  });
  expect(codeOf(() => parseItems('f', `${item('a')}\n{"task": `)).code).toBe('json-syntax');
  expect(codeOf(() => parseItems('f', '[3]')).code).toBe('evaluation-item');
});

test('a limit takes items from every task in turn, in the order of the file', () => {
  const items = parseItems(
    'f',
    ['a', 'a', 'a', 'b', 'b', 'c'].map((task) => item(task)).join('\n'),
  );
  expect(limitItems(items, 4).map(({ task }) => task)).toEqual(['a', 'a', 'b', 'c']);
  expect(limitItems(items, 0)).toHaveLength(6);
});
