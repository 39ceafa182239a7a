import { expect, test } from 'vitest';
import { seenControls } from './seen-controls.ts';

test('characters that turn the direction are shown as marks, everything else stays', () => {
  expect(seenControls('5 \u202emg 05\u202c')).toBe('5 ⟨U+202E⟩mg 05⟨U+202C⟩');
  expect(seenControls('\u2066a\u2069\u200e\u200f\u061c')).toBe(
    '⟨U+2066⟩a⟨U+2069⟩⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩',
  );
  expect(seenControls('a\u0000b\u009bc')).toBe('a⟨U+0000⟩b⟨U+009B⟩c');
  for (const text of ['a\tb\r\nc', 'مرحبا', '医生', 'e\u0301', '\u{1f468}\u200d\u2695']) {
    expect(seenControls(text)).toBe(text);
  }
});
