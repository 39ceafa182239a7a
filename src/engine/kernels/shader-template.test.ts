import { expect, test } from 'vitest';
import { expandShader, shaderParameters, type FormValues } from './shader-template.ts';

const files: Readonly<Record<string, string>> = {
  'load.wgsl': 'enable f16;\nfn load_$NAME() {}',
  'cells-vec4.wgsl': '//% include load.wgsl NAME=$CELLS\n//% include load.wgsl NAME=b',
};
const expand = (template: string, values: FormValues): string =>
  expandShader(template, values, (path) => {
    const text = files[path];
    if (text === undefined) throw new SyntaxError(path);
    return text;
  });

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
  expect(expand(template, { ROWS: 2, COUNT: 2 }).split('\n')).toEqual([
    'a = 2u;',
    'row0',
    'x0_0 = 0u;',
    'x0_1 = 1u;',
    'row1',
    'x1_0 = 0u;',
    'x1_1 = 1u;',
    'last',
  ]);
  expect(expand('//% repeat n N\n$n\n//% end\nlast', { N: 0 })).toBe('last');
});

test('includes files, their names and values made of values; enable directives come first, once', () => {
  const template = '// head\n//% form CELLS vec4 scalar\n//% include cells-$CELLS.wgsl\nlast';
  expect(expand(template, { CELLS: 'vec4' }).split('\n')).toEqual([
    'enable f16;',
    '// head',
    'fn load_vec4() {}',
    'fn load_b() {}',
    'last',
  ]);
});

test('takes one of two blocks, or none', () => {
  const template = '//% if A x\n1\n//% if B y\n2\n//% end\n//% else\n3\n//% end\nlast';
  expect(expand(template, { A: 'x', B: 'y' })).toBe('1\n2\nlast');
  expect(expand(template, { A: 'x', B: 'z' })).toBe('1\nlast');
  expect(expand(template, { A: 'z', B: 'y' })).toBe('3\nlast');
});

test('forms: names and values in their order, sets of values by name', () => {
  const template = '// head\n//% form ACCESS vec4 scalar\n//% form READER readers f32\nlast';
  const found = shaderParameters(template, { readers: ['f16', 'q4_0'] });
  expect([...found]).toEqual([
    ['ACCESS', ['vec4', 'scalar']],
    ['READER', ['f16', 'q4_0', 'f32']],
  ]);
});

test.each([
  '//% include missing.wgsl',
  '//% include load.wgsl',
  '//% if N 2',
  '//% if N 2\n//% else',
  '//% else',
  '//% repeat n N\n//% else',
  '//% repeat n N',
  '//% repeat n N\n//% repeat m N\n//% end',
  '//% end',
  '//% repeat n MISSING\n//% end',
  '$MISSING',
  '//% unknown N',
  '  //% repeat',
])('refuses %j', (template) => {
  expect(() => expand(template, { N: 2 })).toThrow(SyntaxError);
});
