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

describe('Chinese names', () => {
  it('finds whose part in the work or the family one word tells', () => {
    expectMarked(`
      一助⟦NAME 赖振华⟧，麻醉⟦NAME 温伯年⟧，记录⟦NAME 孟露⟧，上级⟦NAME 姜双喜⟧。
      接听⟦NAME 成敏⟧，复述无误，上报⟦NAME 文引弟⟧。
      先证者父⟦NAME 高庆丰⟧，母⟦NAME 管敏⟧，姐⟦NAME 高银花⟧，舅⟦NAME 黄森⟧均体健。
      1号机⟦NAME 王敏⟧，2号机⟦NAME 黄炜⟧，设备科⟦NAME 董根宝⟧已到，心电图室⟦NAME 井涛⟧在。
      上机⟦NAME 翟敏⟧，下机⟦NAME 裘丽⟧；邻居⟦NAME 纪⟧婶说他去赶集。
      医⟦NAME 游怀瑾⟧护⟦NAME 牛洁⟧驾⟦NAME 查泽楷⟧，术中由器械护士传递。
    `);
  });

  it('ends a name before what somebody does', () => {
    expectMarked(`
      ⟦NAME 严薇⟧交接完毕，问诊由⟦NAME 魏璐⟧转述，妻子⟦NAME 路萍⟧学翻身。
      ⟦NAME 袁蓉⟧爱人⟦NAME 崔俊杰⟧扶来，⟦NAME 隋彬⟧侄女在旁。
      ⟦NAME 邵倩⟧独居，⟦NAME 杜磊⟧红着眼问，⟦NAME 廖景行⟧说不疼。
      尽快与⟦NAME 孟琦⟧交班，致⟦NAME 许⟧先生，请带⟦NAME 沈⟧大爷来。
    `);
  });

  it('knows people again by the given name, and those who only sign or speak', () => {
    expectMarked(`
      ⟦NAME 贺碧云⟧调参，妹视频探视，哭，⟦NAME 碧云⟧安慰。
      大名⟦NAME 何峻⟧，昨天⟦NAME 峻峻⟧又烧到39度。
      嘱下月复查血脂。⟦NAME 葛⟧
      ⟦NAME 晓燕⟧：爷爷又烧了。⟦NAME 满仓⟧：找大夫啊。⟦NAME 晓燕⟧：他周一才坐诊。⟦NAME 满仓⟧：好。
      患者（⟦NAME 雨晴⟧妈妈）：宝宝咳三天，打不通找⟦NAME 冬梅⟧。
      我是骨科的小⟦NAME 施⟧，菲佣⟦NAME 玛丽亚⟧照顾。
    `);
  });

  it('takes parts of other words for no name', () => {
    expectMarked(`
      建议您及时与学校老师和医生沟通，孩子不爱吃饭，老公公保持卧床。
      孩子小名不写了，由孙女推轮椅来诊，明早8点换药，药房核对处方。
      霍纳征（-），史氏征无，舒乐安定1片，孔雀绿外涂，汤勺喂食，西门子1.5T。
      查体：墨菲征阳性，霍夫曼征阴性；拉贝洛尔100mg口服，胃镜：巴雷特食管。
      父亲因肺癌去世，母亲健在，姐姐患哮喘，子宫常大，母乳喂养，女性患者多见。
      外科常规换药，内科会诊后转科，急诊行剖宫产，2号台手术，3号机水处理正常。
      患者于今日出院，患儿方面无异常，家属都知情，护士长安排，医生能力有限。
      昨夜安睡，今安排出院，通知家属到场，问明原因，初三学习压力大。
      麻醉满意，记录完整，评估：白蛋白38g/L，问：甘露醇怎么用？
    `);
  });
});
