/** Words that stand before a number and say what it is, in English and Chinese. */
import type { IdentifierKind } from '../kinds.ts';
import { ENGLISH, VAGUE, WEAK } from './labels-en.ts';
import { kindByEnding } from './labels-zh.ts';

/** Chinese labels by kind; 号, 号码, 编号 and “为” may follow them. */
const CHINESE: Partial<Record<IdentifierKind, string>> = {
  RECORD: `治疗|治疗编|筛选|随机|入组编|住院|病案|病案首页|门诊|病历|就诊|就诊卡|诊疗卡|就诊卡卡|登记|检查|影像|影像检查|放射|放射科|超声|病理|标本|条码|条形码|申请|申请单|检验|检验单|检查单|报告|报告单|流水|
患者|病人|患者ID|病人ID|患者标识|体检|体检编|急诊|档案|健康档案|居民健康档案|序列流水|样本|样本编|样品|门诊病历|住院病历|病历编|病案编|档案编|切片|蜡块|处方|医嘱|挂号|就诊序|
登记编|ID|MRN|CT|CBCT|PET|PETCT|PET-CT|SPECT|ECT|DSA|EEG|ECG|EMG|B超|MR|MRI|DR|X线|X光|内镜|心电图|脑电图|病理检查|病区登记|随访|入组|受试者|受试者编|患者编|病例|病例编|母婴|新生儿|手环|腕带|透析|转诊单|出院证|入院登记|手术编|手术|腕带条码|PACS|HIS`,
  ACCOUNT: `票|原票|报销|报销单|退费|补贴|补助|押金|医保|医保卡|医疗保险|医疗保险卡|社保卡|社会保障卡|新农合|农合|合作医疗|合作医疗证|医疗证|保险|保险单|保单|商业保险|银行卡|银行|银行账|账|账户|帐|帐户|卡|储蓄卡|信用卡|借记卡|
支付宝|发票|收据|结算|结算单|参保|参保人|个人参保|会员|会员卡|医疗卡|一卡通|缴费|缴费单|公积金|理赔|赔案|报案|开户|户头|医保个人|个人医保|医保结算|票据|电子票据|收费票据|医保电子凭证|订单|账单|对账单|费用清单|工行卡|建行卡|农行卡`,
  ID: `低保证|老年证|优抚证|残疾人证|身份证|身份证件|居民身份证|公民身份|公民身份证|身份|证件|护照|社会保障|社保|社会保险|港澳通行证|港澳居民来往内地通行证|台胞证|军官证|士兵证|户口本|户口簿|回乡证|居留证|有效证件|身份识别|通行证|台湾居民来往大陆通行证|居住证|军人证|残疾证|学生证|学|学籍|工|工作证`,
  LICENCE: `执业证|执业证书|医师执业证|医师执业证书|医师资格证|资格证|资格证书|证书|驾驶证|驾照|准生证|出生证|出生医学证明|护士执业证|许可证|执照|营业执照|死亡证明|死亡医学证明|生育证|结婚证|毕业证|医师资格证书|护士执业证书|医师资格|执业注册|医师执业`,
  DEVICE: `序列|设备|设备编|机身|机器|机身序列|产品序列|起搏器|起搏器序列|植入物|植入物序列|器械|器械编|SN|S/N|仪器|仪器编|仪器序列|设备序列|电极|电极序列|支架序列|IMEI|UDI|设备ID|泵序列|胰岛素泵序列|除颤器序列|ICD序列|脉冲发生器序列|人工耳蜗序列|产品唯一标识|监护仪|监护仪编|呼吸机|呼吸机编|呼吸机序列|固定资产|条码序列|主机序列|导线序列|传感器序列|假体序列|发射器|发射器编|序列编`,
  VEHICLE: `车牌|车架|车辆识别|车辆识别代|行驶证|车辆|发动机`,
  PHONE: `电话|联络|回电|回拨|电|拨|联系电话|手机|手机号码|联系|联系方式|联络电话|固话|座机|固定电话|家庭电话|住宅电话|办公电话|单位电话|传真|移动电话|随访电话|家属电话|热线|咨询电话|护士站电话|科室电话|值班电话|来电|致电|拨打|分机|电联|联系手机|家属手机|本人电话|本人手机|短号|小灵通|电话/微信|TEL|Tel|tel|电话随访|咨询热线|预约电话|急救电话|家庭联系电话|联系人电话|呼机`,
  WECHAT: `微信|微信ID|WeChat|Wechat|wechat|加微信|微信账|微信帐|QQ|qq|扣扣|企业微信|微信联系|钉钉|微博|抖音|家属微信|个人微信|微信公众|QQ/微信|微信/QQ|医生微信|公众`,
  BED: `床|床位|病床|现住床|床位编`,
  DATE: `日期|出生|出生日期|出生年月|出生年月日|入院日期|出院日期|时间|入院时间|出院时间|手术日期|报告日期|检查日期|就诊日期|生日|入院|出院|死亡日期|记录日期|签名日期|采样日期|送检日期|申请日期|开单日期|打印日期|预产期|末次月经|LMP|EDC|死亡时间|手术时间|就诊时间|报告时间|检查时间|生于|建档日期|发病日期|接种日期|末次月经时间`,
  AGE: `年龄|现年|高龄|享年|年|卒年|终年|患者年龄|发病年龄`,
};

