/** Places, numbers and dates in sentences that the first rules did not foresee, and what only looks like them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadLists, type Lists } from './lists.ts';
import { othersIn } from './testing/found.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

const found = (text: string): string[] => othersIn(text, lists);

const all = (kind: string, values: string): string[] =>
  values.split('|').map((value) => `${kind} ${value}`);

describe('places of care', () => {
  it.each([
    [
      'Left Marlow Creek Hospital at noon. Reached Tarn Valley Medical Center.',
      'Marlow Creek Hospital|Tarn Valley Medical Center',
    ],
    ['Visiting Penhallow Infirmary weekly.', 'Penhallow Infirmary'],
    [
      'Seen at Maple Street Dermatology, later at Harbor Point Orthopedics.',
      'Maple Street Dermatology|Harbor Point Orthopedics',
    ],
    ['Discharged from Bath Hospital to Reading Hospital.', 'Bath Hospital|Reading Hospital'],
    [
      'Back to Willow Bend Pediatrics; records from Lakeshore Cardiology Associates.',
      'Willow Bend Pediatrics|Lakeshore Cardiology Associates',
    ],
    ['寄往丹霞州地方病防治研究所。', '丹霞州地方病防治研究所'],
    ['TRANSFER TO PENHALLOW HOSPITAL', 'PENHALLOW HOSPITAL'],
    [
      "Sisters of Charity Hospital accepted; ST. MARY'S HOSPITAL did not.",
      "Sisters of Charity Hospital|ST. MARY'S HOSPITAL",
    ],
    ['在石桥县结核病防治所取药，后转临江市职业病防治院。', '石桥县结核病防治所|临江市职业病防治院'],
    [
      '于青山区妇幼保健和计划生育服务中心建卡，约20260105回白杨县血防站。',
      '青山区妇幼保健和计划生育服务中心|白杨县血防站',
    ],
    ['送抵青山镇计划生育服务站。由县皮防所转来。', '青山镇计划生育服务站|县皮防所'],
  ])('finds: %s', (text, places) => {
    expect(found(text).filter((it) => it.startsWith('HOSPITAL'))).toEqual(all('HOSPITAL', places));
  });

  it.each([
    'FINDINGS AT TIME OF SURGERY: adhesions. DATE OF SURGERY: see above.',
    'COURSE IN THE HOSPITAL: uneventful. CONDITION ON LEAVING HOSPITAL: good.',
    'HISTORY OF OPEN HEART SURGERY',
    'Evaluated by the Laryngology and Thoracic Surgery services and the Plastic Surgery team.',
    'She attends the Lynch clinic and the Marfan clinic.',
    'Follow up with Cardiology; pictures go to Pediatric Neurology.',
    '防治中心建议复查，到当地防疫站接种。',
  ])('is no place: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('numbers', () => {
  it.each([
    [
      'Chart 412-33-9081 reviewed; hospital file 412-33-9082.',
      ['RECORD 412-33-9081', 'RECORD 412-33-9082'],
    ],
    ['412-33-9081 is her chart number.', ['RECORD 412-33-9081']],
    ['SSN on file 412-33-9081. Patient 412-33-9082.', ['ID 412-33-9081', 'ID 412-33-9082']],
    ['Pump, S/N PK112233. Pacemaker SN A12345678.', ['DEVICE PK112233', 'DEVICE SN A12345678']],
    ['Ventilator Hamilton C6, model 160021, mode ASV.', []],
    ['Bank account for travel refund: 2396069718.', ['ACCOUNT 2396069718']],
    ['Ask the charge nurse at 842-0185.', ['PHONE 842-0185']],
    ['From: Saltpan Bay, 555-0146\nPages: 4', ['PHONE 555-0146']],
    ['Platelets 150-4000, range 200-1000 at rest.', []],
    ['联系38943756，无人接听，改拨66289707。', ['PHONE 38943756', 'PHONE 66289707']],
    ['Her record, 412-33-9081, was merged.', ['RECORD 412-33-9081']],
    ['护士站：84432190。与女儿联系（84432191）。', ['PHONE 84432190', 'PHONE 84432191']],
    ['数据与家属共享，68173552。', ['PHONE 68173552']],
    ['血小板38943756个。', []],
    ['病人　住院号MZ25659295\n日期：2025-08-12', ['RECORD MZ25659295', 'DATE 2025-08-12']],
    ['血糖仪发射器编号（序列号）581471662，体重（公斤）65。', ['DEVICE 581471662']],
  ])('finds: %s', (text, wanted) => {
    expect(found(text)).toEqual(wanted);
  });
});

describe('dates and addresses', () => {
  it.each([
    [
      'Next session 5/20. Next talk 11/7, at home. Previous echo 6/18.',
      ['DATE 5/20', 'DATE 11/7', 'DATE 6/18'],
    ],
    ['Last pain 4/10, next dose 1/2 tablet, first 2/3 samples, second trial 5/7 correct.', []],
    ['出生70.11.04，建档98.5.12。', ['DATE 70.11.04', 'DATE 98.5.12']],
    [
      '12 Oak Hill Lane, Port Saxby\nResuscitation status: full',
      ['ADDRESS 12 Oak Hill Lane, Port Saxby'],
    ],
  ])('finds: %s', (text, wanted) => {
    expect(found(text)).toEqual(wanted);
  });
});
