/** E-mail, web addresses, IP and hardware addresses, telephone numbers. */
import type { Found, Place } from '../kinds.ts';
import type { Scan } from '../scan.ts';
import { spokenBefore } from './spoken-of.ts';
import { labelBefore } from '../words/labels.ts';

const LOCAL = /[\w.%+-]+$/;
const DOMAIN = /@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}/y;
/** The longest part before "@" that mail allows. */
const LONGEST_LOCAL = 64;

export function findEmails({ text, ats }: Scan, found: Found): void {
  for (const at of ats) {
    const local = LOCAL.exec(text.slice(Math.max(0, at - LONGEST_LOCAL), at))?.[0].replace(
      /^\.+/,
      '',
    );
    DOMAIN.lastIndex = at;
    const domain = DOMAIN.exec(text)?.[0];
    if (!local || !domain) continue;
    found({
      start: at - local.length,
      end: at + domain.length,
      kind: 'EMAIL',
      reason: 'form',
      certainty: 'sure',
    });
  }
}

const SCHEME = /(?:https?|ftp):\/\/[!-~]+|www\.[!-~]+/gi;
const BARE =
  /(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|org|net|edu|gov|cn|uk|io|info|health|care|hospital|clinic|eu|us|ie|au|ca|hk|tw)(?:\/[!-~]*|(?![\w-]))/gi;