interface Label {
  readonly kind: IdentifierKind;
  readonly weak: boolean;
  /** It says what a number is only where that looks like one: "ventilator", "filed as", 卡, 透析机. */
  readonly bare?: boolean;
}

/** The label just before a value. */
export interface LabelBefore extends Label {
  /** Where the label begins. */
  readonly start: number;
  /** The label in small letters, without "number" and the like. */
  readonly word: string;
  /** A colon, "#", "no." or 号 stands between label and value. */
  readonly marked: boolean;
}

function listed(source: Partial<Record<IdentifierKind, string>>): Map<string, Label> {
  const labels = new Map<string, Label>();
  for (const [kind, words] of Object.entries(source) as [IdentifierKind, string][]) {
    for (const word of words.replaceAll('\n', '').split('|')) {
      const bare = VAGUE.has(word);
      labels.set(word, { kind, weak: bare || WEAK.has(word), bare });
    }
  }
  return labels;
}

const english = listed(ENGLISH);
const chinese = listed(CHINESE);
/** Words that say what a number is only with 号 or a colon: 患者, 手术. */
const BARE = new Set(
  '票 原票 治疗 报销 退费 补贴 补助 押金 患者 病人 检查 检验 手术 报告 申请 病例 体检 急诊 标本 样本 样品 超声 病理 影像 放射 处方 医嘱 随访 新生儿 流水 内镜 透析 入组 受试者 母婴 档案 切片 蜡块 挂号 登记 保险 银行 账 收据 结算 参保 理赔 报案 订单 票据 会员 设备 机器 序列 电极 仪器 植入物 器械 起搏器 证书 车辆 发动机 身份 社保 证件 学 工 日期 时间 入院 出院 联系'.split(
    ' ',
  ),
);
const MARKED_KINDS: ReadonlySet<IdentifierKind> = new Set([
  'RECORD',
  'ACCOUNT',
  'DEVICE',
  'LICENCE',
]);
/** Lengths of Chinese labels by their last character, longest first. */
const lengths = new Map<string, number[]>();
for (const word of chinese.keys()) {
  const known = lengths.get(word.slice(-1)) ?? [];
  if (!known.includes(word.length))
    lengths.set(
      word.slice(-1),
      [...known, word.length].toSorted((a, b) => b - a),
    );
}
/** Last words of English labels. */
const lastWords = new Set([...english.keys()].map((word) => word.slice(word.lastIndexOf(' ') + 1)));

