import { beforeAll, describe, expect, it } from 'vitest';
import { loadLists, type Lists } from './lists.ts';
import { othersIn } from './testing/found.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

/** What is found, without names, which have tests of their own. */
const found = (text: string): string[] => othersIn(text, lists);

describe('numbers, dates and places in hurried notes', () => {
  it.each([
    ['Scan for Helen Marsh (611-20-348), then home.', ['RECORD 611-20-348']],
    ['OKAFOR, Daniel J551902. Intubated.', ['RECORD J551902']],
    ['The number 40336/16 is her record number.', ['RECORD 40336/16']],
    ['Use 44712908 (MRN) from now on.', ['RECORD 44712908']],
    [
      'Letters were filed under 401-70-913; bill quoting GX551204.',
      ['RECORD 401-70-913', 'RECORD GX551204'],
    ],
    ['Her hospital number, copied from the wristband, is 4471290.', ['RECORD 4471290']],
    [
      'Pump returned yesterday, NQ433624K. Ventilator YN-5102-Y checked.',
      ['DEVICE NQ433624K', 'DEVICE YN-5102-Y'],
    ],
    [
      'Insured with VHI BUP/9947939, NI no AB 41 04 70 C.',
      ['ACCOUNT BUP/9947939', 'ID AB 41 04 70 C'],
    ],
    [
      '透析机LT-8829-3100报警，轮椅编号BTW824810S借用。',
      ['DEVICE LT-8829-3100', 'DEVICE BTW824810S'],
    ],
    [
      '病案号更正为6658027，条码ZY47905299，卡62759295477944048。',
      ['RECORD 6658027', 'RECORD ZY47905299', 'ACCOUNT 62759295477944048'],
    ],
    [
      '标本交给小王了，ZY38055764。登录IP192.0.2.36，送ICUA12床。',
      ['RECORD ZY38055764', 'IP 192.0.2.36', 'BED A12床'],
    ],
    [
      'Wei is on WeChat only, lotus_9841; wang_li77 is her WeChat.',
      ['WECHAT lotus_9841', 'WECHAT wang_li77'],
    ],
    [
      'Mum 0491 570 486, PHN (071) 9133733, uncle 98765 43210.',
      ['PHONE 0491 570 486', 'PHONE (071) 9133733', 'PHONE 98765 43210'],
    ],
    ['We tried 555-0137 twice.', ['PHONE 555-0137']],
  ])('finds a number without a label just before it: %s', (text, findings) => {
    expect(found(text)).toEqual(findings);
  });

  it.each([
    [
      'Born 18 Apr 21, apgars 9 and 10. TCU 5 Dec Jurong Vale General Hospital.',
      ['DATE 18 Apr 21', 'DATE 5 Dec', 'HOSPITAL Jurong Vale General Hospital'],
    ],
    [
      'Clips out 12/31. Moved out 18/2. r/v 1/6. Ward 27/11: calm.',
      ['DATE 12/31', 'DATE 18/2', 'DATE 1/6', 'DATE 27/11'],
    ],
    [
      'Sister flies in 03/16, DOS 01-23. Back since 4.26.',
      ['DATE 03/16', 'DATE 01-23', 'DATE 4.26'],
    ],
    [
      'DOB 12 03 1956; wife born 040567; seen 18 apr 2021.',
      ['DATE 12 03 1956', 'DATE 040567', 'DATE 18 apr 2021'],
    ],
    [
      '4.26电话随访；下次3/3，01-23 21:36接警。拟5.1首台，INR复查10.10。',
      ['DATE 4.26', 'DATE 3/3', 'DATE 01-23', 'DATE 5.1', 'DATE 10.10'],
    ],
    ['下次2018.04复查，19年12月起居家。', ['DATE 2018.04', 'DATE 19年12月']],
    ['Octavio is 92, desats at night. Helen Marsh 103 yrs, frail.', ['AGE 92', 'AGE 103']],
  ])('reads days and ages that are hardly marked: %s', (text, findings) => {
    expect(found(text)).toEqual(findings);
  });

  it.each([
    [
      'Lives 189 W Juniper Ave, Dunmore Falls OH 44199. DME: walker',
      ['ADDRESS 189 W Juniper Ave, Dunmore Falls OH 44199'],
    ],
    [
      'Visit to 12 Mill Brow, Netherby LA99 4QX on Friday.',
      ['ADDRESS 12 Mill Brow, Netherby LA99 4QX'],
    ],
    [
      'Seen at 305 Beacon Way, Wexcombe on 7 May 2022.',
      ['ADDRESS 305 Beacon Way, Wexcombe', 'DATE 7 May 2022'],
    ],
    [
      'Blk 213 Lorong Kemuning #03-183 Singapore 529931, daughter away',
      ['ADDRESS Blk 213 Lorong Kemuning #03-183 Singapore 529931'],
    ],
    [
      'Near H.No 215, 7th Cross Gandhipuram, Pune 411999. Stable.',
      ['ADDRESS H.No 215, 7th Cross Gandhipuram, Pune 411999'],
    ],
    [
      "Tfr Royal Murrawee Hospital, then back to St Thomas'.",
      ['HOSPITAL Royal Murrawee Hospital', "HOSPITAL St Thomas'"],
    ],
    [
      'd/w A. Hrynchuk GP Netherby General Hospital and Dunmore Clinic, Hôpital Saint-Aubert, Karampur PHC.',
      [
        'HOSPITAL Netherby General Hospital',
        'HOSPITAL Dunmore Clinic',
        'HOSPITAL Hôpital Saint-Aubert',
        'HOSPITAL Karampur PHC',
      ],
    ],
  ])('ends addresses and places of care where they end: %s', (text, findings) => {
    expect(found(text)).toEqual(findings);
  });

  it.each([
    'Monitor: 120/80, 96 bpm. Balance: 4500 ml. Vent: SIMV 450/14. Stent 2.75/22.',
    'Ventilator: AC 16/450. The lead 6947M, model W1DR01; screening 2019-2020.',
    'Under 100000 copies, labelled 123456 cells; Holter 102345 beats; platelets 123456.',
    'Families (327/680), pages 1052-1055, the inhibitor SB203580, then (WR242511).',
    'Power 4/5 L, nodes 4/18 positive, Symbicort 25/5 bd, MoCA 12/30, BiPAP at 18/5.',
    'Pain 6/10 at 02:00, r/v 3/12, 3/7 course, ratio 3/4, visual acuity to 6/24 at three months.',
    '肌力4/5，恢复至4/5，疼痛降到3/10，血钾4.26，复查3.5，病史10年3月余。',
    '呼吸机PB840，监护仪120/80，血小板123456，B超示3.4厘米，低于4.26，升至5.12。',
    "St John's wort, St Anthony's fire. Shelter clinic today. Addenbrooke's 88/100. The PHC team.",
    'Contact via WeChat or e-mail. Block 3 was hard. 2 may be given.',
  ])('finds nothing in what only looks alike: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
