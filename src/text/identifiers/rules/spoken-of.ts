/** What a sentence speaks of, for a number or code in it that no label stands just before. */
import type { IdentifierKind, Place } from '../kinds.ts';

/** Words by the kind of the numbers that they go with. */
const SPOKEN_OF: readonly (readonly [IdentifierKind, RegExp])[] = [
  [
    'RECORD',
    /\b(?:mrn|uhid|records?|charts?|case ?notes?|(?:hospital|record|patient|clinic|unit|study|visit|wrong|right|correct) (?:number|no|id)|medical records?|ref|refs|reference|quot(?:e|es|ed|ing)|specimens?|samples?|accession|barcode|wrist ?bands?|armbands?|requisition|referral|booking|enrol(?:l)?ed|registered|filed|logged|scanned|requests?|folder|file|order|lab|labels?|labelled|labeled|tubes?|pots?|cassettes?|cytology|histology|pathology|biopsy|slides?|blocks?|films?|archives?|microfilm|visit opened|crossmatch|study key|x-?ray)\b|(?:住院|病[案历]|门诊|就诊|登记|档案|编|案卷|抢救|化验|检验|蜡块|片)号|条形?码|腕带|手环|登记|编[为码号]|手术序|检查|标本|样本|登记的|[病细]理|影像|图像|蜡块|冰冻|石蜡|记录|名下/gi,
  ],
  [
    'ACCOUNT',
    /\b(?:accounts?|acct|polic(?:y|ies)|claims?|invoices?|insur(?:ance|er|ed)|ins|member(?:ship)?|subscriber|bal(?:ance)?(?: due)?|bills?|billed|billing|payments?|paid|payer|card(?:s|holder)?|bank|iban|finance|deposits?|refunds?|reimburse\w*|remittance|medicare|medicaid|bupa|vhi|laya|axa|cover(?:age)?|authoris\w+|authoriz\w+|(?:pre-?)?auth|copay|co-pay|premium|plan|health plan|denied|denial|appeal|approval|funding|guarantor|contract|assistance|adjuster)\b|医保|社保|农合|卡号|账[户号]|银行|保险|保单|投保|商业险|理赔|赔付|报销|发票|票据|票号|收据|退费|缴费|预交金|押金|直付|授权|慢病卡|居保|交易/gi,
  ],
  [
    'DEVICE',
    /\b(?:serials?|s\/n|sn|devices?|pumps?|ventilators?|concentrators?|glucometers?|meters?|monitors?|generators?|pacemakers?|explanted|implants?|implanted|leads?|loaned|loan(?:er)?|equipment|walkers?|wheelchairs?|machines?|sensors?|transmitters?|hearing aids?|aids?|processors?|defibrillators?|icd|crt|ipg|stimulators?|stents?|valves?|prosthes[ie]s|cpap|bipap|nebuli[sz]ers?|battery|asset|recall(?:ed)?|stickers?|(?:base ?|name)?plate|wand|swapped|engraved|etched|stamped|underside|warranty|probes?|loggers?|scanners?|recorders?|oximeters?|thermometers?|calibrators?|carts?|humidifiers?|hoists?|mattress|shell|handle|casing|housing|manufacturer|earmou?lds?|instruments?|inserts?|knee unit|holter)\b|[泵仪]|起搏|助听器|支架|晶[体状]|序列|设备|呼吸机|麻醉机|透析机|机身|铭牌|机[号子]|主机|[新旧]机|探头|电极|导线|脉冲发生器|发射器|传感器|髋臼|球头|假体|植入|出厂|制氧机|监护|保修|SN码|机器|耳蜗|[左右]耳|背面|刻字|底座/gi,
  ],
  [
    'ID',
    /\b(?:passport|ssn|social security|ssi|national insurance|nino|nhs(?! (?:trust|foundation|hospital|england|clinic))|spine|id card|identity)\b|身份证|证件|护照/gi,
  ],
  ['WECHAT', /\b(?:qq|we ?chat|weixin)\b|QQ|微信|扣扣/gi],
  ['PHONE', /\b(?:phones?|telephone|mobile|cell|landline|fax|pager|bleep)\b|电话|手机|传真|座机/gi],
  ['LICENCE', /\b(?:licen[cs]e|gmc|nmc|npi|dea|registration|pin)\b|执业证|驾照/gi],
];

const MOST_BEFORE = 80;
const MOST_AFTER = 48;

/** The last point that ends a sentence: not that of "no. 55-19283". */
function lastPoint(text: string): number {
  let at = text.lastIndexOf('. ');
  while (at > 0 && /\bnos?$/i.test(text.slice(Math.max(0, at - 4), at)))
    at = text.lastIndexOf('. ', at - 1);
  return at;
}

/** Where the sentence that holds a place begins and ends, or so far as one looks. */
function sentence(text: string, { start, end }: Place): [before: string, after: string] {
  const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
  const from = Math.max(
    before.lastIndexOf('\n'),
    // After ";" a plain number may count anything else.
    /[A-Z-]/.test(text.slice(start, end)) ? -1 : before.lastIndexOf(';'),
    lastPoint(before),
    before.lastIndexOf('? '),
    before.lastIndexOf('! '),
    before.lastIndexOf('。'),
    before.lastIndexOf('？'),
  );
  const after = text.slice(end, end + MOST_AFTER);
  const to = /[\n。？]|[.?!](?:\s|$)/.exec(after)?.index ?? after.length;
  return [before.slice(from + 1), after.slice(0, to)];
}

/** The kind whose word stands last in a text, or first. */
function nearestIn(text: string, last: boolean): IdentifierKind | null {
  let kind: IdentifierKind | null = null;
  let nearest = last ? -1 : Number.POSITIVE_INFINITY;
  for (const [which, words] of SPOKEN_OF) {
    for (const { index } of text.matchAll(words)) {
      if (last ? index > nearest : index < nearest) [nearest, kind] = [index, which];
      if (!last) break;
    }
  }
  return kind;
}

/** What the words before a place in its sentence speak of, the nearest first. */
export const spokenBefore = (text: string, place: Place): IdentifierKind | null =>
  nearestIn(sentence(text, place)[0], true);

/** What the text before a place speaks of, whatever sentences end between: "pump number? mum: NG1904417H". */
export const spokenEarlier = (text: string, { start }: Place): IdentifierKind | null =>
  nearestIn(text.slice(Math.max(0, start - MOST_BEFORE), start), true);

/** The same of the words after it. */
export const spokenAfter = (text: string, place: Place): IdentifierKind | null =>
  nearestIn(sentence(text, place)[1], false);
