import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findIdentifiers, findInRecord } from '../finder.ts';
import { loadLists, type Lists } from '../lists.ts';
import { heldOutNotes } from '../testing/held-out.ts';
import { residentCheck } from '../rules/checksums.ts';
import { movedDate } from './dates.ts';
import { openMapping, sealMapping } from './mapping-file.ts';
import { allBy, Replacer } from './replacer.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1);
const HABITS = { dayFirst: false, year: 2023 };

function replaced(
  texts: readonly string[],
  way: 'surrogate' | 'kind' | 'leave' = 'surrogate',
  record = 'r1',
  key = KEY,
): string[] {
  return new Replacer(key, allBy(way), false).replace(record, texts, findInRecord(texts, lists));
}

describe('moving dates', () => {
  it.each([
    ['2014-12-20', '2014-12-27'],
    ['12/28/2014', '01/04/2015'],
    ['03/05/2009', '03/12/2009'],
    ['3/21/09', '3/28/09'],
    ['28.02.2016', '06.03.2016'],
    ['25/12/2019', '01/01/2020'],
    ['April 19, 2016', 'April 26, 2016'],
    ['Jan 28 2020', 'Feb 4 2020'],
    ['16 Jul 2021', '23 Jul 2021'],
    ['22nd May 2018', '29th May 2018'],
    ['16-Jul-2021', '23-Jul-2021'],
    ['July thirty-first', 'August seventh'],
    ['2014年12月28日', '2015年1月4日'],
    ['12月28日', '1月4日'],
    ['二〇一四年十二月二十日', '二〇一四年十二月二十七日'],
    ['20210328', '20210404'],
    ['2021.3.7', '2021.3.14'],
  ])('%s by a week is %s', (date, later) => {
    expect(movedDate(date, 7, HABITS)).toBe(later);
  });

  it('keeps every interval between days', () => {
    const day = fc.integer({ min: Date.UTC(1930, 0) / 864e5, max: Date.UTC(2030, 0) / 864e5 });
    const iso = (n: number): string => new Date(n * 864e5).toISOString().slice(0, 10);
    fc.assert(
      fc.property(day, day, fc.integer({ min: -364, max: 364 }), (a, b, days) => {
        const [x, y] = [movedDate(iso(a), days, HABITS), movedDate(iso(b), days, HABITS)];
        expect((Date.parse(x ?? '') - Date.parse(y ?? '')) / 864e5).toBe(a - b);
      }),
    );
  });
});

