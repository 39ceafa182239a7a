/** Chinese names by likelihood: whether a text is likelier with a name in it, and what stands at its edges. */
import type { Lists } from '../../lists.ts';
import { actsAt, likelihood, pairCost, type ChineseCosts } from '../../words/chinese-costs.ts';
import { ACTS, DOES, FOLLOWS, SMALL_ROLES, TITLES, endsBefore } from '../../words/chinese-names.ts';
import { NO_NAME, NO_NAME_BEFORE, OF_SUBSTANCE, OF_THING } from '../../words/chinese-no-names.ts';
import { beginsAt, closedAt, isChinese, sticky, type Before } from './names-zh-before.ts';

export interface Likely {
  readonly start: number;
  readonly end: number;
  /** How much speaks for it, in natural logarithms. */
  readonly score: number;
}

/** From where something counts as a name. */
export const LIKELY = 7.2;

/** Small words before a name: of whom, to whom. */
const TOWARD = /[的是把给被让对叫找向为跟替由请与和同及了]/;
/** What somebody says, does or has; and a possessive. */
const SAYS =
  /(?:说|称|诉|述|问|答|想|觉|怕|哭|笑|愿|拒|同意|表示|要求|昨|今|明[早天晚日]|刚|本人|自己|家属(?![院楼])|交接|去世|抚养|照顾|陪|打来|来电|接听|电话|手机|微信|你|您|的(?:爱人|妈|爸|家|病|女|儿|妻|丈|母|父|床|药|手|血|伤|情|检|会|化|片))/y;

/** What stands before a name speaks for it. */
function leftOf(
  text: string,
  start: number,
  told: Before,
  listed: boolean,
  costs: ChineseCosts,
): number {
  if (told.role) {
    if (told.colon) return 6;
    if (!SMALL_ROLES.has(told.role)) return 4.5;
    return told.role === '科' ? 3.2 : 2;
  }
  if (listed) return 4;
  // “遗传咨询：丁健” at the end of a line.
  if (told.colon)
    return /^[\u4e00-\u9fff]{2,4}\s*(?:\n|$)/.test(text.slice(start, start + 8)) ? 3.5 : 2;
  if (start === 0 || text[start - 1] === '\n') return 2;
  if (told.open) return /[、\d%+]/.test(text[start - 1] ?? '') ? 0.5 : 1.5;
  if (TOWARD.test(text[start - 1] ?? '')) return 0.5;
  // A word ends here, or what stands before belongs to it: 替诺福韦, 病程迁延.
  if (pairCost(costs, text.slice(start - 2, start)) === Infinity) return -3;
  return beginsAt(text, start - 2) ? 0 : -1;
}

/** What a word of what somebody does says after a name, and against one that would take its first character. */
const ACTING = 1.5;
const TAKES_ACT = 2;

/** What stands after it. */
function rightOf(text: string, end: number, costs: ChineseCosts): number {
  // Titles and verbs begin with a Chinese character.
  const goesOn = isChinese(text.charCodeAt(end));
  if (goesOn && sticky(TITLES, text, end)) return 5;
  // 于胜男: where nothing parts them, 男 and 女 may be of the name.
  if (sticky(FOLLOWS, text, end)) return /[男女]/.test(text[end] ?? '') ? 1 : 4.5;
  if (goesOn && (sticky(DOES, text, end) || sticky(SAYS, text, end) || sticky(ACTS, text, end)))
    return 2;
  if (goesOn && acting(costs, text, end)) return ACTING;
  if (closedAt(text, end) || endsBefore(text, end)) return 1;
  return pairCost(costs, text.slice(end, end + 2)) < Infinity ? 0 : -2;
}

/** Words of a sentence that seldom end a given name. */
const SELDOM =
  /[各复拒劝系与均护和及是在于到去说诉称被把将让给对向从由因已未不再又还也都就拟经行术代男女误报按请陪并予主医后前但而自时经]/;
const SELDOM_COST = 4;
/** A part of a name of several: 霍恩-雅尔. And a dose: a drug. */
const GOES_ON = /-[\u4e00-\u9fff]|\s?\d+(?:\.\d+)?\s?(?:mg|g|ml|μg|ug|克|毫克|片|粒|袋|支|枚)/y;

/** One character more, and then a dose. */
const DOSED = /^[\u4e00-\u9fff]\s?\d+(?:\.\d+)?\s?(?:mg|g|ml|克|片|粒)/;
/** 王姐, 陈总: a surname with a title of one character. */
export const KINDRED = /[姐哥叔姨婶嫂爷奶妈爸总工]/;

/** Small words that are seldom a surname. */
const PREPOSITION = /[由与及请嘱接经和]/;

