/** Chinese places of care: hospitals, clinics, health centres, homes. */
import type { Found } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { KNOWN, findShortCare } from './care-zh-short.ts';
import { pairCost } from '../words/chinese-costs.ts';
import { afterWords, placeStart } from '../words/chinese-leads.ts';

/** What a place of care ends with, longest first. */
const ENDINGS =
  `社区卫生服务中心|社区卫生服务站|卫生服务中心|卫生服务站|妇幼保健院|妇幼保健所|妇幼保健中心|妇幼健康服务中心|疾病预防控制中心|临床医学中心|医学影像中心|医学检验所|医学检验中心|健康管理中心|体检中心|透析中心|血液净化中心|康复中心|急救中心|医疗中心|医学中心|精神卫生中心|护理中心|肿瘤中心|养老中心|养护中心|血液中心|保健院|卫生院|中医院|疗养院|养老院|护理院|敬老院|福利院|荣军院|医院|门诊部|诊所|卫生所|卫生室|医务室|医疗站|急救站|疾控中心|月子中心|月子会所|日间照料中心|照料中心|托老所|养护院|颐养院|颐养中心|老年公寓|护理站|中心血站|血站|医务所|医养中心|美容院|大药房|大药店|药房|药店|二附院|三附院|一附院|附院|一院|二院|三院|四院|五院|六院|七院|八院|九院|十院|
防治所|防治院|防治研究所|防治研究院|地方病防治研究所|地方病防治所|地方病防治院|地方病防治站|地方病防治中心|防治中心|防治站|防治医院|防疫站|卫生防疫站|皮防所|皮防院|皮防站|结防所|结防院|职防院|职防所|精防院|牙防所|牙防院|口防所|血防站|血防所|慢病院|慢病站|慢病中心|妇保院|妇保所|妇幼院|妇幼站|妇幼保健站|妇幼保健服务中心|妇女儿童保健中心|儿童保健中心|儿童保健所|保健所|保健站|
妇幼保健计划生育服务中心|妇幼保健和计划生育服务中心|妇幼保健与计划生育服务中心|妇幼卫生计划生育服务中心|计划生育服务中心|计划生育服务站|计划生育技术服务中心|计划生育技术服务站|计划生育指导站|计划生育指导中心|计生服务中心|计生服务站|计生站|计生中心|卫生计生服务中心|卫生健康服务中心|
精神卫生防治院|精神卫生所|精神病院|麻风病院|戒毒康复中心|戒毒医院|疗养中心|疗养所|干休所|献血站|急救指挥中心|紧急救援中心|医疗急救中心|医疗服务中心|医疗救治中心|健康体检中心|血液透析中心|病理诊断中心|影像诊断中心|医学影像诊断中心|临床检验中心|医疗检验中心|安宁疗护中心|临终关怀中心|康养中心|养老服务中心|养老服务站|老年养护中心|社会福利中心|福利中心|儿童福利院|救助站|残疾人康复中心|托养中心|光荣院|校医室|卫生站|医疗室|医疗所`
    .replaceAll('\n', '')
    .split('|')
    .toSorted((a, b) => b.length - a.length);

/** Parts that say only what kind of place it is; a name has something else as well. */
const GENERAL =
  /送检|建册|建卡|选定|签约|对方|防治|牙病|慢性病|慢病|地方病|血吸虫病|寄生虫病|口腔病|眼病|肺病|麻风病|计划生育|计生|技术|服务|指导|门诊|连锁|网上|线上|实体|平价|零售|中药|西药|自费|转诊|就诊|植入|接诊|首诊|收治|申请|检查|手术|委托|协作|报告|合作|对口|来源|治疗|随访|住院|入住|原|市|县|区|省|镇|乡|村|街道|社区|第|[一二三四五六七八九十\d]|人民|中心|中西医结合|中西医|中医|中|西医|妇幼|妇产科|妇产|妇女|儿童|妇儿|肿瘤|胸科|口腔|眼科|骨科|骨伤|精神病|精神|心理|传染病|皮肤病|皮肤|肛肠|结核病|心血管病|专科|综合|三甲|三级|二级|一级|甲等|乙等|大学|医科|附属|医学院|总|公立|私立|民营|民办|康复|老年|老年病|急救|体检|分|定点|基层|公办|国立|直属|教学|军区|部队|医疗|健康|卫生|保健|美容|整形|生殖|男科|女子|男子|不孕不育|胃肠|脑科|职业病|肝病|肾病|血液病|糖尿病|甲状腺|耳鼻喉|五官科|烧伤|创伤|正规|大型|小|大|国|院|全|科|性|各级|各|多家|几家|两家|一家|家|所|个|这|那|何|哪|好|附近|附|近|专业|权威|知名|著名|其他|其它|别|另|不同|相关|有关|民族|蒙医|藏医|互联网|方舱|医联体|县级|市级|省级|级|城|乡镇|农村|当地|本地|外地|地方|家庭|私人|宠物|学校|单位|公司|厂|职工|同(?!仁|济|德|心|和|安|善|泽|方)|上|下|内|外/g;

/** Two characters that common words before 医院 end with; the corpus has others (lists.words). */
const isPlace = /[省市区县旗镇乡村州盟道]|大学|学院|附属|集团|军|警|总/;

