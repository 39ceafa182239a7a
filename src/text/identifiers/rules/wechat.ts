/** Names in WeChat and QQ: after their label, before it, or later in a sentence that speaks of it. */
import type { Found } from '../kinds.ts';

const LABELLED =
  /(?:[微薇威]信|WeChat|QQ|weixin)(?:账号|帐号|联系|号码|号|ID|id)?(?:\s?[:(为是]\s?|\s)?([A-Za-z](?=[\w.-]{4,23})[\w-]*(?:\.[\w-]+)*|\d{5,12})(?![\w@])/gi;
/** "WeChat (kofi.asante_gh)", "WeChat, it's drsoto.peds", "WeChat for the sister: tran.thuy.1990". */
const LABELLED_FAR =
  /(?:[微薇威]信|WeChat|weixin)(?:,? (?:it'?s|is|as|at|under|id|handle|name) |, | ?\(|[^.;:\n。；]{0,20}: ?)(?=[\w.-]{5,24}(?![\w@]))((?=[\w.-]*[._\d-])[A-Za-z][\w-]*(?:\.[\w-]+)*)/gi;
/** Numbers in QQ: "his QQ, 884120937", "the QQ number beneath it is 1940027731", "on QQ I am 1660412907". */
const QQ = /(?<![A-Za-z])QQ[^.;\d。；\n]{0,40}?(?<![\d+-])(\d{5,11})(?![\d-])/gi;
/** What a second one is joined by: “400552018换成2833009174”. */
const JOINED = /^(?:,? (?:and|or) |[、,，和或及]|换成|改为|改成) ?(\d{5,11})(?![\d-])/;
/** What is a name in WeChat wherever the text speaks of it: a low line, or letters with many digits. */
const EVIDENT =
  /(?<![\w@./:-])(?=[a-z][a-z-]*(?:_|[a-z]{3}\d{3}))[a-z][a-z\d_-]{4,19}(?![\w@-]|\.\w|[/:]\w)/g;
const NO_NAME =
  /^(?:instead|today|later|please|only|because|since|after|before|messages?|photos?|official|account|group|public|mini|mini-?programs?|app|video|message|messages|number|which|contact|through|platform)$/i;
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

/** Without any word for it: “术后加qingfeng_5196拍照”, “照片发Leaf_71y”. */
const ADDED = new RegExp(
  String.raw`(?:[加搜]|[照图片果告料请]发)(?:我|一下|个)?\s?(${HANDLE.source})`,
  'g',
);

export function findWeChat(text: string, found: Found): void {
  const spoken = /[微薇威v]信|we ?chat|weixin|wxid|qq|(?<![a-z])[vw]x(?![a-z])|加v/i.test(text);
  const added = text.includes('加') || text.includes('发');
  if (!spoken && !added) return;
  const ends = new Set<number>();
  const put = (start: number, id: string, sure: boolean): void => {
    if (id.length < 5 || ends.has(start + id.length)) return;
    ends.add(start + id.length);
    found({
      start,
      end: start + id.length,
      kind: 'WECHAT',
      reason: 'label',
      certainty: sure ? 'sure' : 'likely',
    });
  };
  for (const match of added ? text.matchAll(ADDED) : []) {
    const id = match[1] ?? '';
    if (!CODE.test(id)) put(match.index + match[0].length - id.length, id, false);
  }
  if (!spoken) return;
  for (const match of text.matchAll(LABELLED)) {
    const id = match[1] ?? '';
    if (!NO_NAME.test(id)) put(match.index + match[0].length - id.length, id, true);
  }
  for (const match of text.matchAll(LABELLED_FAR)) {
    const id = match[1] ?? '';
    if (!CODE.test(id)) put(match.index + match[0].length - id.length, id, false);
  }
  for (const match of text.matchAll(QQ)) {
    let id = match[1] ?? '';
    let end = match.index + match[0].length;
    for (
      let next = JOINED.exec(text.slice(end, end + 24));
      ;
      next = JOINED.exec(text.slice(end, end + 24))
    ) {
      put(end - id.length, id, false);
      if (!next) break;
      id = next[1] ?? '';
      end += next[0].length;
    }
  }
  for (const { 0: id, index } of text.matchAll(EVIDENT)) put(index, id, false);
  for (const { 0: word, index } of text.matchAll(SPOKEN_OF)) {
    const from = word.toLowerCase() === 'wxid' ? index : index + word.length;
    const later = HANDLE_LATER.exec(text.slice(from, from + 72));
    const id = later?.[1];
    if (later && id !== undefined && !CODE.test(id))
      put(from + later[0].length - id.length, id, false);
    const before = HANDLE_BEFORE.exec(text.slice(Math.max(0, index - 32), index));
    const other = before?.[1];
    if (before && other !== undefined && !CODE.test(other))
      put(index - before[0].length, other, false);
  }
}
