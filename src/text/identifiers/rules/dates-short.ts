/** Dates without a year, or with a month in small letters: something beside them says that they are dates. */
import type { Found, Place } from '../kinds.ts';
import { labelBefore } from '../words/labels.ts';
import { isCompactDay, isDay } from './checksums.ts';

const SHORT = /^(\d{1,2})([-/.])(\d{1,2})$/;
/** 3/4-9/4 */
const RANGE = /^(\d{1,2})\/(\d{1,2})-(\d{1,2})\/(\d{1,2})$/;
/** 6.4.22 may be the number of a section. */
const POINTED = /^(\d{1,2})\.(\d{1,2})\.\d{2}$/;
/** 21.3.5入院 */
const YEAR_FIRST = /^\d{2}([-./])(\d{1,2})\1(\d{1,2})$/;
const YEAR_DOT_MONTH = /^(?:19|20)\d{2}\.(?:0?[1-9]|1[0-2])$/;

/** What stands before a month and a day without a year, so that 4/10 is no pain score. */
const BEFORE_SHORT =
  /(?:\b(?:on|dated?|since|until|till|through|thru|from|as of|by|for|seen|admitted|discharged|visit|appointment|appt|planned|mtg|given|started|stopped|due|was|of|and|to|between|last|DOS|DOA|labs|CXR|CT|MRI|echo|surgery|done|obtained|performed|scheduled|drawn|collected|cx|culture|cultures|today,?|yesterday,?|tomorrow,?|call|calls|phone|phoned|BM|LMP|EDD|fall|fell|f\/u|fu|follow-?up|next|next visit|next appt|dressing|changed|review|placed|inserted|implanted|removed|clinic|ED|ER|d\/c|dc|DC|D\/C|adm|admit|discharge|readmit(?:ted)?|returned|home|effective|starting|before|after|Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|week of|typed|dictated|signed|reviewed|repeat(?:ed)?|noted|sent|called|received)|于|自|至|到|从|在|日期:?|时间:?)\s?$/i;
const AFTER_SHORT =
  /^\s?(?:strength|power|pain|severity|murmur|scale|tablets?|doses?|vision|reflexes|pulses?|days?|weeks?|systolic|diastolic|points?|score|in severity|intensity|bilaterally|throughout|lumen|of|SEM|ml|mg|cups?|patients?|children|cases|criteria|people|women|men|%|级|分|片|粒|次|支|肌力|mmHg|L\b)/i;
/** More of them, after which a share of 7 or 12 (days, months) is how long: "r/v 3/12". */
const NEAR =
  /(?:\b(?:TCU|OPA|OPD|r\/v|rv|out|up|off|(?:flies|flew|flying|comes|came|coming|moves|moved|moving|going|handed|booked|checked|logged|phoned|sent) in|back|away|ward|round|cent(?:er|re)|theatre|scan|USS|bloods?|biopsy|bx|MDT|slot|booked|listed|recheck|retest|rebook(?:ed)?|refill|RTC|RTW|sutures|staples|stitches|clips|commenced|completed|finished|finishes|ends|ending|jab|vaccine|vaccinated|imms|booster|results?|letter|emailed|faxed|fax|HV|DNV|w\/e|w\/c|nxt|prev|previous|delivered|transfer(?:red)?|tfr|xfer|moved|left|arrived|arriving|arrives|born|died|RIP|onset|injury|accident|DOI|DOP|op|admission|presented|attended|DNA|cancelled|rescheduled|expires|expiry|exp|valid|extubated|intubated|cath|stented|TTE|EGD|colonoscopy|EEG|EMG|PET|XR|x-ray|urine|UA|sputum|swab|swabbed|flu|meeting|handover|note|entry|shift|night|weekend|postponed|leave|leaves|leaving|holiday|trip|wedding|funeral|court|hearing|school|exam|exams|birthday|bday|anniversary|return(?:s|ing)?|redo|re-?scan|re-?image|bone scan|mammo|smear|LP|paracentesis|tap|infusion|dialysis|HD|transfused|weaned|decannulated|PICC|catheter|stent|pacer|ppm)|[+@&])\s?$/i;
/** What is scored, in shares of a whole. */
const SCORED =
  /(?<![A-Za-z])(?:pain|severity|score|scale|power|strength|reflex(?:es)?|tone|GCS|NRS|VAS|MMSE|MoCA|AMTS?|NIHSS|apgar|murmur|grade|nodes?|LN|cores|positive|PHQ-?\d|GAD-?\d|Barthel|Braden|acuity|vision|VA|mood|nausea|fatigue|anxiety|rated?|insulin|fluids?|mix\w*|age|aged|NIV|bi-?pap|bilevel|CPAP|PEEP|PS|IPAP|vent(?:ilator)?|ratio|肌力|疼痛|疼|痛|评分|杂音|分数|量表|得分|比值)\b[^.;\n。；]{0,16}$|(?:肌力|疼|痛|评分|杂音|量表|得分|比值)[^。；;\n]{0,8}$/i;
