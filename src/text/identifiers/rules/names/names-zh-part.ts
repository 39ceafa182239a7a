/** Surnames that are part of another word: 老师, 药房, 师姐, 汤勺; and what tells a drug. */

/** What stands before and after a surname that is part of another word then: 老师, 值班, 老公公; 师姐, 孙子, 汤勺. */
const PART_BEFORE: Readonly<Record<string, string>> = {
  师: '询剂配训容摩影妆计型发析划估画牧育乐老医护药技厨律讲教导大法工程理验疗养',
  房: '药病库厨产机乳心住楼',
  门: '急部专热肛幽贲喷',
  车: '护轮推汽火坐开',
  班: '值当夜白早晚中交接上下换跟',
  公: '公老外办',
  孙: '外',
  任: '主责信担',
  管: '血主尿导插拔置气食保',
  方: '对双各我甲乙丙院校警军官多四',
};
const PART_AFTER: Readonly<Record<string, string>> = {
  班: '主长',
  师: '姐妹兄弟父母傅生长资',
  孙: '子女',
  汤: '勺碗锅药水面汁',
  牛: '奶肉羊',
  水: '杯壶果',
};
/** 医师, 药师, 律师 */
const OF_WORK = /[医护药技教律程疗养理]/;
const BEFORE_NAMES = /[医护师士生者人任长授事患:]/;
/** Surnames of very few that are words of every sentence: 家属都知情. */
const SELDOM = '都但那有';

/** Surnames that may be part of a word. */
const MAY_BE = new Uint8Array(0x10000);
for (const surname of `傅${SELDOM}${Object.keys(PART_BEFORE).join('')}${Object.keys(PART_AFTER).join('')}`)
  MAY_BE[surname.charCodeAt(0)] = 1;

/** Discoverers whose names begin with a surname, or have one inside: 惠普尔手术, 安吉尔曼综合征. */
const DISCOVERERS =
  '惠普尔|毕罗特|毕罗氏|麦克伯尼|麦氏|麦克默里|布鲁津斯基|巴宾斯基|巴彬斯基|托马斯|康纳|柯布角|巴顿骨折|古德帕斯彻|安吉尔曼|马尔尼菲|陶瑟|高尔征|沙维尔|戴维斯|杜普|谢文征|霍尔斯特德|尤因|罗姆伯格|罗姆伯|施瓦茨|施万|范可尼|范科尼|柯萨奇|柯莱特|柯氏|佘格伦|卡恩斯|克莱恩|艾迪生|艾森曼格|贺尔纳|霍纳|霍奇金|霍曼斯|雷诺|雷特|汤普森|汤姆森|乔伊特|翁韦里希特|苏丹|梅尼埃|梅克尔|梅格斯|莫罗|莫尔斯|莫氏|穆勒|穆尔|诺里斯|迪谢内|韦格纳|韦尼克|韦伯|韦斯特|富克斯|福斯特|贝尔|贝克|贝赫切特|查科|查多克|戈登|戈谢|盖塔|盖氏|马方|马凡|马洛里|史密斯|雪旺|狄氏|路易|路德维希|龙贝格|伯格|伯杰|唐氏|白塞|康氏|安氏|庞贝|鲍曼|鲍氏';
const DISCOVERER = new RegExp(`(?:${DISCOVERERS})`, 'y');
const DISCOVERER_BEGINS = new Set(DISCOVERERS.split('|').map((name) => name.charAt(0)));
/** What a discoverer has: 手术, 征, 试验. */
const HAS =
  /^[\u4e00-\u9fff]{0,2}(?:征|试验|手术|术|评分|量表|综合征|病|氏|瘤|体|点|角|骨折|反射|指数|分[级期型]|染色|肉瘤|菌|细胞|疗法|法)/;

/** Whether a place is within a name that only discoverers have. */
function isDiscoverer(text: string, place: number): boolean {
  for (let start = place; start >= Math.max(0, place - 3); start -= 1) {
    if (!DISCOVERER_BEGINS.has(text[start] ?? '')) continue;
    DISCOVERER.lastIndex = start;
    const end = start + (DISCOVERER.exec(text)?.[0].length ?? 0);
    if (end > place && HAS.test(text.slice(end, end + 6))) return true;
  }
  return false;
}

/** Whether a surname is part of another word where it stands. */
export function isPart(text: string, start: number): boolean {
  if (isDiscoverer(text, start)) return true;
  if (MAY_BE[text.charCodeAt(start)] === 0) return false;
  const surname = text[start] ?? '';
  const [before, after] = [text[start - 1] ?? '', text[start + 1] ?? ''];
  if (SELDOM.includes(surname)) return /[\u4e00-\u9fff]/.test(before);
  // 黄师傅, but 值班医师傅浩然
  if (surname === '傅' && before === '师' && !OF_WORK.test(text[start - 2] ?? '')) return true;
  if (before && PART_BEFORE[surname]?.includes(before)) return true;
  if (after === '' || !PART_AFTER[surname]?.includes(after)) return false;
  // 主管医生孙子涵, “签名：孙子涵”
  return !BEFORE_NAMES.test(before);
}

/** Doses after a word: a drug. */
export const DOSE = /\s?\d+(?:\.\d+)?\s?(?:mg|g|ml|μg|ug|克|毫克|片|粒|袋|支|枚)/y;

/** Surnames that are measure words, and what stands before those. */
const MEASURES = new Set('段位项支管车班席包团封单盘任双路水池方户柱丛茹');
const COUNTS = /(?:[这那哪每各某一二两三四五六七八九十几半整多]|\d\s?)$/;

/** Whether a surname is a measure word here: 这段文字, 两项. */
export const isMeasure = (text: string, start: number): boolean =>
  MEASURES.has(text[start] ?? '') && COUNTS.test(text.slice(Math.max(0, start - 2), start));
