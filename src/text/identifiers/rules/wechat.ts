/** Names in WeChat and QQ: after their label, before it, or later in a sentence that speaks of it. */
import type { Found } from '../kinds.ts';

const LABELLED =
  /(?:[微薇威]信|WeChat|QQ|weixin)(?:账号|帐号|联系|号码|号|ID|id)?(?:\s?[:(为是]\s?|\s)?([A-Za-z][\w-]{4,19}|\d{5,12})(?![\w@])/gi;
const NO_NAME =
  /^(?:official|account|group|public|mini|mini-?programs?|app|video|message|messages|number|which|contact|through|platform)$/i;
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

export function findWeChat(text: string, found: Found): void {
  if (!/[微薇威v]信|we ?chat|weixin|wxid|qq|(?<![a-z])[vw]x(?![a-z])|加v/i.test(text)) return;
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
  for (const match of text.matchAll(LABELLED)) {
    const id = match[1] ?? '';
    if (!NO_NAME.test(id)) put(match.index + match[0].length - id.length, id, true);
  }
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