/** Endings by their last two characters, longest first. */
const BY_LAST = new Map<string, string[]>();
for (const ending of ENDINGS) {
  const last = ending.slice(-2);
  BY_LAST.set(last, [...(BY_LAST.get(last) ?? []), ending]);
}

function endingAt(text: string, end: number): string | null {
  const known = BY_LAST.get(text.slice(Math.max(0, end - 2), end));
  return known?.find((ending) => text.startsWith(ending, end - ending.length)) ?? null;
}

/** What may stand before a hospital's name where it has no place in it. */
const LOCATED =
  /(?:[在于至到往入赴去回送住由经自从与及和院诊了进是系叫找来转请我致报达抵寄均让被约见您你他她们地所保日检对方]|[^\u4e00-\u9fff]|^)$/;
/** What names of villages, hills and halls end with, and quarters of a town: 松原岭, 梧桐坡, 仁济堂, 东郊. */
const TOPONYM =
  /^(?:[\u4e00-\u9fff]{2,3}[岭坡坪坝沟湾塘桥铺店庄屯堡寨坳冲垭坑洲屿浦滩堂斋里口河湖江泉溪营集岗]|[东西南北][郊关城门])$/;

/** Homes and shops, whose names are made of ordinary words: 夕阳红养老院, 老百姓大药房. */
const HOMES = new Set(
  '养老院 老年公寓 照料中心 日间照料中心 大药房 月子中心 月子会所 托老所 敬老院 福利院 护理院 养老中心 颐养院'.split(
    ' ',
  ),
);

/** What villages and streets have. */
const VILLAGE = /卫生院|卫生所|卫生室|卫生服务/;

/** Whether two characters are a word of any text rather than part of a name. */
const ordinary = (pair: string, { costs, words }: Lists): boolean =>
  pairCost(costs, pair) <= 11 || (words.has(pair) && pairCost(costs, pair) < Infinity);

/** The beginning of a name after words that no list of leads knows: 尝试登录|青禾骨科医院. */
function afterUsual(text: string, start: number, end: number, lists: Lists): number {
  let from = start;
  while (end - from >= 4 && ordinary(text.slice(from, from + 2), lists)) from += 2;
  return from;
}

/** Who signs, and where: “（和煦康复医院）”, a name that says its kind and stands by itself. */
function isAlone(text: string, from: number, end: number, name: string, own: string): boolean {
  const bracketed = /[(（]/.test(text[from - 1] ?? '') && /[)）]/.test(text[end] ?? '');
  const line = /^(?:\n|)$/.test(text[from - 1] ?? '') && /^(?:[\s　]|)$/.test(text[end] ?? '');
  return own.length < name.length && own.length <= 4 && (bracketed || line);
}

export function findChineseCare({ text, care }: Scan, lists: Lists, found: Found): void {
  findShortCare(text, found);
  for (const at of care) {
    const end = at + 1;
    const ending = endingAt(text, end);
    if (!ending) continue;
    // "医院感染", "医院内": still the place; "医院管理局" is another.
    const nameEnd = end - ending.length;
    const start = placeStart(text, nameEnd, 30 - ending.length, true);
    if (start >= nameEnd) continue;
    let from = afterWords(text, start, nameEnd, lists.costs);
    // Digits belong only to 第301医院.
    const digits = /^\d+(?!医院)/.exec(text.slice(from, nameEnd));
    if (digits) from += digits[0].length;
    const name = text.slice(from, nameEnd);
    const own = name.replace(GENERAL, '');
    const numbered = /\d{3}$/.test(name);
    if (own.length === 0 && !numbered) continue;
    const placed = isPlace.test(name) && name.length >= 3;
    if (!placed) {
      if (own.length < 2 || name.length > 10) continue;
      const known = KNOWN.has(own) || isAlone(text, from, end, name, own);
      const [first, last] = [ordinary(own.slice(0, 2), lists), ordinary(own.slice(-2), lists)];
      const home = own.length >= 3 && HOMES.has(ending) && !(first && last);
      // Villages are called by ordinary words, and so are parts of long names.
      const built = own.length >= 4 || VILLAGE.test(ending);
      const toponym = TOPONYM.test(own) && !(first && ordinary(own.slice(1, 3), lists));
      if (!known && !home && !numbered && !toponym && (built ? first && last : first || last))
        continue;
      if (!LOCATED.test(text.slice(Math.max(0, from - 1), from))) {
        from = afterUsual(text, from, nameEnd, lists);
        const rest = text.slice(from, nameEnd).replace(GENERAL, '');
        if (rest.length < 2 || ordinary(rest.slice(0, 2), lists)) continue;
      }
    } else if (own.length === 1 && lists.words.has(name.slice(0, 2))) continue;
    const branch =
      /^(?:[\u4e00-\u9fff]{1,3}(?:院区|分院)|\([\u4e00-\u9fff]{1,4}(?:院区|分院|院)\))/.exec(
        text.slice(end, end + 10),
      );
    const to = end + (branch?.[0].length ?? 0);
    found({
      start: from,
      end: to,
      kind: 'HOSPITAL',
      reason: 'form',
      certainty: placed ? 'sure' : 'likely',
    });
  }
}
