/** Chinese addresses: what a label names, streets and houses, and places below the province. */
import type { Found, IdentifierFinding } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { afterWords, placeStart } from '../words/chinese-leads.ts';

const LABEL =
  /(?:家庭住址|家庭地址|现住址|现住地址|居住地址|居住地|户籍地址|户籍所在地|户口地址|户口所在地|联系地址|通讯地址|通信地址|邮寄地址|单位地址|收件地址|寄件地址|收货地址|家访地址|上门地址|快递地址|回邮地址|住处|居所|住址|地址|籍贯|出生地|现住地|常住地|户籍地|户籍|祖籍|住所|原籍|暂住地)(?:\s?[:为是]\s?|\s)([^\n,。;；、\t]{2,60})/g;
const NOTHING =
  /^(?:同上|不详|无|未知|见|同前|未提供|略|空|保密|如上|同户籍|同现住址|待查|拒绝|不便|\(|-)/;
/** What follows an address on the same line. */
const NEXT =
  /\s{2,}|\s(?=[\u4e00-\u9fff]{2,6}[:为])|(?:联系电话|电话|手机|邮编|联系人|职业|民族|婚姻|身份证|工作单位|单位).*$/;

const NUMERAL = '[\\dA-Za-z一二三四五六七八九十百甲乙丙丁东西南北中]';
const IS_NUMERAL = new RegExp(NUMERAL);
/** 30号3栋1994室, 3号楼2单元501室, 三组, 88 号 */
const PART = `${NUMERAL}+(?:-\\d+)* ?(?:号院|号楼|号[前后]院|号|支弄|弄|栋|幢|座|单元|楼|层|排|室|组|队|社|户|房|铺|巷|区|期|街|坊|门|梯|屋)(?:之[一二三\\d])?`;
const HOUSE = new RegExp(
  `(?:${PART})(?:附${NUMERAL}+号|[\\u4e00-\\u9fff]{2,8}(?:小区|花园|公寓|大厦|苑|家园|新村|宿舍|城|园|庭|广场|居|府|湾|里|邸|轩|阁|郡|坊|村|国际|社区|公馆|豪庭|别墅|大院|楼|世家|天地|新都|家属院)(?=${NUMERAL})|(?<=[号弄])(?:(?![在住到去由与和])[\\u4e00-\\u9fff]){2,6}(?=\\d{1,3}(?:号楼|栋|幢|座|单元))| ?${PART}|-?${NUMERAL}{1,5}(?![\\dA-Za-z一-龥])|(?<=单元|[栋幢座])\\d{3,4}(?![\\dA-Za-z号弄栋幢座单楼层室组队户年月日岁次个点时分元米克毫])|\\s?(?=\\d+(?:栋|幢|单元|室|号楼)))*`,
  'y',
);
/** With what a street, a village or a housing estate ends. */
const STREET =
  /(?:路|街|大道|道|巷|弄|胡同|里|村|屯|庄|寨|社区|小区|花园|苑|园|新村|公寓|大厦|广场|家园|城|湾|府|庭|坊|塘|坡|岭|冲|沟|堡|镇|乡|街道|工业区|开发区|家属院|大院|宿舍|[东西南北中]段|桥头|庭院|名邸|豪庭|国际|家属楼|别墅|东区|西区|南区|北区|[一二三四五六七八九]区|[一二三四五六七八九\d]期|轩|阁|居|邸|郡|公馆|名苑|华府|御景|天地|世家|新城|家苑|嘉园|佳苑|雅苑|华庭|豪园|丽舍|水岸|名城|香榭|一号院)$/;
/** Streets and estates that hospitals and bodies have. */
const NO_STREET =
  /(?:病区|院区|气道|肠道|阴道|尿道|胆道|食道|消化道|呼吸道|通道|隧道|产道|管道|频道|渠道|味道|知道|线路|电路|思路|出路|回路|道路|通路|旁路|尿路|网路|径路|走路|一路|皮下|医院|手术|中心|诊疗|指南|文献|阶段|节段|病程)$/;

/** The administrative levels below the province; what stands before the last character is the name. */
const LEVEL = /(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|自治州|地区|市|区|县|旗|镇|乡|街道|村|州|盟))/y;
const ALONE =
  /(?:来自|籍贯|出生于|生于|家住|现住|居住于|居住在|现居|住在|定居|长期居住在|长期居住于|久居|户籍|祖籍|原籍|老家|常住|暂住|租住|家在|回到|返回|搬到|搬至|迁至|打工于|务工于|出生地|原籍|生长于|长于|系|去了|回了|到了|去往|逃到|嫁到|嫁到了|调到|调往)\s?:?$/;
