import { expect, test } from 'vitest';
import { faultFrom } from '../../faults/fault.ts';
import { errorText, rowReason } from './faults/error-text.ts';
import { seen, seenControls } from './seen-controls.ts';

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

test('what is quoted from a file is seen as it is in errors, reasons and widgets', () => {
  const error = faultFrom({
    code: 'x',
    message: 'No file \u202egpj.exe.',
    kept: 'a b\u2066',
    remedy: 'b\u0000',
  });
  expect(errorText(error)).toEqual({
    message: 'No file ⟨U+202E⟩gpj.exe.',
    kept: 'a b⟨U+2066⟩',
    remedy: 'b⟨U+0000⟩',
  });
  const reason = 'the role "\u202ex" is unknown';
  expect(rowReason({ code: 'unknown-role', reason })).toBe('the role "⟨U+202E⟩x" is unknown');
  expect(seen('a\u202e')).toBe('a⟨U+202E⟩');
  expect(seen(3)).toBe(3);
});
