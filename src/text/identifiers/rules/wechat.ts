/** Names in WeChat and QQ: after their label, before it, or later in a sentence that speaks of it. */
import type { Found } from '../kinds.ts';

const LABELLED =
  /(?:[微薇威]信|WeChat|QQ|weixin)(?:账号|帐号|联系|号码|号|ID|id)?(?:\s?[:(为是]\s?|\s)?([A-Za-z](?=[\w.-]{4,23})[\w-]*(?:\.[\w-]+)*|\d{5,12})(?![\w@])/gi;
/** "WeChat (kofi.asante_gh)", "WeChat, it's drsoto.peds", "WeChat for the sister: tran.thuy.1990". */
const LABELLED_FAR =
  /(?:[微薇威]信|WeChat|weixin)(?:,? (?:it'?s|is|as|at|under|id|handle|name) |, | ?\(|[^.;:\n。；]{0,20}: ?)(?=[\w.-]{5,24}(?![\w@]))((?=[\w.-]*[._\d-])[A-Za-z][\w-]*(?:\.[\w-]+)*)/gi;
/** What somebody is called there: “QQ咨询（对方昵称蓝色风铃草）”. */
const NICKNAME =
  /(?:(?:昵称|网名)(?:是|为|叫|:|：)?|(?:微信名|QQ名)(?:是|为|叫|:|：))\s?["“「]?([\u4e00-\u9fff\w]{2,12}?)(?=["”」),，。;；、）\s]|$)/g;
/** Numbers in QQ: "his QQ, 884120937", "the QQ number beneath it is 1940027731", "on QQ I am 1660412907". */
const QQ = /(?<![A-Za-z])QQ[^.;\d。；\n]{0,40}?(?<![\d+-])(\d{5,11})(?![\d-])/gi;
/** What a second one is joined by: “400552018换成2833009174”. */
const JOINED = /^(?:,? (?:and|or) |[、,，和或及]|换成|改为|改成) ?(\d{5,11})(?![\d-])/;
/** What is a name in WeChat wherever the text speaks of it: a low line, or letters with many digits. */
const EVIDENT =
  /(?<![\w@./:-])(?=[a-z][a-z-]*(?:_|[a-z]{3}\d{3}))[a-z][a-z\d_-]{4,19}(?![\w@-]|\.\w|[/:]\w)/g;
const NO_NAME =
  /^(?:instead|today|later|please|only|because|since|after|before|photos?|official|account|group|public|mini|mini-?programs?|app|video|message|messages|number|which|contact|through|platform)$/i;
const SPOKEN_OF = /we ?chat|weixin|wxid|(?<![A-Za-z])(?:[vw]x|qq)(?![A-Za-z])|[微薇威v]信|加v|QQ/gi;
/** What only a name in WeChat looks like: letters with digits or a low line. */
const HANDLE =
  /(?<![\w@./-])(?=[A-Za-z][\w-]*[\d_])[A-Za-z][A-Za-z_-]{0,18}[\w-]{1,14}(?![\w@-]|\.\w|[/:]\w)/;
const HANDLE_LATER = new RegExp(String.raw`^[^.;。；\n]{0,48}?(${HANDLE.source})`);
const HANDLE_BEFORE = new RegExp(
  String.raw`(${HANDLE.source})(?: ?[([,]| (?:on|via|in|is (?:her|his|their|my)|as (?:her|his|their)))? ?$`,
);
/** A code of capitals and digits is some other number. */
const CODE = /^[A-Z]{1,4}-?\d+[A-Z]?(?:-[\dA-Z]+)*$|^(?:[A-Z\d]+-)+[A-Z\d]+$/;
const isHandle = (id: string): boolean => !CODE.test(id);

/** Without any word for it: “术后加qingfeng_5196拍照”, “照片发Leaf_71y”. */
const ADDED = new RegExp(
  String.raw`(?:[加搜]|[照图片果告料请]发)(?:我|一下|个)?\s?(${HANDLE.source})`,
  'g',
);

/** Gives where a name begins, the name, and whether a label stands just before it. */
type Put = (start: number, id: string, sure: boolean) => void;

/** Every place where a pattern ends with a name. */
function putAll(
  pattern: RegExp,
  text: string,
  accept: (id: string) => boolean,
  put: Put,
  sure: boolean,
): void {
  for (const { 0: whole, 1: id = '', index } of text.matchAll(pattern)) {
    if (accept(id)) put(index + whole.length - id.length, id, sure);
  }
}

/** Numbers in QQ, and those that a list goes on with. */
function putNumbers(text: string, put: Put): void {
  for (const { 0: whole, 1: first = '', index } of text.matchAll(QQ)) {
    let end = index + whole.length;
    put(end - first.length, first, false);
    for (let next = JOINED.exec(text.slice(end, end + 24)); next;) {
      const [joined, id = ''] = next;
      end += joined.length;
      put(end - id.length, id, false);
      next = JOINED.exec(text.slice(end, end + 24));
    }
  }
}

/** Names that stand near a word for WeChat, behind it or before it. */
function putNear(text: string, put: Put): void {
  for (const { 0: word, index } of text.matchAll(SPOKEN_OF)) {
    const from = word.toLowerCase() === 'wxid' ? index : index + word.length;
    const later = HANDLE_LATER.exec(text.slice(from, from + 72));
    const id = later?.[1];
    if (later && id !== undefined && isHandle(id))
      put(from + later[0].length - id.length, id, false);
    const before = HANDLE_BEFORE.exec(text.slice(Math.max(0, index - 32), index));
    const other = before?.[1];
    if (before && other !== undefined && isHandle(other))
      put(index - before[0].length, other, false);
  }
}

export function findWeChat(text: string, found: Found): void {
  const spoken = /[微薇威v]信|we ?chat|weixin|wxid|qq|(?<![a-z])[vw]x(?![a-z])|加v/i.test(text);
  const added = text.includes('加') || text.includes('发');
  if (!spoken && !added) return;
  const ends = new Set<number>();
  const put: Put = (start, id, sure) => {
    if (ends.has(start + id.length)) return;
    ends.add(start + id.length);
    found({
      start,
      end: start + id.length,
      kind: 'WECHAT',
      reason: 'label',
      certainty: sure ? 'sure' : 'likely',
    });
  };
  if (added) putAll(ADDED, text, isHandle, put, false);
  if (!spoken) return;
  putAll(LABELLED, text, (id) => id.length >= 5 && !NO_NAME.test(id), put, true);
  if (/[昵网信Q][称名]/.test(text)) putAll(NICKNAME, text, () => true, put, false);
  putAll(LABELLED_FAR, text, isHandle, put, false);
  putNumbers(text, put);
  for (const { 0: id, index } of text.matchAll(EVIDENT)) put(index, id, false);
  putNear(text, put);
}
