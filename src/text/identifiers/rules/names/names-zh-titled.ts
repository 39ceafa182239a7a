/** Surnames with a title: 张主任, 带沈大爷, 一位孔中医; and which small words before a title are none. */
import { ACT_ROLES } from '../../words/chinese-names.ts';
import { closedAt, type Before } from './names-zh-before.ts';

/** Surnames that are small words too: with a title alone they need a mark before them. */
export const SMALL = new Set(
  '谢祝乐上师班修车于向和与从经应时有能都常当全同别后终查解管包支利明生成位方何易计相连阳花权强盖练门见由但那第各居母公干衣元信安平国原边师商单通都普来容初皮位区代双练种操香枚黑归虎展植火',
);
/** What stands before a surname with a title in the middle of a sentence: “报告王医生”, “心内科张主任”. */
const ADDRESSED =
  /(?:回复|答复|回电|转交|交给|[的由请经嘱问和与及向对给被让找到是在因为叫跟按据科院床室组区给嘱]|报告|[话信]告|通知|联系|咨询|告知|主管|主治|主刀|随访|转告|汇报|请示|陪同|邀请|感谢|询问|感激|拜托|委托|致电|反映|投诉|表扬|配合|协助|替|接替|听从|[已即急速并再][报告]|调阅|查阅|挂|见|约|已电|院办|转告|[已即改再]转|遵|喊|告诉|请教|[有归]|属)$/;
/** Whom somebody turns to: “报告包医生”. */
const TOLD = /(?:报告|通知|联系|咨询|告知|询问|感谢|请示|[请问找跟和向嘱告报带致示])$/;
/** Surnames that are more often part of a word before a title: 请上级, 值班, 主管. */
const VERBS = new Set('师班修车与从经应有能都常当全同别后终查解管支上由并那各本代双');
/** Titles of anybody: no surname that is a small word stands before one by chance. */
const ANYBODY =
  /^(?:女士|先生|小姐|太太|阿[姨婆公]|大[爷哥姐叔婶嫂]|大妈|大娘|奶奶|爷爷|主任|教授|院长|师傅|[老]?中医)/;

/** Surnames that are small words, but seldom before a title: “，单医生”. */
const RATHER = new Set('连何方易明单成安谢祝乐于阳宁时包水查任管支平国武原边车区');
/** Whom somebody brings, writes to, speaks of: 带沈大爷, 致姚先生, 一位孔中医, 22床的安大爷. */
const CALLS_FOR =
  /[的带致找叫给让请陪看问谢送接扶喊替帮约见位名被把向对和与跟是为在有由及告报示院科到去院加说]/;
/** Of those, the ones that part no word before a small one. */
const PARTS = /[的带致位名示告院加说]/;

/** After a title: a mark, or “您好”. */
const greets = (text: string, at: number): boolean =>
  closedAt(text, at) || /[您你]/.test(text[at] ?? '');

/** Whether a surname with a title is a person: “张主任”, but not “值班医生” or “由同学”. */
export function isTitled(
  text: string,
  start: number,
  surname: number,
  title: string,
  told: Before,
  words: ReadonlySet<string>,
): boolean {
  if (text.startsWith('班主任', start)) return false;
  const said = text.slice(Math.max(0, start - 2), start);
  if (said === '敬的' || said === '爱的') return true;
  const small = surname === 1 && SMALL.has(text[start] ?? '');
  const before = text[start - 1] ?? '';
  const anybody = ANYBODY.test(title) && CALLS_FOR.test(before);
  if (anybody && (small ? PARTS.test(before) && !VERBS.has(text[start] ?? '') : true)) return true;
  if (small && told.role === '值班' && RATHER.has(text[start] ?? '')) return true;
  if (told.role && !ACT_ROLES.has(told.role)) return !small || told.open;
  const rather = RATHER.has(text[start] ?? '') && greets(text, start + surname + title.length);
  // “，由阿姨抱来”
  if (told.open && /[由与及请和]/.test(text[start] ?? '') && !/^(?:女士|先生|小姐)/.test(title))
    return false;
  if (told.open) return !small || ANYBODY.test(title) || rather;
  if (words.has(text.slice(start - 1, start + 1))) return false;
  if (small && TOLD.test(said) && !VERBS.has(text[start] ?? '')) return true;
  if (small) return said.endsWith('的') && ANYBODY.test(title);
  return surname === 2 || ADDRESSED.test(said) || words.has(said);
}