/** What may stand between a label and its value. */
const BETWEEN = new Set(' \t:#=.(-*"\'[|/>_');
const FILLERS = new Set([
  'number',
  'numbers',
  'num',
  'no',
  'nr',
  'nbr',
  'nos',
  'is',
  'was',
  'of',
  'as',
  'ending',
  'in',
  'with',
  'currently',
  'given',
  'should',
  'read',
  'reads',
  'shows',
  'says',
  'being',
  'be',
  'code',
  'the',
  'her',
  'his',
  'and',
  'on',
  'at',
  'to',
]);
const OWNERS = new Set(['his', 'her', 'the', 'their', 'my', 'your', 'our']);
const COUNTING = new Set(['number', 'num', 'no', 'nr', 'nbr', '#']);

const isLatin = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 39 || code === 47;

/** Words before a place, the nearest first, with where each begins. */
function wordsBefore(text: string, from: number, most: number): { word: string; start: number }[] {
  const words: { word: string; start: number }[] = [];
  let at = from;
  while (words.length < most) {
    let end = at;
    let skipped = 0;
    while (
      end > 0 &&
      skipped < 3 &&
      (text[end - 1] === ' ' ||
        text[end - 1] === '.' ||
        text[end - 1] === '-' ||
        text[end - 1] === '_')
    ) {
      end -= 1;
      skipped += 1;
    }
    let start = end;
    while (
      start > 0 &&
      (isLatin(text.charCodeAt(start - 1)) ||
        (text[start - 1] === '.' && start < end && isLatin(text.charCodeAt(start - 2))))
    )
      start -= 1;
    if (start === end) return words;
    words.push({ word: text.slice(start, end).toLowerCase(), start });
    at = start;
  }
  return words;
}