/** What people do in a town: 在明州市打工. */
const LIVES = /^(?:打工|务工|工作|上班|读书|上学|念书|居住|生活|定居|做生意|经商|出差|开店|租房)/;
const BODY =
  /(?:病区|社区|地区|城区|(?<![东西南北])郊区|山区|疫区|院区|小区|园区|景区|战区|校区|辖区|牧区|林区|灾区|市区|城市|超市|门市|都市|股市|上市|省市|县市|各市|本市|我市|全市|该市|外市|同市|城镇|乡镇|农村|乡村|新农村|自然村|行政村|村镇|全省|外省|本省|我省|各省|全县|本县|各县|区县|市县|县区|我县|本区|全区|额区|颞区|顶区|枕区|肺区|心区|肝区|肾区|脾区|腰区|背区|腹区|胸区|前区|脐区|骶区|髋区|膝区|踝区|肩区|腕区|颌区|耳区|眼区|鼻区|唇区|舌区|牙区|咽区|喉区|颈区|甲区|乳区|乳晕区|胃区|胆区|胰区|肠区|膀胱区|会阴区|肛区|腹股沟区|皮区|叶区|瓣区|瓣膜区|听诊区|动脉区|静脉区|灶区|病灶区|梗死区|缺血区|水肿区|手术区|术区|供区|受区|照射区|靶区|盲区|误区|禁区|特区|分区|误诊区|监护区|留观区|候诊区|清洁区|污染区|缓冲区|隔离区|功能区|语言区|运动区|感觉区|中央区|边缘区|基底节区|放射区|鞍区|桥小脑角区|丘脑区|反射区|压痛区|叩痛区|浊音区|鼓音区|无菌区|生活区|工作区|办公区|开发区|工业区|城乡|家乡|老乡|同乡|回乡|下乡|返乡|他乡|异乡)$/;

const likelyName = (text: string, words: ReadonlySet<string>): boolean => {
  const name = text.slice(0, -1);
  return (
    !BODY.test(text) &&
    !(name.length === 2 && words.has(name)) &&
    !/^(?:和(?![平田县顺龙静政硕布])|与|及)/.test(name) &&
    !/^[市区县镇乡村街路]/.test(name)
  );
};

function afterLabels(text: string, found: Found): void {
  for (const match of text.matchAll(LABEL)) {
    const value = (match[1] ?? '').replace(NEXT, '').replace(/[\s.)\]]+$/, '');
    if (value.length < 2 || NOTHING.test(value) || !/[\u4e00-\u9fff]/.test(value)) continue;
    const start = match.index + match[0].length - (match[1] ?? '').length;
    found({
      start,
      end: start + value.length,
      kind: 'ADDRESS',
      reason: 'label',
      certainty: 'sure',
    });
  }
}

/** A space may stand between Chinese and digits: 漕溪路 88 号. */
const beforeSpace = (text: string, at: number): number => (text[at - 1] === ' ' ? at - 1 : at);

/** Where the number before a unit begins; the unit's own place where there is none. */
function houseStart(text: string, at: number): number {
  const end = beforeSpace(text, at);
  let start = end;
  const joint = (place: number): boolean =>
    text[place] === '-' && /\d/.test(text[place + 1] ?? '') && /\d/.test(text[place - 1] ?? '');
  while (start > 0 && (IS_NUMERAL.test(text[start - 1] ?? '') || joint(start - 1))) start -= 1;
  return start === end ? at : start;
}

function houses({ text, units }: Scan, { costs }: Lists, found: Found): void {
  let done = 0;
  for (const at of units) {
    if (at < done) continue;
    const number = houseStart(text, at);
    if (number === at) continue;
    // A street may end in a character that is a numeral too (东, 中).
    for (let from = number; from < at; from += 1) {
      const streetEnd = beforeSpace(text, from);
      const start = afterWords(text, placeStart(text, streetEnd, 34, true), streetEnd, costs);
      const street = text.slice(start, streetEnd);
      if (street.length < 2 || !STREET.test(street) || NO_STREET.test(street)) continue;
      HOUSE.lastIndex = from;
      const house = HOUSE.exec(text)?.[0];
      if (!house) continue;
      done = from + house.length;
      const clean = street.length >= 3 ? 'sure' : 'likely';
      found({ start, end: done, kind: 'ADDRESS', reason: 'form', certainty: clean });
      break;
    }
  }
}

