import { expect, test } from 'vitest';
import { expandShader } from './shader-template.ts';

test('repeats and substitutes, nested', () => {
  const template = [
    'a = ${COUNT}u;',
    '//% repeat r ROWS',
    'row$r',
    '  //% repeat b COUNT',
    'x$r_$b = ${b}u;',
    '  //% end',
    '//% end',
    'last',
  ].join('\n');
  expect(expandShader(template, { ROWS: 2, COUNT: 2 }).split('\n')).toEqual([
    'a = 2u;',
    'row0',
    'x0_0 = 0u;',
    'x0_1 = 1u;',
    'row1',
    'x1_0 = 0u;',
    'x1_1 = 1u;',
    'last',
  ]);
  expect(expandShader('//% repeat n N\n$n\n//% end\nlast', { N: 0 })).toBe('last');
});

test.each([
  '//% repeat n N',
  '//% repeat n N\n//% repeat m N\n//% end',
  '//% end',
  '//% repeat n MISSING\n//% end',
  '$MISSING',
  '//% unknown N',
  '  //% repeat',
])('refuses %j', (template) => {
  expect(() => expandShader(template, { N: 2 })).toThrow(SyntaxError);
});