describe('replacing identifiers', () => {
  it('gives one patient one name, by surname, in full and with an initial', () => {
    const [text = ''] = replaced([
      'Name: Desmond Hollister\nMr. Hollister came. D. Hollister left. DESMOND HOLLISTER',
    ]);
    const [, given = '', family = ''] = /^Name: (\S+) (\S+)/.exec(text) ?? [];
    expect(text).toBe(
      `Name: ${given} ${family}\nMr. ${family} came. ${given[0] ?? ''}. ${family} left. ${given.toUpperCase()} ${family.toUpperCase()}`,
    );
    expect(`${given} ${family}`).not.toMatch(/Desmond|Hollister/);
  });

  it('gives one Chinese patient one surname', () => {
    const [text = ''] = replaced(['患者：张丽华，女。张女士于2014年12月20日入院。']);
    const [, name = ''] = /^患者：(.+?)，女/.exec(text) ?? [];
    expect(name).toHaveLength(3);
    expect(text).toContain(`${name.slice(0, 1)}女士于`);
    expect(text).not.toContain('张');
  });

  it('moves all dates of a record by the same weeks, and those of another record by others', () => {
    const text = 'Admitted 2014-12-20, discharged 2015-01-03.';
    const days = (record: string): number[] => {
      const [out = ''] = replaced([text], 'surrogate', record);
      return (out.match(/\d{4}-\d\d-\d\d/g) ?? []).map((day) => Date.parse(day) / 864e5);
    };
    const [first = 0, second = 0] = days('a');
    expect(second - first).toBe(14);
    const moved = first - Date.parse('2014-12-20') / 864e5;
    expect(moved).not.toBe(0);
    expect(moved % 7).toBe(0);
    expect(new Set(['a', 'b', 'c', 'd', 'e'].map((r) => days(r)[0])).size).toBeGreaterThan(2);
  });

  it('writes ages of 90 and over as such, in both languages', () => {
    expect(replaced(['A 93-year-old man. 患者99岁，男。'])).toEqual([
      'A 90-or-over-year-old man. 患者90岁及以上，男。',
    ]);
    expect(replaced(['Aged 95.'])).toEqual(['Aged 90 or over.']);
    expect(replaced(['She is 101 years old.'])).toEqual(['She is 90 or more years old.']);
  });

  it('writes kinds in brackets, in the language of the text, or leaves everything', () => {
    expect(replaced(['Phone: 603-555-3668.'], 'kind')).toEqual(['Phone: [PHONE].']);
    expect(replaced(['电话：13812345678。'], 'kind')).toEqual(['电话：【电话】。']);
    expect(replaced(['电话：13812345678。'], 'leave')).toEqual(['电话：13812345678。']);
  });

  it('makes identity numbers of no region with a right check digit', () => {
    const [text = ''] = replaced(['身份证号：110101199003074477']);
    const [id = ''] = /\d{17}[\dX]/.exec(text) ?? [];
    expect(id).toMatch(/^99/);
    expect(id.slice(-1)).toBe(residentCheck(id));
  });

  it('leaves nothing of the originals in notes of every form, and counts what it did', () => {
    const replacer = new Replacer(KEY, allBy('surrogate'), true);
    let count = 0;
    for (const { id = '', text } of heldOutNotes(7, 8)) {
      const findings = findIdentifiers(text, lists);
      count += findings.length;
      const [out = ''] = replacer.replace(id, [text], [findings]);
      for (const { kind, start, end } of findings) {
        const original = text.slice(start, end);
        // Short ones (张, 45床) may occur by chance.
        if (original.length >= 6 && !['AGE', 'BED', 'DATE'].includes(kind))
          expect(out).not.toContain(original);
      }
    }
    const { kinds, records, changed } = replacer.report();
    const total = Object.values(kinds).reduce((sum, { replaced: n }) => sum + n, 0);
    expect(total).toBe(count);
    expect(records).toBe(changed);
    expect(replacer.mapping().length).toBeGreaterThan(100);
  });

  it('replaces a number of hundreds of thousands of digits, and keeps its length', () => {
    const number = '7'.repeat(300_000);
    const [text = ''] = replaced([`MRN ${number}`]);
    expect(text).toMatch(/^MRN \d+$/);
    expect(text).toHaveLength(number.length + 4);
    expect(text).not.toContain('7'.repeat(100));
  });

  it('gives the same surrogates under the same key only', () => {
    const texts = ['Patient: Adaeze Nwosu, MRN 12345678.'];
    expect(replaced(texts)).toEqual(replaced(texts, 'surrogate', 'r2'));
    expect(replaced(texts)).not.toEqual(replaced(texts, 'surrogate', 'r1', new Uint8Array(32)));
  });

  it('keeps no mapping unless asked to', () => {
    const replacer = new Replacer(KEY, allBy('surrogate'), false);
    replacer.replace('r', ['Mr. Nwosu'], [findIdentifiers('Mr. Nwosu', lists)]);
    expect(replacer.mapping()).toEqual([]);
  });
});

describe('the file of the mapping', () => {
  const mapping = [{ kind: 'NAME' as const, original: '张丽华 😀', replacement: '李婉清' }];
  const passphrase = 'four words of mine';

  it('opens with its passphrase, and holds no original in the clear', async () => {
    const file = await sealMapping(mapping, passphrase);
    expect(file).not.toContain('张丽华');
    expect(await openMapping(file, passphrase)).toEqual(mapping);
    expect(await sealMapping(mapping, passphrase)).not.toBe(file);
  });

  it('opens neither with another passphrase nor when a byte was changed', async () => {
    const file = await sealMapping(mapping, passphrase);
    await expect(openMapping(file, `${passphrase}.`)).rejects.toMatchObject({
      code: 'mapping-passphrase-wrong',
    });
    const changed = file.replace(
      /"data":"(.)/,
      (_, first: string) => `"data":"${first === 'A' ? 'B' : 'A'}`,
    );
    await expect(openMapping(changed, passphrase)).rejects.toMatchObject({
      code: 'mapping-passphrase-wrong',
    });
  });

  it('refuses short passphrases and files of another form', async () => {
    await expect(sealMapping(mapping, 'short')).rejects.toMatchObject({
      code: 'mapping-passphrase-short',
    });
    const file = JSON.parse(await sealMapping(mapping, passphrase)) as Record<string, unknown>;
    const others = [
      '',
      '{',
      '[]',
      '{}',
      JSON.stringify({ ...file, version: 2 }),
      JSON.stringify({ ...file, data: 'ä' }),
      JSON.stringify({
        ...file,
        kdf: { name: 'PBKDF2', hash: 'SHA-256', iterations: 1e12, salt: '' },
      }),
    ];
    for (const other of others) {
      await expect(openMapping(other, passphrase)).rejects.toMatchObject({
        code: 'mapping-unreadable',
      });
    }
  });
});