/** Without marks that end the sentence, and without a bracket that was opened before. */
function trimmed(address: string): string {
  let end = address.length;
  while (end > 0 && /[.,;:!?'"<>\]}*_]/.test(address[end - 1] ?? '')) end -= 1;
  if (address[end - 1] === ')' && !address.slice(0, end).includes('(')) end -= 1;
  return address.slice(0, end).replace(/[.,;:]+$/, '');
}

export function findUrls({ text, ats, chinese }: Scan, found: Found): void {
  const put = (start: number, address: string): void =>
    found({ start, end: start + address.length, kind: 'URL', reason: 'form', certainty: 'sure' });
  if (text.includes('://') || /www\./i.test(text)) {
    for (const { 0: address, index } of text.matchAll(SCHEME)) {
      // In Chinese a full-width mark ends the address; it was folded.
      put(index, trimmed(chinese ? address.replace(/[,;()].*$/, '') : address));
    }
  }
  if (
    !/\.(?:com|org|net|edu|gov|cn|uk|io|info|health|care|hospital|clinic|eu|us|ie|au|ca|hk|tw)(?![a-z])/i.test(
      text,
    )
  )
    return;
  for (const { 0: address, index } of text.matchAll(BARE)) {
    const mail = ats.some((at) => at > index && at < index + address.length + 1);
    if (!mail) put(index, trimmed(address));
  }
}

const IP4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IP6 = /[0-9a-f:]{6,45}/iy;
const HARDWARE = /(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])/iy;
const VERSION = /(?<![a-z])(?:version|ver\.?|release|section|v|software|firmware|版本|版|第)\s*$/i;

/** Eight groups, or fewer with one gap; a time (10:30:15) is neither. */
function isSix(text: string): boolean {
  const gaps = text.split('::').length - 1;
  const groups = text.split(/:+/).filter(Boolean);
  if (groups.some((group) => group.length > 4)) return false;
  return gaps === 0 ? groups.length === 8 : gaps === 1 && groups.length >= 2 && groups.length < 8;
}

/** IP addresses and, as devices, hardware addresses (MAC). */
export function findNetwork(text: string, { start, end }: Place, found: Found): boolean {
  // 登录IP192.0.2.36
  const from = /^ip(?=\d)/i.test(text.slice(start, start + 3)) ? start + 2 : start;
  const word = text.slice(from, end);
  if (IP4.test(word)) {
    if (word.split('.').some((part) => Number(part) > 255)) return false;
    if (VERSION.test(text.slice(Math.max(0, start - 10), start))) return false;
    found({ start: from, end, kind: 'IP', reason: 'form', certainty: 'sure' });
    return true;
  }
  HARDWARE.lastIndex = start;
  const hardware = HARDWARE.exec(text)?.[0];
  if (hardware) {
    found({
      start,
      end: start + hardware.length,
      kind: 'DEVICE',
      reason: 'form',
      certainty: 'sure',
    });
    return true;
  }
  if (text[end] !== ':') return false;
  IP6.lastIndex = start;
  const six = IP6.exec(text)?.[0].replace(/:+$/, '');
  if (!six || !isSix(six)) return false;
  found({ start, end: start + six.length, kind: 'IP', reason: 'form', certainty: 'sure' });
  return true;
}

const EXTENSION = String.raw`(?:,?\s?(?:x|extn?\.?|extension|转)\s?\d{1,6}(?!\d))?`;
/** Forms that only telephone numbers have. */
const SURE_PHONES: readonly RegExp[] = [
  // (529) 555-1223, +1 (529) 555-1223
  new RegExp(String.raw`(?:\+?1[-. ]?)?\(\d{3}\)[-. ]?\d{3}[-. ]\d{4}(?![\d-])${EXTENSION}`, 'y'),
  // 603-555-3668, 1-800-555-0199, 603.555.3668, 603/555-3668
  new RegExp(String.raw`(?:\+?1[-. ])?\d{3}([-.])\d{3}\1\d{4}(?![\d-])${EXTENSION}`, 'y'),
  new RegExp(String.raw`\d{3}[/ ]\d{3}-\d{4}(?![\d-])${EXTENSION}`, 'y'),
  // +44 20 7946 1277, +86 138 1234 5678, +44 (0)20 7946 1277
  new RegExp(
    String.raw`\+\d{1,3}(?:[-. ]?\(0?\d{0,4}\))?(?:[-. ]\d)?(?:[-. ]?\d{2,5}){2,5}(?!\d)${EXTENSION}`,
    'y',
  ),
  // 020 7946 0123, (0161) 496 0123, 07700 900123, 01632-960123
  new RegExp(
    String.raw`\(?0(?:2\d|1\d{2,3}|7\d{3}|[38]\d{2,3})\)?[- ]\d{3,4}[- ]?\d{3,4}(?![\d-])${EXTENSION}`,
    'y',
  ),
  /07\d{9}(?!\d)/y,
  // 0491 570 486, (071) 9133733, 01 23 45 67 89, 021-484 7123, 0491570486: elsewhere they begin with 0, too
  new RegExp(
    String.raw`(?=\(?0[1-9](?:[-() ]{0,2}\d){7,9}(?![\d-]|[.,]\d))(?:\(0\d{1,4}\)[- ]?|0\d{1,3}[- ])\d{2,8}(?:[- ]\d{2,4}){0,3}(?!\d)${EXTENSION}`,
    'y',
  ),
  /0[2-9]\d{8}(?![\d-])/y,
  // 98765 43210
  /[6-9]\d{4} \d{5}(?![\d-])/y,
  // 13812345678, 138-1234-5678, 86-13812345678, 138****5678
  /(?:\(?(?:\+|00)?86\)?[- ]?)?1[3-9]\d[- ]?(?:\d{4}|[*xX]{4})[- ]?\d{4}(?![\d-])/y,
  // 0532-85790306, (010)62345678, 021 6234 5678, with an extension
  /\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-8]\d{2,3}[- ]?\d{4}(?!\d)(?:[-转]\s?\d{1,6}(?!\d))?/y,
  // 400-820-8820
  /[48]00[- ]\d{3}[- ]?\d{4}(?!\d)/y,
  /[48]00[- ]\d{4}[- ]?\d{3}(?!\d)/y,
];
/** Whatever follows a label; at least three digits. */
const LABELLED = new RegExp(String.raw`\+?\(?\d[\d]*(?:[-. )(/]{1,2}\d+){0,6}${EXTENSION}`, 'y');
const TEN = /[2-9]\d{2} ?[2-9]\d{2} ?\d{4}(?!\d)/y;
/** Emergency numbers belong to nobody. */
const PUBLIC = /^(?:911|999|988|112|110|111|119|120|122|000|12320|12345|12356)$/;
const UNITS =
  /^\s?(?:mg|ml|mL|g|kg|mmol|%|cm|mm|h|hr|hours?|min|days?|weeks?|months?|years?|times|次|天|小时|分钟|年|月|日|床|岁)(?![A-Za-z])/;

