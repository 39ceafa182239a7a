/** Chinese names: a surname, what stands before and after it, and the characters of given names. */
import type { Certainty, Found, Place, Reason } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { findDotted } from './names-zh-dotted.ts';
import {
  COMMON_SURNAMES,
  COMPOUND_SURNAMES,
  DOES,
  FOLLOWS,
  GIVEN,
  ROLES,
  SMALL_ROLES,
  TITLES,
  endsBefore,
  looksGiven,
} from '../words/chinese-names.ts';

/** The surnames of most people: a name without any label begins with one of these. */
const MOST = new Set(COMMON_SURNAMES.slice(0, 200));
/** Surnames that are small words too: with a title alone they need a mark before them. */
const SMALL = new Set(
  '谢祝乐上师傅班修车于向和与从经应时有能都常当全同别后终查解管包支利明生成位方何易计相连阳花权强盖练门见由但那第各居母公干衣元信安平国原边师商单通都普来容初皮位区',
);
const SINGLE = new Set(COMMON_SURNAMES);
const roles = new Set(ROLES);
const LONGEST_ROLE = Math.max(...ROLES.map((role) => role.length));

const isChinese = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;

/** Roles of staff: whoever follows has a name. */
const STAFF = /[医护师]|主刀|术者|助$|签/;
const SEX = /[男女]|身份证|护照|证件|族|婚/;

/** Words of time, after which a sentence begins anew. */
const NEWLY = /[今昨]天|[今昨当]日|刚才|上午|下午|早上|晚上|随后|\d[号组室]$/;
/** With what a word for somebody's work ends. */
const WORKER =
  /[用试查检作责记经参办]者$|[^全动成人演]员$|[交民刑辅特法]警$|程师$|[技教药护律厨理]师$|[校班组厂村队站船社会董家]长$|[护产战]士$|[女男老]士$|老人$|职工$|[电木瓦油焊矿护民]工$/;
/** With what a label of persons ends. */
const PERSON_LABEL = /[者人员师士属亲母父妻夫]/;

/** Points of evidence from which something counts as a name. */
const ENOUGH = 4;
const PLENTY = 6;

interface Before {
  readonly role: string;
  readonly colon: boolean;
  /** Nothing Chinese stands at once before. */
  readonly open: boolean;
}

/** Who somebody is, from the words before a place. */
function before(text: string, at: number, words: ReadonlySet<string>): Before {
  let end = at;
  let colon = false;
  for (let i = 0; i < 4 && end > 0; i += 1) {
    const character = text[end - 1] ?? '';
    if (!' :(\t"“[-'.includes(character)) break;
    if (character === ':') colon = true;
    end -= 1;
  }
  // 5床李秀珍
  if (/[\d号]床[,、 ]?$/.test(text.slice(Math.max(0, at - 3), at)))
    return { role: '床', colon: false, open: true };
  const open =
    at === 0 ||
    !isChinese(text.charCodeAt(at - 1)) ||
    NEWLY.test(text.slice(Math.max(0, at - 2), at));
  for (let length = Math.min(LONGEST_ROLE, end); length > 0; length -= 1) {
    const role = text.slice(end - length, end);
    if (!roles.has(role)) continue;
    // 及时, 由于: no role, but a word that goes on.
    const goesOn = end === at && SMALL_ROLES.has(role) && words.has(text.slice(at - 1, at + 1));
    if (!goesOn) return { role, colon, open };
  }
  // “密切接触者：”, “上机护士：”
  if (colon && PERSON_LABEL.test(text[end - 1] ?? '')) return { role: '者', colon: false, open };
  // 监查员邓瑶, 交警冯可欣
  if (end === at && WORKER.test(text.slice(Math.max(0, at - 2), at)))
    return { role: '员', colon: false, open };
  return { role: '', colon, open };
}

