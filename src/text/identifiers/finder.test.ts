import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFixture } from '../testing/load.ts';
import { findIdentifiers, findInRecord } from './finder.ts';
import { IDENTIFIER_KINDS, type IdentifierKind } from './kinds.ts';
import { loadLists, type Lists } from './lists.ts';
import { heldOutNotes } from './testing/held-out.ts';
import { measure, precision, readNotes, recall, type Measured } from './testing/measure.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

/** Names, addresses and hospitals are words; all other kinds are numbered. */
const WORDED: readonly IdentifierKind[] = ['NAME', 'ADDRESS', 'HOSPITAL'];

function expectBounds({ scores, differences }: Measured): void {
  for (const score of scores) {
    const worded = WORDED.includes(score.kind);
    const about = `${score.lang} ${score.kind}: ${JSON.stringify(differences.filter((d) => d.lang === score.lang && d.kind === score.kind).slice(0, 5))}`;
    expect(recall(score), about).toBeGreaterThanOrEqual(worded ? 0.93 : 0.98);
    expect(precision(score), about).toBeGreaterThanOrEqual(worded ? 0.9 : 0.98);
  }
}

const found = (text: string): string[] =>
  findIdentifiers(text, lists).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

describe('finding identifiers', () => {
  it('holds the bounds on the marked notes, and finds nothing in those without marks', () => {
    const measured = measure(
      readNotes(readFixture('test/fixtures/identifiers/notes.jsonl')),
      lists,
    );
    expectBounds(measured);
    expect(measured.cleanNotes).toBe(40);
    expect(measured.inCleanNotes).toBe(0);
  });

  it('holds the bounds on notes of many forms, with names of many origins', () => {
    const measured = measure(
      readNotes(readFixture('test/fixtures/identifiers/varied.jsonl')),
      lists,
    );
    expectBounds(measured);
    expect(measured.cleanNotes).toBe(110);
    expect(measured.inCleanNotes).toBe(0);
  });

  it('finds most names, places and ages in notes of a further stranger, and nothing in those without marks', () => {
    const measured = measure(
      readNotes(readFixture('test/fixtures/identifiers/strangers-2.jsonl')),
      lists,
    );
    const held = new Set(['NAME', 'ADDRESS', 'HOSPITAL', 'AGE', 'DATE', 'PHONE']);
    expectBounds({ ...measured, scores: measured.scores.filter(({ kind }) => held.has(kind)) });
    expect(measured.cleanNotes).toBe(40);
    expect(measured.inCleanNotes).toBe(0);
  });

  it.each([
    // Numbers whose kind only the label tells, and ages without a unit, are not all found there.
    ['strangers-3.jsonl', 84, 1],
    ['strangers-4.jsonl', 122, 2],
  ])('holds the bounds on further notes of strangers: %s', (file, clean, most) => {
    const measured = measure(readNotes(readFixture(`test/fixtures/identifiers/${file}`)), lists);
    const seldom = new Set(['RECORD', 'ID', 'AGE']);
    expectBounds({ ...measured, scores: measured.scores.filter(({ kind }) => !seldom.has(kind)) });
    for (const score of measured.scores.filter(({ kind }) => seldom.has(kind)))
      expect(recall(score), `${score.lang} ${score.kind}`).toBeGreaterThanOrEqual(0.93);
    expect(measured.cleanNotes).toBe(clean);
    expect(measured.inCleanNotes).toBeLessThanOrEqual(most);
  });

  it('finds most of notes with sentences of their own, and all of ordinary forms', () => {
    const notes = readNotes(readFixture('test/fixtures/identifiers/strangers-6.jsonl'));
    expectBounds(
      measure(
        notes.filter(({ id }) => /^[PQR]-/.test(id ?? '')),
        lists,
      ),
    );
    const { scores, ...measured } = measure(notes, lists);
    for (const score of scores.filter(({ marked }) => marked > 0)) {
      const about = `${score.lang} ${score.kind}`;
      expect(score.overlapping / score.marked, about).toBeGreaterThanOrEqual(0.89);
      // The marks leave "bed" out, in English.
      if (about !== 'en BED') expect(precision(score), about).toBeGreaterThanOrEqual(0.94);
    }
    expect(measured.cleanNotes).toBe(292);
    expect(measured.inCleanNotes).toBeLessThanOrEqual(3);
  });

  it('finds most numbers of notes that tell nearly each by another label or sentence', () => {
    const { scores, ...measured } = measure(
      readNotes(readFixture('test/fixtures/identifiers/strangers-5.jsonl')),
      lists,
    );
    // What is least often said in the same way.
    const seldom = new Set(['RECORD', 'ACCOUNT', 'DEVICE', 'AGE']);
    for (const score of scores.filter(({ marked }) => marked > 0)) {
      const about = `${score.lang} ${score.kind}`;
      // The marks leave "bed" out, in English.
      const least = about === 'en BED' ? 0.75 : seldom.has(score.kind) ? 0.86 : 0.92;
      expect(score.overlapping / score.marked, about).toBeGreaterThanOrEqual(least);
      expect(score.right / score.found, about).toBeGreaterThanOrEqual(0.9);
    }
    expect(measured.cleanNotes).toBe(197);
    expect(measured.inCleanNotes).toBeLessThanOrEqual(3);
  });

  it.each([
    ['Backup pump: the sticker on its base reads TG-7710236.', ['DEVICE TG-7710236']],
    [
      'Her bill, no. 55-19283 and no. 55-19307, was paid twice.',
      ['ACCOUNT 55-19283', 'ACCOUNT 55-19307'],
    ],
    [
      'The specimens 1100427, 1100533 and 1100718 lack a consent.',
      ['RECORD 1100427', 'RECORD 1100533', 'RECORD 1100718'],
    ],
    ['Her NHS number was issued as 660 918 2353.', ['ID 660 918 2353']],
    [
      'The old soldier, 98, slept well; his great-grandmother (101) did not.',
      ['AGE 98', 'AGE 101'],
    ],
    ['His QQ, 884120937, is the only contact.', ['WECHAT 884120937']],
    ['Find me on WeChat (kofi.asante_gh) when abroad.', ['WECHAT kofi.asante_gh']],
    [
      '脉冲发生器机身刻字PVX508812H，电极那根是LFP0931774。',
      ['DEVICE PVX508812H', 'DEVICE LFP0931774'],
    ],
    ['照片请发Leaf_71y，术后加qingfeng_5196复诊。', ['WECHAT Leaf_71y', 'WECHAT qingfeng_5196']],
    ['The codes of the visit: E11.65, N18.31. SB203580 was given to cells; platelets 123456.', []],
    ['BP target 130/80 per ADA, apixaban per ARISTOTLE; nurse line 24/7; lens SN60WF +21.5 D.', []],
  ])('numbers by what their sentence speaks of: %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('holds the bounds on Chinese notes that somebody else wrote', () => {
    const measured = measure(
      readNotes(readFixture('test/fixtures/identifiers/strangers-zh.jsonl')),
      lists,
    );
    expectBounds(measured);
    const names = measured.scores.find(({ kind }) => kind === 'NAME');
    expect(names && recall(names)).toBeGreaterThanOrEqual(0.98);
    expect(measured.cleanNotes).toBe(34);
    // "Ann Arbor" of a stage.
    expect(measured.inCleanNotes).toBeLessThanOrEqual(2);
  });

  it.each([
    ['张桂芳昨晚没睡好，女儿小宇一直陪着。', ['NAME 张桂芳', 'NAME 小宇']],
    ['老公孙浩说头晕；由仉长河主刀，逄乐怡协助。', ['NAME 孙浩', 'NAME 仉长河', 'NAME 逄乐怡']],
    ['家属次仁央宗说晚些补，扎西顿珠诉眼胀。', ['NAME 次仁央宗', 'NAME 扎西顿珠']],
    ['小名“豆豆”，豆豆在幼儿园。', ['NAME 豆豆', 'NAME 豆豆']],
    [
      '3床老李胸闷，王姐帮忙抽血，田老今年94岁。',
      ['BED 3床', 'NAME 李', 'NAME 王', 'NAME 田', 'AGE 94'],
    ],
    [
      '在协和做的手术，后到市一院、附属第一医院复查。',
      ['HOSPITAL 协和', 'HOSPITAL 市一院', 'HOSPITAL 附属第一医院'],
    ],
    ['虚岁九十五，奶奶年逾九旬，患者，女，95，因跌倒入院。', ['AGE 九十五', 'AGE 九旬', 'AGE 95']],
    [
      '静脉镇痛泵编号HX-62400-13，会诊单号：HZ-20230045',
      ['DEVICE HX-62400-13', 'RECORD HZ-20230045'],
    ],
    ['家住翠湖花园3期12栋1单元602。', ['ADDRESS 翠湖花园3期12栋1单元602']],
    ['转当地医院，外院及上级医院已会诊，九十岁以上者减量，Apgar评分9-10-10分。', []],
  ])('reads what hurried people write in Chinese: %s', (text, findings) => {
    expect(found(text)).toEqual(findings);
  });

  it('holds the bounds on English notes that strangers wrote, much of it hurried', () => {
    const measured = measure(
      readNotes(readFixture('test/fixtures/identifiers/strangers-en.jsonl')),
      lists,
    );
    expectBounds(measured);
    expect(measured.cleanNotes).toBe(34);
    expect(measured.inCleanNotes).toBe(0);
  });

  it('finds names in running sentences, and those typed in small letters', () => {
    expect(found('Mireille was tearful; her brother Tobias called twice.')).toEqual([
      'NAME Mireille',
      'NAME Tobias',
    ]);
    expect(found('pt susan albright, wife joanna rang. Closed by Ines.')).toEqual([
      'NAME susan albright',
      'NAME joanna',
      'NAME Ines',
    ]);
  });

  it('ends on characters of two units at the beginning', () => {
    expect(found('😀 well.')).toEqual([]);
  });

  it('reads a page number as no age, and who speaks as no label of a number', () => {
    expect(found('Table 2 on page 118 lists doses; see image 104.')).toEqual([]);
    expect(found('patient: 574.264.6406')).toEqual(['PHONE 574.264.6406']);
    expect(found('患者：13303567793。')).toEqual(['PHONE 13303567793']);
  });

  it('reads dates with the year before an English month, and without a year after "today"', () => {
    expect(found('DOB 1961-Jul-09; seen today, 3/14.')).toEqual(['DATE 1961-Jul-09', 'DATE 3/14']);
  });

  it('knows how colleagues are called, and how letters are signed', () => {
    expect(found('值班护士小刘发现，检验科的小张已复查，病人小便少。')).toEqual([
      'NAME 刘',
      'NAME 张',
    ]);
    expect(found('Effusion improved. Signed, P. Ramaswamy PT.')).toEqual(['NAME P. Ramaswamy']);
  });

  it('ends a web address at a full-width mark', () => {
    expect(found('登录地址https://example.org/view/49，IP地址192.168.0.7')).toEqual([
      'URL https://example.org/view/49',
      'IP 192.168.0.7',
    ]);
  });

  it('takes no drug with a dose for a name, and no verb before a title for a surname', () => {
    expect(found('王不留行15g，徐长卿10g，刘寄奴12g。由同学陪同，值班医生查房。')).toEqual([]);
  });

  it('finds nothing in medical sentences that only look like identifiers', () => {
    const { differences, cleanNotes } = measure(
      readNotes(readFixture('test/fixtures/identifiers/clean.jsonl')),
      lists,
    );
    expect(cleanNotes).toBeGreaterThanOrEqual(120);
    expect(differences).toEqual([]);
  });

  it('holds the bounds on notes with other sentences, names, places and forms of numbers', () => {
    expectBounds(measure(heldOutNotes(20_250_901, 30), lists));
  });

  it('finds a name that one message tells in the others of the record', () => {
    const texts = [
      'Patient: Adaeze Nwozuru, seen today.',
      'Nwozuru can go home.',
      'No names here.',
    ];
    const [, answer, last] = findInRecord(texts, lists);
    expect(answer).toEqual([
      { start: 0, end: 7, kind: 'NAME', reason: 'again', certainty: 'likely' },
    ]);
    expect(last).toEqual([]);
  });

  it('tells a person from the disease that bears the same name', () => {
    expect(found('Mr. Wilson has Wilson disease.')).toEqual(['NAME Wilson']);
  });

  it('reads full-width letters, digits and marks', () => {
    expect(found('电话：１３８１２３４５６７８，住院号：１２３４５６７')).toEqual([
      'PHONE １３８１２３４５６７８',
      'RECORD １２３４５６７',
    ]);
  });

  it('reads Chinese with spaces beside digits', () => {
    expect(
      found('家住朝阳区建国路 12 号 3 单元 502 室，于 2021 年 3 月 4 日入院，住 3 床。'),
    ).toEqual(['ADDRESS 朝阳区建国路 12 号 3 单元 502 室', 'DATE 2021 年 3 月 4 日', 'BED 3 床']);
  });

  it('gives findings in order, inside the text and without overlaps, for whatever is written', () => {
    const pieces = fc.constantFrom(
      ...'Dr. |Mr |Patient |MRN 12345678|10/21/2014|患者|张伟|医院|住院号|：|@|example.com|https://x.org|,|. |\n|1381234|5678|号|路|床|岁|99|May |(|)|+44 |-|/|A1|\ud800|😀|Smith |John |is a |-year-old|省|市|区|李|主任'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (parts) => {
        const text = parts.join('');
        let last = 0;
        for (const { start, end, kind } of findIdentifiers(text, lists)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(IDENTIFIER_KINDS).toContain(kind);
          last = end;
        }
      }),
    );
  });

  it('ends on long texts that repeat what rules begin with', () => {
    const parts = [
      '1',
      'A ',
      '1-',
      'A.',
      '张',
      '号',
      '路1',
      '路 1 号 ',
      '1 ',
      'Dr. ',
      '12 Aa ',
      'a@',
      '·张',
      'www.',
      '一',
      '省市',
      'St. ',
      '(1',
      'Abc, ',
      'Aa-Bb ',
      'Mary, ',
      'pt abc ',
      '12:00 A: x\n',
      'QQ 12345, ',
      'QQ a ',
      'WeChat, a.b',
      '加a_',
      'The Aa, Bb Lane, ',
      '12 345 ',
      'A1234-',
      'no. 12345 and ',
      '12345、',
      'pump serial ',
      '九十',
      'Pt 98, ',
      '张女士',
      'Mr. John Smith ',
      'Mr. Chidi Nwosu came. Nwosu came. ',
    ];
    for (const part of parts) {
      expect(
        findIdentifiers(part.repeat(50_000 / part.length), lists).length,
      ).toBeGreaterThanOrEqual(0);
    }
  });

  it('finds each of thousands of names of one text where it stands again', () => {
    const surnames = '王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗';
    const given = '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰';
    const names = [...surnames].flatMap((a) =>
      [...given].flatMap((b) => [...given].slice(0, 5).map((c) => `${a}${b}${c}`)),
    );
    const told = names.map((name) => `患者${name}来诊。`).join('');
    const once = findInRecord([told], lists)[0]?.length ?? 0;
    const [, again = []] = findInRecord([told, names.join('，')], lists);
    expect(once).toBeGreaterThan(names.length * 0.9);
    expect(again.length).toBeGreaterThanOrEqual(once);
  });
});