function matchAt(pattern: RegExp, text: string, start: number): string | null {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? null;
}

/** Where the number may begin: at "+" or "(" before its first digit. */
function opening(text: string, start: number): number {
  let at = start;
  if (text[at - 1] === '(') at -= 1;
  if (text[at - 1] === '+') at -= 1;
  return at;
}

/** A telephone number by its form. Gives the end of what was found, or 0. */
export function findPhone(text: string, start: number, found: Found): number {
  for (const from of new Set([opening(text, start), start])) {
    for (const pattern of SURE_PHONES) {
      const number = matchAt(pattern, text, from);
      if (!number) continue;
      const digits = number.replace(/\D/g, '').length;
      if (digits < 7 || digits > 20) continue;
      // "(010)" needs its closing bracket: "(13812345678" is a number after a bracket.
      const open = number.startsWith('(') && !number.includes(')');
      const at = open ? from + 1 : from;
      found({
        start: at,
        end: from + number.length,
        kind: 'PHONE',
        reason: 'form',
        certainty: 'sure',
      });
      return from + number.length;
    }
  }
  return 0;
}

/** "ext 4417": an extension is written with its word. */
const EXTENSION_BEFORE = /(?<![A-Za-z])(?:ext|extn|extension)\.? ?$/i;

/** A telephone number after a label such as "phone" or 电话, in any form. */
export function findLabelledPhone(
  text: string,
  start: number,
  weak: boolean,
  found: Found,
): number {
  const from = opening(text, start);
  let number = matchAt(LABELLED, text, from);
  if (!number) return 0;
  if (number.startsWith('(') && !number.includes(')'))
    number = matchAt(LABELLED, text, start) ?? '';
  // "page 2 (950-18-3362": a bracket that does not close is of what follows.
  number = /^.+?(?= \([^)]*$)/.exec(number)?.[0] ?? number;
  // "by phone 7/14": a day.
  if (/^\d{1,2}\/\d{1,2}$/.test(number)) return 0;
  const own = EXTENSION_BEFORE.exec(text.slice(Math.max(0, start - 12), start))?.[0].length ?? 0;
  const at =
    own > 0 ? start - own : number === text.slice(from, from + number.length) ? from : start;
  if (own > 0) number = text.slice(at, start) + number;
  const digits = number.replace(/\D/g, '');
  // A measurement: pH 7.12.
  if ((digits.length < 7 && /\d\.\d/.test(number)) || /^\d\.\d{1,2}\//.test(number)) return 0;
  if (digits.length < (weak ? 7 : 3) || digits.length > 18 || PUBLIC.test(digits)) return 0;
  if (UNITS.test(text.slice(at + number.length, at + number.length + 8))) return 0;
  found({
    start: at,
    end: at + number.length,
    kind: 'PHONE',
    reason: 'label',
    certainty: digits.length >= 7 ? 'sure' : 'likely',
  });
  return at + number.length;
}

const LOCAL_PHONE = /[2-9]\d{2}[-.]\d{4}(?![\d-])/y;
const CALLED =
  /contact|phone|\btel|call|cell|mobile|pager|fax|home|work|reach|tried|dial|\br[aiu]ng\b|number|answer|voice|message|text|left|spoke|speak|sms|line\b|ext\b/i;

/** Who or what is reached at a number: "the charge nurse at 912-0185", "Urgent Care, 555-0146". */
const AT_WHOM =
  /(?:\b(?:nurse|desk|office|station|clinic|hospital|pharmacy|pharmacist|ward|unit|surgery|practice|centre|center|reception|switchboard|coordinator|manager|worker|team|service|agency|secretary|registrar|doctor|him|her|them|me|us|family|mother|father|mum|mom|dad|daughter|son|wife|husband|partner|sister|brother|aunt|uncle|niece|nephew|carer|caregiver|guardian|neighbou?r|friend|landlady|landlord|school|employer|[A-Z][a-z'-]+)(?: is)? (?:at|on)|(?:^|[\s(])[A-Z][A-Za-z'-]+[,)|:]|(?:son|daughter|wife|husband|mother|father|sister|brother|partner|neighbou?r|friend|carer),| \|) ?\(?$/;
/** The number is the end of what is said. */
const SAID =
  /^(?:[),;|]|\.(?!\d)|\s*$|\n| (?:if|for|or|and|after|before|anytime|any time|with|ext|to|daily|until|between|x\d)\b)/;

function isReached(text: string, { start, end }: Place, before: string): boolean {
  if (CALLED.test(before)) return true;
  const after = text.slice(end, end + 10);
  // Only numbers of telephones begin with 555-01.
  if (text.startsWith('555-01', start)) return !/[\d.]\s?$/.test(before) && SAID.test(after);
  return AT_WHOM.test(before) && SAID.test(after);
}

/** Numbers of a town's network after a word of calling: 联系38943756, 改拨66289707. */
const CHINESE_CALL =
  /(?:联[系络]|[改再又另回重转试即]拨|拨[打通至到]?|致电|去电|来电|电话|[打呼]|打给|打到|电[询告联]|短信|留[言号]|咨询|询问|请找|热线|总机|号码|护士站|值班室|办公室|服务台|[导分]诊台|前台|医生办)[:,(为是至到 ]{0,2}$/;
/** “数据与皇甫铁柱共享，90173552”: a clause about somebody who is reached. */
const CHINESE_WITH =
  /(?:共享|分享|同步|联[系络]|沟通|告知|通知|转告|接听|反馈|对接|陪[同护伴诊]|照[顾料看]|护理|看护|接送|负责|知情|签字|代诉|代[取办领]|接收|转发|商[量议]|[来接]电|致电|值班|保管|收[取件])[,:;] ?$/;

function isChineseLocal(text: string, { start, end }: Place, before: string): boolean {
  const word = text.slice(start, end);
  // 56399394号标本
  if (text[end] === '号') return false;
  if (!/^[2-9]\d{6,7}$/.test(word) || /^20\d{6}$/.test(word) || word.endsWith('0000')) return false;
  return CHINESE_CALL.test(before) || (word.length === 8 && CHINESE_WITH.test(before));
}

/** 555-0147, where something before it speaks of telephones. */
export function findLocalPhone(text: string, { start, end }: Place, found: Found): boolean {
  if (UNITS.test(text.slice(end, end + 8))) return false;
  const before = text.slice(Math.max(0, start - 40), start);
  const local = matchAt(LOCAL_PHONE, text, start)?.length === end - start;
  if (
    !(local
      ? isReached(text, { start, end }, before)
      : isChineseLocal(text, { start, end }, before))
  )
    return false;
  const reserved = text.startsWith('555-01', start);
  const certainty = !local || reserved || AT_WHOM.test(before) ? 'likely' : 'unsure';
  found({ start, end, kind: 'PHONE', reason: 'role', certainty });
  return true;
}

/** "Card account for parking refund: 2396069718": what the number is stands before its colon. */
const EXPLAINED =
  /\b(?:accounts?|acct|policy|claims?|invoices?|insurance|member(?:ship)?|subscriber|cards?|bank|refunds?|deposits?|payments?|billing|mrn|records?|chart|file|case ?notes?|specimens?|samples?|reference|ref|barcode|serials?|devices?|pumps?|passport|licen[cs]e)\b[^.;:\n]{1,32}: ?$/i;

/** Ten digits with the form of North American numbers, without any label. Gives their end, or 0. */
export function findTenDigits(text: string, { start, end }: Place, found: Found): number {
  const to = start + (matchAt(TEN, text, start)?.length ?? 0);
  if (to < end || to === start || labelBefore(text, start)) return 0;
  if (EXPLAINED.test(text.slice(Math.max(0, start - 48), start))) return 0;
  const kind = spokenBefore(text, { start, end: to }) === 'ID' ? 'ID' : 'PHONE';
  found({ start, end: to, kind, reason: 'form', certainty: 'unsure' });
  return to;
}