/** 33-3-418: the building, its entrance and the room; 128: the house. */
const JOINED = /^(?:[A-Z]-?)?\d{1,4}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?){0,3}$/;
/** Last characters of streets and estates before such a number. */
const BEFORE_JOINED = /[路街道巷弄同村区园苑寓厦场家城湾府庭坊里庄居邸轩阁郡馆院墅舍营段]/;
/** After such a number something else begins. */
const AFTER_JOINED = /^\s?(?:[,，。;；、)）(（:：\n]|$|\s)/;

/** Houses that only figures tell: 杏花大道33-3-418, and with a level or 住 before them 文昌路128. */
function figures({ text, numbers }: Scan, { costs }: Lists, found: Found): void {
  for (const { start: at, end } of numbers) {
    const streetEnd = beforeSpace(text, at);
    if (!BEFORE_JOINED.test(text[streetEnd - 1] ?? '')) continue;
    const value = text.slice(at, end);
    const joints = value.split(/[-/]/).length;
    const after = text.slice(end, end + 2);
    if (!JOINED.test(value) || !(joints > 2 ? /^\s?[^\d年月日%]|^$/ : AFTER_JOINED).test(after))
      continue;
    const start = afterWords(text, placeStart(text, streetEnd, 34, true), streetEnd, costs);
    const street = text.slice(start, streetEnd);
    if (street.length < 3 || !STREET.test(street) || NO_STREET.test(street)) continue;
    const told = ALONE.test(text.slice(Math.max(0, start - 8), start));
    const placed = /[市区县旗镇乡].{2}/.test(street);
    if (joints < 3 && !told && !placed) continue;
    found({ start, end, kind: 'ADDRESS', reason: 'form', certainty: 'likely' });
  }
}

/** Names of places in a row: 山东省青岭市石桥镇; one alone only after a word such as 家住. */
function levels({ text, places }: Scan, { words, costs }: Lists, found: Found): void {
  let done = 0;
  for (const at of places) {
    if (at < done) continue;
    const start = afterWords(text, placeStart(text, at + 1, 10), at + 1, costs);
    if (start >= at) continue;
    let end = start;
    let count = 0;
    for (;;) {
      LEVEL.lastIndex = end;
      const level = LEVEL.exec(text)?.[0];
      if (
        !level ||
        !likelyName(level, words) ||
        (level.endsWith('区') && text.startsWith('域', end + level.length))
      )
        break;
      end += level.length;
      count += 1;
    }
    if (count === 0) continue;
    const told =
      ALONE.test(text.slice(Math.max(0, start - 8), start)) ||
      (text[start - 1] === '在' && LIVES.test(text.slice(end, end + 3)));
    if (count === 1 && !(told && /[省市区县旗镇乡村州]$/.test(text.slice(start, end)))) continue;
    if (count === 1 && text.slice(start, end).endsWith('省')) continue;
    done = end;
    found({ start, end, kind: 'ADDRESS', reason: told ? 'role' : 'form', certainty: 'likely' });
  }
}

/** Parts of one address that rules found apart, or that overlap, are one. */
function merged(findings: readonly IdentifierFinding[], found: Found): void {
  const whole: IdentifierFinding[] = [];
  for (const finding of findings.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = whole.at(-1);
    if (!last || finding.start > last.end) whole.push(finding);
    else whole[whole.length - 1] = { ...last, end: Math.max(last.end, finding.end) };
  }
  for (const finding of whole) found(finding);
}

export function findChineseAddresses(scan: Scan, lists: Lists, found: Found): void {
  const findings: IdentifierFinding[] = [];
  const put: Found = (finding) => findings.push(finding);
  if (/[址籍地所]/.test(scan.text)) afterLabels(scan.text, put);
  if (scan.units.length > 0) houses(scan, lists, put);
  if (scan.numbers.length > 0) figures(scan, lists, put);
  if (scan.places.length > 0) levels(scan, lists, put);
  merged(findings, found);
}