const AFTER_MORE =
  /^\s?(?:od|bd|tds|qds|nocte|mane|prn|tabs?|caps?|daily|puffs?|bid|tid|qid|po|iv|units?|cmH2O|cm|FiO2|hrs?|hours?|months?|years?|wks?|nodes?|LNs?|positive|cores?|teeth|eyes?|joints?|limbs?|episodes?|mm|Fr|kg|g|bpm|old|ago|hx|history|fasting|diet|stairs|bottles|sites?|samples?|specimens?|lesions?|fields?|quadrants?|visits|sessions|attempts|meals)\b/i;

const CHINESE_BEFORE =
  /(?:下次|下回|上次|末次|首次|拟|定于|预定|约|约于|预约|预计|计划|改|改[约到至]|排[到在至]|安排|推迟到|提前到|延至|复诊|复查|随访|回访|于|自|从|至|到|在|截[至止]|手术|出院|入院|住院|转[入出]|术|操作|检查|化验|[抽采]血|日期|时间|生日|[今昨明]日?天?|前日|(?:周|星期)[一二三四五六日天]|发病|起病|确诊|拆线|换药|[取开]药|缴费|请假|返[院诊]|[接就]诊|门诊|来[院诊]|期|[室房科会]|病房|[值夜白交]班|查房|记录|报告|签[字名])[:,(]? ?$/;
const CHINESE_AFTER =
  /^ ?(?:\d{1,2}[:点]\d{0,2}|复[诊查]|[随回]访|电话|微信|起(?!搏)|前(?![列臂房庭])|后(?![壁侧背])|之[前后]|再|还|结果|首台|第一台|手术|[入出转住返来]院?|到期|截止|开始|联系|拆线|[取见晚晨早夜换抽查做]|[上下中]午|凌晨|接警|出车|会诊|门诊|在|于|因|就诊|急诊|术|置管|拔管|家访|接种|病[情逝]|去世|死亡|出生|日|当[天日])/;
/** With a point, the value of a test looks the same: fewer words say that it is a day. */
const DOT_BEFORE =
  /(?:下[次回]|上次|拟|定[于在]|预[定约计]|约于?|计划于?|改[约到至]|排[到在至]|推迟到|提前到|延至|截[至止]|(?<![低高小大等])于|(?<![来各])自|日期:?|生日:?|[今昨明][日天]?|(?:周|星期)[一二三四五六日天]) ?$/;
const DOT_AFTER =
  /^ ?(?:\d{1,2}[:点]\d\d|复[诊查]|[随回]访|电话|起(?!搏)|前(?![列臂房庭])|再|还|结果|首台|手术|[入出返来]院|返|到期|截止|开始|联系|拆线|取|[晚晨早夜]|[上下中]午|凌晨|接警|会诊|换药|抽血|门诊|就诊|术|置管|拔管|家访|接种|去世|死亡|出生|日)/;
const SEEN_AGAIN = /(?:复[查诊]|[随回]访|返院|换药|拆线)$/;
/** 出生70.11.04, 建档98.5.12 */
const BORN =
  /(?:出生|生于|生日|建[档卡册]|婚|绝经|参加工作|退休|确诊|诊断|初诊|\b(?:born|DOB|d\.o\.b\.?))[:,(]? ?$/i;
/** "Next session 5/20", "last infusion 3/14": something that comes and goes on days. */
const NEXT_OF =
  /\b(next|following|upcoming|future|last|first|final|previous|prior|second|third|latest|earliest|recent) (?!pain|score|dose|rating|level|grade|shift|night|two|three|few)[a-z][a-z/-]{2,15}(?: (?:with [A-Z][a-z]+|[a-z][a-z/-]{2,12}))?[:,]? ?$/i;
/** 5/20, 11/7: with what comes next even a small share is a day. */
function saidNext({ a, b, before, after }: Short): boolean {
  const cue = NEXT_OF.exec(before)?.[1]?.toLowerCase();
  if (cue === undefined || !/^(?:[,.;)\n]|$| (?:at|with|in|by|for|and|w\/|pm|am|@)|$)/.test(after))
    return false;
  return /^(?:next|following|upcoming|future)$/.test(cue) || !isShare(a, b);
}

const OPENS = /(?:^|[,。;:、\n(!?！？])\s?$/;
const CLOSES = /^\s?(?:[,.;)\n。]|$)/;
/** Time after a day: "03/12 10:05", "6/14 0432". */
const TIMED =
  /^,? (?:at |@ ?)?(?:\d{1,2}:\d{2}|[01]\d[0-5]\d|2[0-3][0-5]\d)(?!\d|[.,]\d|%| ?(?:ml|mg|kcal))/;

interface Short {
  readonly a: string;
  readonly b: string;
  readonly before: string;
  readonly after: string;
}

const monthDay = (a: string, b: string): boolean =>
  isDay(2024, Number(a), Number(b)) || isDay(2024, Number(b), Number(a));

/** 03/04, 16/03: no share and no score is written like this. */
const padded = (a: string, b: string): boolean =>
  a.length === 2 && b.length === 2 && (a.startsWith('0') || b.startsWith('0'));

/** Days in parts of a week, months in parts of a year, scores out of five or ten, all of a few. */
const isShare = (a: string, b: string): boolean =>
  Number(b) === 7 ||
  Number(b) === 12 ||
  (Number(a) < Number(b) && /^(?:4|5|10)$/.test(b)) ||
  (a === b && Number(a) < 5);

function saidWithSlash({ a, b, before, after }: Short): boolean {
  if (padded(a, b)) return true;
  if (AFTER_MORE.test(after)) return false;
  if (TIMED.test(after) || BEFORE_SHORT.test(before.slice(-16))) return true;
  if (NEAR.test(before) && !isShare(a, b)) return true;
  if (saidNext({ a, b, before, after })) return true;
  if (CHINESE_BEFORE.test(before)) return true;
  if (OPENS.test(before) && CHINESE_AFTER.test(after)) return true;
  // At the head of an entry: "3/3: seen", "27/11 Pt calm".
  if (/(?:^|\n)[-*• ]{0,3}$/.test(before) && !isShare(a, b) && /^(?::| -| [A-Za-z])/.test(after))
    return true;
  // No score is more than its whole: "Chaplain came 11/5."
  if (Number(a) > Number(b) && /(?:^|[^A-Za-z])[a-z]{3,} $/.test(before) && CLOSES.test(after))
    return true;
  return (
    Number(a) > 12 &&
    Number(a) > Number(b) &&
    !/^(?:14|21|28)\/7$/.test(`${a}/${b}`) &&
    /(?:^|[A-Za-z,:;.)\u4e00-\u9fff])\s?$/.test(before)
  );
}

