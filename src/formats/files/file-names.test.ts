import { describe, expect, test } from 'vitest';
import { fileStem, isPortablePath, sameFileKey } from './file-names.ts';

describe('names of files', () => {
  test.each([
    ['My run (2)', 'My-run-2'],
    ['儿科 模型', '儿科-模型'],
    ['v1.2_a', 'v1.2_a'],
    ['CON', 'run-CON'],
    ['aux.txt', 'run-aux.txt'],
    ['nul.tar.gz', 'run-nul.tar.gz'],
    ['COM1', 'run-COM1'],
    ['lpt\u00b9', 'run-lpt1'],
    ['console', 'console'],
    ['COM10', 'COM10'],
    ['../../etc/passwd', 'etc-passwd'],
    ['C:\\a\\b', 'C-a-b'],
    ['name. . ', 'name'],
    ['.hidden', 'hidden'],
    ['a\u202egpj.exe', 'a-gpj.exe'],
    ['a\u0000\nb\u0007c', 'a-b-c'],
    ['a\ud800b', 'a-b'],
    ['', 'run'],
    [' .. ', 'run'],
    ['\u{1f600}', 'run'],
  ])('%j becomes %j', (text, name) => {
    expect(fileStem(text, 'run')).toBe(name);
  });

  test('two spellings of a letter give one name, and a letter keeps its marks', () => {
    expect(fileStem('Cafe\u0301', 'run')).toBe('Caf\u00e9');
    expect(fileStem('\u0e19\u0e49\u0e33', 'run')).toBe('\u0e19\u0e49\u0e4d\u0e32');
  });

  test('names are cut by their bytes, between characters, with nothing left hanging', () => {
    expect(fileStem('医'.repeat(200), 'run')).toBe('医'.repeat(40));
    expect(fileStem('\u{20000}'.repeat(200), 'run')).toBe('\u{20000}'.repeat(30));
    expect(fileStem(`${'a'.repeat(119)}...${'b'.repeat(9)}`, 'run')).toBe('a'.repeat(119));
  });

  test('which paths every system takes', () => {
    for (const path of ['a/b.txt', 'README.md', '医/模型.gguf', 'console.log', 'a/.cfg']) {
      expect(isPortablePath(path), path).toBe(true);
    }
    for (const path of ['CON', 'a/aux.txt', 'nul .x', 'a./b', 'b ', 'a?b', 'a\u202eb', 'a\nb']) {
      expect(isPortablePath(path), JSON.stringify(path)).toBe(false);
    }
    expect(isPortablePath('医'.repeat(86))).toBe(false);
  });

  test('which paths are one file on some system', () => {
    const same = (a: string, b: string): boolean => sameFileKey(a) === sameFileKey(b);
    expect(same('A/Config.json', 'a/config.JSON')).toBe(true);
    expect(same('caf\u00e9', 'Cafe\u0301')).toBe(true);
    expect(same('stra\u00dfe', 'STRASSE')).toBe(true);
    expect(same('\u03c3', '\u03c2')).toBe(true);
    expect(same('a./b ', 'a/b')).toBe(true);
    expect(same('a/b', 'a-b')).toBe(false);
    expect(same('config.json', 'config.jsonl')).toBe(false);
    expect(same('\u00e9', 'e')).toBe(false);
  });
});
