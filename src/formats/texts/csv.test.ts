import fc from '../../../test/properties.ts';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { writeCsv } from './csv.ts';

describe('csv', () => {
  test('quotes, line breaks and empty cells', () => {
    expect(
      writeCsv(
        ['a', 'b,c'],
        [
          ['x "y"', 'l\n2'],
          [null, undefined],
          [true, 0.1],
        ],
      ),
    ).toBe('a,"b,c"\r\n"x ""y""","l\n2"\r\n,\r\ntrue,0.1\r\n');
  });

  test('formulas are defused, numbers are not touched', () => {
    const cells = ['=1+1', '+1', '-1', '@x', '\t=1', '=HYPERLINK("x","y")'];
    cells.push(';=1', ' =1', '\n=1', '＝1', '＋1', '－1', '＠x', '\u200b=1', ', ;@x');
    expect(writeCsv(['a'], [[cells[0]], [-1.5], [NaN], [1e-7]])).toBe(
      'a\r\n"\'=1+1"\r\n-1.5\r\nNaN\r\n1e-7\r\n',
    );
    for (const cell of cells) {
      const { data } = Papa.parse<string[]>(writeCsv(['a'], [[cell]]));
      expect(data[1]?.[0]).toBe(`'${cell}`);
    }
  });

  test('what is written reads back', () => {
    const cell = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const { data } = Papa.parse<string[]>(writeCsv(['x', 'y'], rows), { newline: '\r\n' });
        rows.forEach((row, r) => {
          row.forEach((value, c) => {
            const read = data[r + 1]?.[c] ?? '';
            if (typeof value === 'number') expect(Number(read)).toBe(value === 0 ? 0 : value);
            else expect(read === value || read === `'${value}`).toBe(true);
          });
        });
      }),
    );
  });
});
