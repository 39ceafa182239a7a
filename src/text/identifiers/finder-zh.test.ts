/** Chinese names and places in sentences of many forms: ⟦NAME 沈⟧ marks what is found, and nothing else is. */
import { beforeAll, describe, expect, it } from 'vitest';
import { findIdentifiers } from './finder.ts';
import { loadLists, type Lists } from './lists.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

/** The text with every finding in marks. */
function marked(text: string): string {
  let [whole, at] = ['', 0];
  for (const { start, end, kind } of findIdentifiers(text, lists)) {
    whole += `${text.slice(at, start)}⟦${kind} ${text.slice(start, end)}⟧`;
    at = end;
  }
  return whole + text.slice(at);
}

function expectMarked(lines: string): void {
  for (const line of lines.trim().split('\n')) {
    const wanted = line.trim();
    expect(marked(wanted.replace(/⟦[A-Z]+ (.*?)⟧/g, '$1'))).toBe(wanted);
  }
}

describe('Chinese places', () => {
  it('begins a hospital after whatever word stands before it', () => {
    expectMarked(`
      已电话通知⟦HOSPITAL 海棠区第二人民医院⟧急诊科做好准备。
      患者家属要求转诊⟦HOSPITAL 安平市精神卫生中心⟧。
      急，⟦NAME 王建国⟧大夫：⟦BED 32床⟧的病人要转⟦HOSPITAL 望山县人民医院⟧，床位找谁？
      麻醉车把他送达⟦HOSPITAL 澄湖县中医院⟧，家属在场。
      麻烦您把片子寄回⟦HOSPITAL 滨河区中心医院⟧放射科。
      拟转⟦HOSPITAL 槐树坡卫生院⟧，⟦HOSPITAL 锦山矿业职工总医院⟧来车。
      自诉曾就诊⟦HOSPITAL 仁爱医院⟧，未见好转。
    `);
  });

  it('takes general words for no place', () => {
    expectMarked(`
      患者拟回当地医院继续治疗，就近诊所换药。
      通知医院感染管理科，病区床位紧张，共开放48床。
      通路3-2-1方案，翻身2-3次，居家隔离，社区网格员管理。
      家长诉孩子在小区里玩耍时跌倒，床上大小便，一张病床两床被子。
    `);
  });

  it('finds houses told by figures alone, towns where somebody works, beds with a letter', () => {
    expectMarked(`
      出院后回⟦ADDRESS 青云区望江小区3-2-1102⟧休养。
      地址还是⟦ADDRESS 滨湖新区海河大道12-3-501⟧，没搬。
      住⟦ADDRESS 临江市青云区梧桐路18号锦绣江南5栋302⟧，丈夫在⟦ADDRESS 明州市⟧打工。
      住⟦ADDRESS 安徽省临溪市后营胡同71号1幢1单元1404⟧，收件人同。
      请寄⟦ADDRESS 澄湖县石桥镇大柳树村5组⟧，勿寄单位。
      ⟦BED A12床⟧晨起发热，⟦BED 加5床⟧未归；⟦BED 三十六床⟧今日出院。
    `);
  });
});
