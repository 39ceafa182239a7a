import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { lineAndColumn, parseJson, parseJsonObject } from './json.ts';
import { scanJsonValue } from './json-scan.ts';

function codeOf(text: string): string {
  try {
    parseJson(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

const RULES = { maxDepth: 64, prototypeKeys: 'allow', duplicateKeys: 'allow' } as const;

describe('json', () => {
  test('the scanner accepts exactly what JSON.parse accepts', () => {
    const tokens = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00e9"',
      '"',
      '\\',
      '0',
      '-',
      '1.5',
      '01',
    ];
    const more = [
      '1e',
      'true',
      'null',
      'nul',
      ' ',
      '\n',
      '\t',
      '\u00a0',
      '\u0001',
      '"b":',
      '{"a":1}',
    ];
    const soup = fc.array(fc.constantFrom(...tokens, ...more), { maxLength: 12 });
    const texts = fc.oneof(
      soup.map((parts) => parts.join('')),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const scanned = scanJsonValue(text, 0, RULES);
        const accepted = scanned.ok && /^[ \t\n\r]*$/.test(text.slice(scanned.end));
        expect(accepted).toBe(valid);
      }),
      { numRuns: 5000 },
    );
  });

  test('faults carry their place', () => {
    let fault: unknown;
    try {
      parseJson('{"a": 1,\r\n "b": tru}', { name: 'f.json' });
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({
      code: 'json-syntax',
      data: { file: 'f.json', line: 2, column: 7, position: 16 },
    });
    expect(lineAndColumn('a\rb\r\nc\nd', 7)).toEqual({ line: 4, column: 1 });
  });

  test('the poisoning check: no prototype key gets through, however it is written', () => {
    expect(codeOf('{"__proto__": {"polluted": 1}}')).toBe('json-prototype-key');
    expect(codeOf('{"a": [{"__proto\\u005f_": 1}]}')).toBe('json-prototype-key');
    expect(codeOf('{"constructor": {"prototype": {"polluted": 1}}}')).toBe('json-prototype-key');
    expect(codeOf('{"\\u0063onstructor" : 1}')).toBe('json-prototype-key');
    expect(codeOf('{"a": "__proto__"}')).toBe('accepted');
    expect(Object.prototype).not.toHaveProperty('polluted');
    // Where such keys are rightly allowed (vocabularies), they are plain own properties.
    const vocabulary = parseJsonObject('{"constructor": 1, "__proto__": 2}', {
      prototypeKeys: 'allow',
    });
    expect(Object.keys(vocabulary)).toEqual(['constructor', '__proto__']);
    expect(Object.getPrototypeOf(vocabulary)).toBe(Object.prototype);
  });

  test('depth is counted, not recursed into', () => {
    expect(codeOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe('accepted');
    expect(codeOf(`${'['.repeat(65)}${']'.repeat(65)}`)).toBe('json-depth');
    expect(codeOf('['.repeat(5_000_000))).toBe('json-depth');
  });

  test('a BOM is allowed, two values and too long a text are not', () => {
    expect(parseJson('\ufeff[1]')).toEqual([1]);
    expect(codeOf('{}{}')).toBe('json-syntax');
    expect(codeOf('')).toBe('json-syntax');
    expect(() => parseJson('[1,2,3]', { maxLength: 3 })).toThrow(StudioError);
    expect(() => parseJsonObject('[]')).toThrow(StudioError);
  });
});