function saidWithHyphen({ a, b, before, after }: Short): boolean {
  if (!padded(a, b) || /^ ?[a-z]+s\b|^ ?(?:h|hrs?|hours?|y|years?)\b/.test(after)) return false;
  return (
    TIMED.test(after) ||
    BEFORE_SHORT.test(before.slice(-16)) ||
    NEAR.test(before) ||
    CHINESE_BEFORE.test(before) ||
    (OPENS.test(before) && CHINESE_AFTER.test(after))
  );
}

function saidWithPoint({ a, b, before, after }: Short): boolean {
  if (Number(a) < 1 || Number(a) > 12 || (a.length === 2 && a.startsWith('0') && b.length < 2))
    return false;
  if (DOT_BEFORE.test(before)) return !/^ ?(?:[a-zA-Z%℃×]|[万亿元倍毫公])/.test(after);
  if (SEEN_AGAIN.test(before)) return b.length === 2 && Number(b) >= 10 && CLOSES.test(after);
  if (/(?:^|[,。;、\n(])\s?$/.test(before) && DOT_AFTER.test(after)) return true;
  return (
    b.length === 2 &&
    /\b(?:since|DOS|DOI|seen|admitted|appt|appointment|dated?|until|DOB|born|TCU|r\/v|w\/c|w\/e)\s?$/i.test(
      before,
    ) &&
    (CLOSES.test(after) || /^ (?:at|with|by|for|and|w\/|pt|pls|in)\b/.test(after))
  );
}

/** A month and a day without a year, where something beside them says so. */
export function findShortDate(text: string, { start, end }: Place, found: Found): boolean {
  if (end - start > 11 || end - start < 3) return false;
  const word = text.slice(start, end);
  if (!/^\d{1,4}[-/.]\d/.test(word) || word === '24/7') return false;
  const range = RANGE.exec(word);
  const short = SHORT.exec(word);
  const [, a = '', separator = '', b = ''] = range ? ['', range[1], '/', range[2]] : (short ?? []);
  const before = text.slice(Math.max(0, start - 28), start);
  const after = text.slice(end, end + 20);
  const put = (label: boolean): true => {
    found({
      start,
      end,
      kind: 'DATE',
      reason: label ? 'label' : 'role',
      certainty: label ? 'likely' : 'unsure',
    });
    return true;
  };
  const [, day = '', month = ''] = POINTED.exec(word) ?? [];
  if (
    day !== '' &&
    monthDay(day, month) &&
    (BEFORE_SHORT.test(before.slice(-16)) || NEAR.test(before) || CHINESE_BEFORE.test(before))
  )
    return put(false);
  const [, , third = '', fourth = ''] = YEAR_FIRST.exec(word) ?? [];
  if (third !== '' && isDay(2024, Number(third), Number(fourth)))
    return (
      (CHINESE_BEFORE.test(before) ||
        CHINESE_AFTER.test(after) ||
        BORN.test(before) ||
        labelBefore(text, start)?.kind === 'DATE') &&
      put(false)
    );
  if (YEAR_DOT_MONTH.test(word))
    return (CHINESE_BEFORE.test(before) || CHINESE_AFTER.test(after)) && put(false);
  if (a === '' || !monthDay(a, b)) return false;
  if (AFTER_SHORT.test(after) || /^\s?(?:周|岁|天|月|年|次|个|小时|分钟|秒)/.test(after))
    return false;
  const labelled = labelBefore(text, start)?.kind === 'DATE';
  if (labelled && (separator !== '.' || CLOSES.test(after))) return put(true);
  if (separator !== '-' && SCORED.test(before) && !padded(a, b)) return false;
  const it: Short = { a, b, before, after };
  const said =
    separator === '/'
      ? saidWithSlash(it)
      : separator === '-'
        ? saidWithHyphen(it)
        : saidWithPoint(it);
  return said && put(false);
}

const SPACED = /\d{1,2}[ ]\d{1,2}[ ](?:(?:19|20)\d{2}|\d{2})(?!\d|[ ]?[-/]\d)/y;

/** Figures after the label of a date: "DOB 12 03 1956", "DOB: 040567". Gives their end, or 0. */
export function findLabelledDate(text: string, { start, end }: Place, found: Found): number {
  SPACED.lastIndex = start;
  const word = text.slice(start, end);
  const spaced = SPACED.exec(text)?.[0];
  const digits = /^(?:\d{6}|\d{8})$/.test(word) ? word : null;
  const parts = spaced?.split(' ') ?? (digits ? [digits.slice(0, 2), digits.slice(2, 4)] : []);
  const reversed = digits?.length === 6 && monthDay(digits.slice(2, 4), digits.slice(4));
  if (digits?.length === 8 && isCompactDay(digits)) return 0;
  if (parts.length === 0 || !(monthDay(parts[0] ?? '', parts[1] ?? '') || reversed)) return 0;
  const to = start + (spaced ?? word).length;
  found({ start, end: to, kind: 'DATE', reason: 'label', certainty: 'likely' });
  return to;
}

const MONTH =
  'january|february|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec';
const YEAR = String.raw`(?:,? (?:19|20)\d{2}(?!\d)|,? '\d{2}(?!\d))`;
const SMALL_AFTER = new RegExp(
  String.raw` (?:of )?(?:(?:${MONTH})(?![a-z])(?:\.?${YEAR})?|(?:mar|march|may)(?![a-z])${YEAR})`,
  'y',
);
const SMALL_BEFORE = new RegExp(String.raw`(?<![A-Za-z\d])(?:${MONTH})\.? $`);
const SMALL_INITIALS = 'jfmasondo';

/** "18 apr 2021", "dec 5": months that were typed small. */
export function findSmallMonth(text: string, { start, end }: Place, found: Found): boolean {
  const next = text[end + 1];
  const last = text[start - 2];
  const mayFollow = text[end] === ' ' && next !== undefined && SMALL_INITIALS.includes(next);
  const mayPrecede =
    text[start - 1] === ' ' && last !== undefined && /[a-z.]/.test(last) && end - start <= 4;
  if (!mayFollow && !mayPrecede) return false;
  const day = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(text.slice(start, end))?.[1];
  if (day === undefined || Number(day) < 1 || Number(day) > 31) return false;
  let [from, to] = [start, end];
  SMALL_AFTER.lastIndex = end;
  const after = mayFollow ? SMALL_AFTER.exec(text)?.[0] : undefined;
  if (after === undefined) {
    const before = mayPrecede
      ? SMALL_BEFORE.exec(text.slice(Math.max(0, start - 12), start))
      : null;
    if (!before || /^[.,:/]\d|^ ?(?:mg|ml|%|h\b|am\b|pm\b)/.test(text.slice(end, end + 5)))
      return false;
    from -= before[0].length;
    to += new RegExp(`^${YEAR}`).exec(text.slice(end, end + 8))?.[0].length ?? 0;
  } else to += after.length;
  found({ start: from, end: to, kind: 'DATE', reason: 'form', certainty: 'likely' });
  return true;
}
