/** What stands before and after a Chinese name: whose name it is, and whether anything can end there. */
import { COMMON_SURNAMES, ROLES, SMALL_ROLES } from '../../words/chinese-names.ts';

/** The surnames of most people: a name without any label begins with one of these. */
export const MOST = new Set(COMMON_SURNAMES.slice(0, 200));
const roles = new Set(ROLES);
const LONGEST_ROLE = Math.max(...ROLES.map((role) => role.length));
/** Last characters of roles: most characters before a surname end none. */
const roleEnds = new Set(ROLES.map((role) => role.slice(-1)));

export const isChinese = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;

/** Words of time, after which a sentence begins anew. */
const NEWLY = /[今昨]天|[今昨当]日|刚才|上午|下午|早上|晚上|随后|\d[号组室]$/;
/** With what a word for somebody's work ends. */
const WORKER =
  /[^或再前后三二两也患记学读笔编]者$|记者$|[^全动成人演]员$|[交民刑辅特法]警$|程师$|[技教药护律厨理]师$|[校班组厂村队站船社会董家]长$|[护产战]士$|[女男老]士$|老人$|职工$|[电木瓦油焊矿护民]工$/;
/** With what a label of persons ends. */
const PERSON_LABEL = /[者人员师士属亲母父妻夫]/;

export interface Before {
  readonly role: string;
  readonly colon: boolean;
  /** Nothing Chinese stands at once before. */
  readonly open: boolean;
}

/** Who somebody is, from the words before a place. */
export function before(text: string, at: number, words: ReadonlySet<string>): Before {
  let end = at;
  let colon = false;
  for (let i = 0; i < 4 && end > 0; i += 1) {
    const character = text[end - 1] ?? '';
    if (!' :(\t"“[-'.includes(character)) break;
    if (character === ':') colon = true;
    end -= 1;
  }
  // 5床李秀珍
  if (
    /[床,、 ]/.test(text[at - 1] ?? '') &&
    /[\d号]床[,、 ]?$/.test(text.slice(Math.max(0, at - 3), at))
  )
    return { role: '床', colon: false, open: true };
  const open =
    at === 0 ||
    !isChinese(text.charCodeAt(at - 1)) ||
    NEWLY.test(text.slice(Math.max(0, at - 2), at));
  const longest = roleEnds.has(text[end - 1] ?? '') ? Math.min(LONGEST_ROLE, end) : 0;
  for (let length = longest; length > 0; length -= 1) {
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

export function sticky(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

const CLOSED = /[,，。.;；:、!！?？()（）[\]【】"”'’\s/<>《》\d~-]/;
export const closedAt = (text: string, at: number): boolean =>
  at >= text.length || CLOSED.test(text[at] ?? '');
