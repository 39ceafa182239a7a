import { expect, test } from 'vitest';
import { spelledText } from './spelled-bytes.ts';

const bytesOf = (text: string): string[] =>
  Array.from(new TextEncoder().encode(text), (byte) => {
    return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  });
const textsOf = (texts: readonly string[], cuts: readonly number[] = []): string[] =>
  spelledText(texts, cuts).shown.map(({ text }) => text);

test('a character spelled in bytes stands on the last of its tokens, other tokens stay as they are', () => {
  const { shown, characters, tokens } = spelledText(['2', ...bytesOf('型糖'), '!'], []);
  expect(shown.map(({ text }) => text)).toEqual(['2', '', '', '型', '', '', '糖', '!']);
  expect(shown.map(({ spelled }) => spelled?.goesOn)).toEqual([
    ...[undefined, true, true, false],
    ...[true, true, false, undefined],
  ]);
  expect(shown[1]?.spelled).toEqual({ bytes: 'E5', character: '型', goesOn: true });
  expect(shown[3]?.spelled).toEqual({ bytes: '8B', character: '型', goesOn: false });
  expect([characters, tokens]).toEqual([2, 6]);
});

test('tokens that hold the end of one character and the beginning of the next', () => {
  const [a, b, c, d, e, f] = bytesOf('°’x').concat(bytesOf('°')) as [string, ...string[]];
  // ° is C2 B0, ’ is E2 80 99.
  const { shown, characters } = spelledText([a, `${b}${c}`, `${d}${e}${f}`], []);
  expect(shown.map(({ text }) => text)).toEqual(['', '°', '’x']);
  expect(shown[1]?.spelled).toEqual({ bytes: 'B0 E2', character: '°', goesOn: true });
  expect(characters).toBe(2);
});

test('every text reads the same, however its bytes are divided among tokens', () => {
  const text = 'O’Neill 37,1 °C 😀 型糖尿病';
  const bytes = bytesOf(text);
  for (const size of [1, 2, 3, 4, 5]) {
    const tokens = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size).join(''),
    );
    expect(textsOf(tokens).join('')).toBe(text);
    expect(textsOf(tokens)).toHaveLength(tokens.length);
  }
});

test('bytes that are no character stay bytes, and nothing is joined across a cut', () => {
  expect(textsOf(['<0xFF>', '<0xE5>', 'a'])).toEqual(['<0xFF>', '<0xE5>', 'a']);
  expect(spelledText(['<0xFF>'], []).tokens).toBe(0);
  // An overlong form and half a surrogate pair are no characters.
  expect(textsOf(['<0xC0>', '<0x80>'])).toEqual(['<0xC0>', '<0x80>']);
  expect(textsOf(['<0xED><0xA0><0x80>'])).toEqual(['<0xED><0xA0><0x80>']);
  const [a = '', b = '', c = ''] = bytesOf('型');
  expect(textsOf([a, b, c], [1])).toEqual([a, b, c]);
  expect(textsOf([a, b, c], [3])).toEqual(['', '', '型']);
  // A text that only speaks of bytes is no token of bytes.
  expect(textsOf(['see <0xE5>'])).toEqual(['see <0xE5>']);
});