/** What both edges together say: 家属滕建设表示, “，牟文革（女，24岁）”. */
function both({ role, open, begins }: Before, right: number, closed: boolean): number {
  const clear = role !== '' && !SMALL_ROLES.has(role);
  // “，麻醉温建业，”: nothing else in this part of the sentence.
  if (!clear && begins && closed) return role ? 2.5 : 2;
  if ((clear && right >= 2) || (open && right >= 4)) return 3;
  if (open && right >= 2) return 1.5;
  // “，臧宏伟，”: a part of a sentence that is nothing but a name.
  if (open && closed) return 1.5;
  return clear && right >= 1 ? 1.5 : 0;
}

/** How much a drug or a herb speaks against a name after it; a mark between things less. */
function beforeNoName(text: string, start: number): number {
  if (text[start - 1] === '、') return 2;
  return NO_NAME_BEFORE.test(text.slice(Math.max(0, start - 4), start)) ? 5 : 0;
}

/** What somebody does, in one character: “秦斌开的门”, “袁菁扶拐行走”; and times of the day: “叶蓉夜眠可”. */
const ACTS_SHORT =
  /(?:[扶推抱搀驾骑送取拿买卖煮喂抽拔贴拆掀陪守候写读背穿脱戴洗擦涂吃喝吐呕咳喘哭笑喊叫睡醒躺坐站走跑爬跌摔撞开关挂递接拨打找带领搬换修画唱听说讲劝催帮替练做学教](?:的|了|着|过|来|去|出|上|下|进|回|起|到|完|好|拐|杖|门|车|水|饭|药|床|走|住|开|倒|错|不|在)|[夜晨晚午早](?:眠|间|尿|起|餐|休|里|饭|咳|睡|班|查|上))/y;

/** Whether what somebody does, or when, begins at a place. */
const acting = (costs: ChineseCosts, text: string, at: number): boolean =>
  actsAt(costs, text, at) || sticky(ACTS_SHORT, text, at) !== null;

/** A sign is there or not: 康纳征阳性, 高尔征（-）. */
const SIGN = /^(?:[阳阴均未]|[(（]?[-+±]|、)/;

const into = new Float64Array(3);

/** How likely each name is that begins at a place; by how long its given name is. */
export function likelyNames(
  text: string,
  start: number,
  surname: number,
  told: Before,
  listed: boolean,
  { costs, words }: Lists,
): Likely[] {
  likelihood(costs, text, start, surname, into);
  const names: Likely[] = [];
  const first = words.has(text.slice(start, start + 2)) && surname === 1;
  let left: number | null = null;
  for (let given = 1; given <= 2; given += 1) {
    let score = into[given] ?? -Infinity;
    if (score < -4) continue;
    const end = start + surname + given;
    const name = text.slice(start, end);
    if (!told.colon && OF_THING.test(text.slice(end, end + 3))) continue;
    if (
      /氏|[病症者期号]$/.test(name.slice(surname)) ||
      (name.endsWith('征') && SIGN.test(text.slice(end, end + 3))) ||
      (name.endsWith('征') && NO_NAME.has(name.slice(0, 2)))
    )
      continue;
    // 何杰金淋巴瘤: the first two of three characters.
    const longer = given === 1 && NO_NAME.has(text.slice(start, end + 1));
    if (longer || NO_NAME.has(name) || OF_SUBSTANCE.test(text.slice(end - 1, end + 3))) continue;
    left ??=
      leftOf(text, start, told, listed, costs) -
      (!told.role && PREPOSITION.test(text[start] ?? '') ? 3 : 0) -
      (listed ? 0 : beforeNoName(text, start));
    if (sticky(GOES_ON, text, end) || (given === 1 && DOSED.test(text.slice(end, end + 6))))
      continue;
    if (given === 1 && KINDRED.test(text[end - 1] ?? '')) continue;
    if (given === 2 && /^(?:之[子女父母夫妻]|系[患病其我本该])/.test(text.slice(end - 1, end + 1)))
      continue;
    const last = given === 2 && !closedAt(text, end);
    const takes = last && acting(costs, text, end - 1) && !acting(costs, text, end);
    if (last && SELDOM.test(text[end - 1] ?? ''))
      score -= sticky(ACTS, text, end) || sticky(SAYS, text, end) ? SELDOM_COST / 2 : SELDOM_COST;
    else if (last && endsBefore(text, end - 1)) score -= sticky(ACTS, text, end - 1) ? 3 : 1.5;
    else if (takes) score -= TAKES_ACT;
    if (first) score -= given === 1 ? 6 : 2;
    const right = rightOf(text, end, costs);
    const ended =
      !takes && !SELDOM.test(text[end - 1] ?? '') && !PREPOSITION.test(text[start] ?? '');
    score +=
      left +
      right +
      ((given === 2 || told.begins || (told.open && right >= 2)) && !first && ended
        ? both(told, right, closedAt(text, end))
        : 0);
    names.push({ start, end, score });
  }
  return names;
}