function sticky(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

const CLOSED = /[,，。.;；:、!！?？()（）[\]【】"”'’\s/<>《》\d~-]/;
const closedAt = (text: string, at: number): boolean =>
  at >= text.length || CLOSED.test(text[at] ?? '');

interface Candidate {
  readonly end: number;
  readonly points: number;
  readonly reason: Reason;
}

/** A name of three characters with a space or a line's end on both sides, as in tables and signatures. */
const isolated = (text: string, start: number, given: number, { role }: Before): number =>
  given === 2 &&
  !role &&
  (start === 0 || /\s/.test(text[start - 1] ?? '')) &&
  /^(?:\s|$)/.test(text.slice(start + 3, start + 4)) &&
  looksGiven(text, start + 1, start + 3)
    ? 1
    : 0;

/** What speaks for a name that begins at a surname and ends at `end`. */
function weigh(
  text: string,
  start: number,
  end: number,
  surname: number,
  told: Before,
  words: ReadonlySet<string>,
  listed: boolean,
): Candidate {
  const given = end - start - surname;
  const title = TITLE_BEGINS.has(text[end] ?? '') ? sticky(TITLES, text, end) : null;
  const follows = title ? null : sticky(FOLLOWS, text, end);
  // In the middle of a sentence only what follows can tell a name.
  if (!told.role && !told.open && !listed && !title && !follows)
    return { end, points: 0, reason: 'list' };
  let points = 0;
  if (told.role) points += told.colon ? 5 : SMALL_ROLES.has(told.role) ? 1 : 3;
  else if (listed) points += 3;
  else if (told.open) points += 1;
  if (!told.role && (told.open || follows || title) && looksGiven(text, start + surname, end))
    points += 1 + (told.open && (told.colon || sticky(DOES, text, end)) ? 1 : 0);
  if (title) points += 4;
  else if (follows) points += follows.startsWith('之') ? 5 : 3;
  else if (closedAt(text, end)) points += 1 + isolated(text, start, given, told);
  else if (endsBefore(text, end)) points += told.role && given > 0 ? 1 : 0;
  else if (!words.has(text.slice(end, end + 2))) points -= 2;
  if (surname === 2) points += 2;
  else if (MOST.has(text[start] ?? '')) points += 1;
  else if (!told.role && !title) points -= 1;
  if (given === 2 && surname === 1) points += 1;
  // What a common word begins with is no name, unless a label says that one follows.
  const labelled = told.role !== '' && told.colon;
  const whole =
    (STAFF.test(told.role) && given === 2 && closedAt(text, end)) || SEX.test(follows ?? '');
  if (!labelled && surname === 1 && words.has(text.slice(start, start + 2)))
    points -= whole ? 2 : title ? 3 : 4;
  if (!labelled && given === 2 && words.has(text.slice(end - 2, end))) points -= 2;
  if (
    (!told.role || SMALL_ROLES.has(told.role)) &&
    !told.open &&
    words.has(text.slice(start - 1, start + 1))
  )
    points -= 3;
  const reason: Reason = title
    ? 'title'
    : told.role
      ? told.colon
        ? 'label'
        : 'role'
      : follows
        ? 'follows'
        : 'list';
  return { end, points, reason };
}

const allGiven = (text: string, from: number, to: number): boolean => {
  for (let i = from; i < to; i += 1) if (!GIVEN.has(text[i] ?? '')) return false;
  return true;
};

/** 李某, 王某某, 张XX, 陈** */
const MASKED =
  /(?:某某?(?![些种个人天日时地年月次位项类])|[xX×*]{1,3}|○{1,2}|〇{1,2})(?![A-Za-z\d])/y;
const MASK_BEGINS = new Set('某xX×*○〇');
/** First characters of titles. */
const TITLE_BEGINS = new Set('女先小太同主副住医护教院科处局老专药技博阿大伯奶爷师叔姐哥警律经男');

/** Whether anything can follow a surname here: most surnames in a text are parts of other words. */
function mayFollow(text: string, after: number): boolean {
  const next = text[after] ?? '';
  return GIVEN.has(next) || TITLE_BEGINS.has(next) || MASK_BEGINS.has(next);
}

/** What stands before a surname with a title in the middle of a sentence: “报告王医生”, “心内科张主任”. */
const ADDRESSED =
  /(?:[的由请经嘱问和与及向对给被让找到是在因为叫跟按据科院床室组区给嘱]|报告|通知|联系|咨询|告知|主管|主治|主刀|随访|转告|汇报|请示|陪同|邀请|感谢|询问|感激|拜托|委托|致电|反映|投诉|表扬|配合|协助|替|接替|听从)$/;
/** Titles of anybody: no surname that is a small word stands before one by chance. */
const ANYBODY =
  /^(?:女士|先生|小姐|太太|阿[姨婆公]|大[爷哥姐叔婶嫂]|大妈|大娘|奶奶|爷爷|主任|教授|院长)/;

/** Whether a surname with a title is a person: “张主任”, but not “值班医生” or “由同学”. */
function isTitled(
  text: string,
  start: number,
  surname: number,
  title: string,
  told: Before,
  words: ReadonlySet<string>,
): boolean {
  const said = text.slice(Math.max(0, start - 2), start);
  if (said === '敬的' || said === '爱的') return true;
  const small = surname === 1 && SMALL.has(text[start] ?? '');
  if (told.role) return !small || told.open;
  if (told.open) return !small || ANYBODY.test(title);
  if (words.has(text.slice(start - 1, start + 1))) return false;
  if (small) return said.endsWith('的') && ANYBODY.test(title);
  return surname === 2 || ADDRESSED.test(said) || words.has(said);
}

/** Doses after a word: a drug. */
const DOSE = /\s?\d+(?:\.\d+)?\s?(?:mg|g|ml|μg|ug|克|毫克|片|粒|袋|支|枚)/y;

/** The name at a surname, if the evidence is enough. */
function nameAt(
  text: string,
  start: number,
  words: ReadonlySet<string>,
  listed: boolean,
): Candidate | null {
  // 护士长孙思远 is a head nurse named 孙.
  const chief = /[士院科处局部会组校室]长孙$/.test(text.slice(Math.max(0, start - 1), start + 2));
  const surname = !chief && COMPOUND_SURNAMES.has(text.slice(start, start + 2)) ? 2 : 1;
  if (surname === 1 && !SINGLE.has(text[start] ?? '')) return null;
  const after = start + surname;
  const told =
    mayFollow(text, after) || text[start - 1] === ':' || text[start - 2] === ':'
      ? before(text, start, words)
      : null;
  if (!told) return null;
  const candidates: Candidate[] = [];
  const title = TITLE_BEGINS.has(text[after] ?? '') ? sticky(TITLES, text, after) : null;
  if (title) {
    if (isTitled(text, start, surname, title, told, words))
      candidates.push({ end: after, points: PLENTY, reason: 'title' });
  }
  const masked = MASK_BEGINS.has(text[after] ?? '') ? sticky(MASKED, text, after) : null;
  const clear = (told.role && !SMALL_ROLES.has(told.role)) || !SMALL.has(text[start] ?? '');
  if (masked && (told.open || told.role) && clear)
    candidates.push({ end: after + masked.length, points: ENOUGH + 1, reason: 'form' });
  const labelled = told.role !== '' && told.colon;
  for (const given of [2, 1]) {
    const end = after + given;
    // 由同学: a title is no given name.
    if (end > text.length || title?.length === given) continue;
    let fits = allGiven(text, after, end);
    if (!fits && labelled)
      fits =
        (closedAt(text, end) || sticky(TITLES, text, end) !== null) &&
        [...text.slice(after, end)].every((c) => isChinese(c.charCodeAt(0)));
    if (!fits || sticky(DOSE, text, end) || text.slice(end - 1, end + 1) === '子女') continue;
    const weighed = weigh(text, start, end, surname, told, words, listed);
    // "张伟来院": a word begins where the second character of the given name would stand.
    const cut =
      given === 2 &&
      endsBefore(text, end - 1) &&
      !closedAt(text, end) &&
      weighed.reason !== 'title' &&
      !sticky(FOLLOWS, text, end);
    candidates.push(cut ? { ...weighed, points: weighed.points - 2 } : weighed);
  }
  const best = candidates.toSorted((a, b) => b.points - a.points)[0];
  return best && best.points >= ENOUGH ? best : null;
}

const NAMED =
  /(?:姓名|名字|曾用名|签名|签字|签章)\s?:\s?([\u4e00-\u9fff]{2,4})(?=[\s,，。;；、()（）|/]|$)/g;
const NOBODY =
  /^(?:不详|未知|同上|保密|无名|无名氏|待查|如下|电子|手写|性别|年龄|家属|患者|本人|医生|医师|护士|见下|已签|未签|拒绝|日期|时间)/;
function certaintyOf({ points, reason }: Candidate): Certainty {
  if (points >= PLENTY) return 'sure';
  return reason === 'list' ? 'unsure' : 'likely';
}

export function findChineseNames({ text, surnames }: Scan, lists: Lists, found: Found): void {
  for (const match of text.matchAll(NAMED)) {
    const name = match[1] ?? '';
    if (NOBODY.test(name)) continue;
    const start = match.index + match[0].length - name.length;
    found({ start, end: start + name.length, kind: 'NAME', reason: 'label', certainty: 'sure' });
  }
  findDotted(text, found);
  let last: Place = { start: 0, end: 0 };
  for (const start of surnames) {
    if (start < last.end) continue;
    const gap = text.slice(last.end, start);
    const listed = last.end > 0 && last.end - last.start >= 2 && /^(?:[、,/ ]|和|及|与)$/.test(gap);
    const name = nameAt(text, start, lists.words, listed);
    if (!name) continue;
    last = { start, end: name.end };
    found({
      start,
      end: name.end,
      kind: 'NAME',
      reason: name.reason,
      certainty: certaintyOf(name),
    });
  }
}