function englishLabel(text: string, from: number, colon: boolean): LabelBefore | null {
  const last = wordsBefore(text, from, 1)[0]?.word.replace(/[.']s?$/, '');
  if (last === undefined || !(lastWords.has(last) || FILLERS.has(last))) return null;
  const words = wordsBefore(text, from, 6);
  let marked = colon;
  let skip = 0;
  const phrases = (first: number): LabelBefore | null => {
    for (let length = Math.min(3, words.length - first); length > 0; length -= 1) {
      const part = words.slice(first, first + length);
      const word = part
        .map((w) => w.word.replace(/[.']s?$/, ''))
        .toReversed()
        .join(' ');
      const label = english.get(word);
      const start = part.at(-1)?.start;
      if (label && start !== undefined) return { ...label, word, start, marked };
    }
    return null;
  };
  for (;;) {
    const found = phrases(skip);
    // "S/N on his card: PKX7720415": where it stands is no label.
    const [whose, on] = words.slice(skip + (found?.word.split(' ').length ?? 0));
    if (found && on?.word === 'on' && OWNERS.has(whose?.word ?? ''))
      return phrases(skip + found.word.split(' ').length + 2) ?? found;
    if (found) return found;
    const filler = words[skip]?.word.replace(/\.$/, '');
    if (filler === undefined || !FILLERS.has(filler) || skip > 2) return null;
    if (COUNTING.has(filler)) marked = true;
    skip += 1;
  }
}

/** Between a Chinese label and its value: “病案号更正为6658027”. */
const CHINESE_FILLER =
  /(?:(?:应|更正|更改|变更|订正|改|误?写|登记|误?录入?|填写?|核对|确认)?(?:为|是|系|成))?(?:尾[号数]|[末后]四位)?(?:为|是)? ?$/;

/** Where a Chinese label ends before a value, and what was taken off behind it: 号码, 编号, 号. */
function labelEnds(text: string, from: number): { end: number; ending: string }[] {
  const filler = CHINESE_FILLER.exec(text.slice(Math.max(0, from - 10), from))?.[0].length ?? 0;
  const end = from - filler;
  const ending = ['号码', '编号', '号', '码'].find((word) => text.endsWith(word, end));
  if (ending === undefined) return [{ end, ending: '' }];
  // “透析机（编号HCG7228363）”
  const at = end - ending.length - (text[end - ending.length - 1] === '(' ? 1 : 0);
  // 条码 is a label with its last character.
  return [{ end: at, ending }, ...(ending === '码' ? [{ end, ending: '' }] : [])];
}

function chineseLabel(text: string, from: number, colon: boolean): LabelBefore | null {
  for (const { end, ending } of labelEnds(text, from)) {
    const marked = colon || ending !== '';
    for (const length of lengths.get(text[end - 1] ?? '') ?? []) {
      const start = end - length;
      if (start < 0) continue;
      const word = text.slice(start, end);
      const label = chinese.get(word);
      if (!label) continue;
      // "Hertel 20-102-21": a label in letters is a whole word.
      if (isLatin(text.charCodeAt(start)) && isLatin(text.charCodeAt(start - 1))) continue;
      // “流行病学：2016”: of one character, only “学号” is a label.
      if (label.kind === 'ID' && length === 1 && ending === '') continue;
      const numbered = MARKED_KINDS.has(label.kind);
      const bare = !marked && (length === 1 || BARE.has(word));
      if (bare && !(numbered && (length > 1 || word === '卡'))) continue;
      // 患者 12345678 may be anything; 患者号 says what it is.
      return { ...label, weak: !marked && numbered, word, start, marked, bare };
    }
    const kind = kindByEnding(text, end, marked);
    const word = text.slice(Math.max(0, end - 2), end);
    if (kind) return { kind, weak: !marked, word, start: end - 2, marked, bare: !marked };
    // “编号：1106640” with nothing that says of what.
    if (ending === '编号' && colon)
      return { kind: 'RECORD', weak: true, word: '编号', start: end, marked };
  }
  return null;
}

/** “住 院 号”: a label that spaces stretch, as printed forms have it. */
function spacedLabel(text: string, at: number, colon: boolean): LabelBefore | null {
  const spaced = /(?:[\u4e00-\u9fff]\s{1,4}){1,5}[\u4e00-\u9fff]$/.exec(
    text.slice(Math.max(0, at - 20), at),
  )?.[0];
  if (!spaced) return null;
  const word = spaced.replace(/\s/g, '');
  const label = chineseLabel(word, word.length, colon);
  return label && { ...label, start: at - spaced.length };
}

/** The label just before a value, or null. */
export function labelBefore(text: string, valueStart: number): LabelBefore | null {
  let at = valueStart;
  let colon = false;
  for (let skipped = 0; skipped < 6 && at > 0; skipped += 1) {
    const character = text[at - 1] ?? '';
    const newLine = character === '\n' && text[at - 2] === ':';
    if (!BETWEEN.has(character) && !newLine) break;
    if (character === ':' || character === '#' || character === '=') colon = true;
    at -= 1;
  }
  // “发射器编号（序列号）581471662”: the label stands in the brackets, or before them.
  if (text[at - 1] === ')' && text.charCodeAt(at - 2) >= 0x2e80) {
    const open = text.lastIndexOf('(', at - 2);
    if (open > 0 && at - open <= 10) {
      const inner = chineseLabel(text, at - 1, true);
      return inner && inner.start > open ? inner : chineseLabel(text, open, colon);
    }
  }
  if (at === 0) return null;
  return text.charCodeAt(at - 1) >= 0x2e80
    ? (chineseLabel(text, at, colon) ?? spacedLabel(text, at, colon))
    : (englishLabel(text, at, colon) ??
        (/[A-Za-z]/.test(text[at - 1] ?? '') ? chineseLabel(text, at, colon) : null));
}

/** What a label says by itself, wherever it stands. */
export function labelNamed(words: string): { kind: IdentifierKind; weak: boolean } | null {
  const small = words.toLowerCase().replace(/[.']s?$/, '');
  return english.get(small) ?? chinese.get(words) ?? null;
}
