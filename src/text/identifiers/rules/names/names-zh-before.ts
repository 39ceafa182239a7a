/** What stands before and after a Chinese name: whose name it is, and whether anything can end there. */
import { characterBits } from '../../character-bits.ts';
import { ACT_ROLES, COMMON_SURNAMES, ROLES, SMALL_ROLES } from '../../words/chinese-names.ts';

/** The surnames of most people: a name without any label begins with one of these. */
export const MOST = new Set(COMMON_SURNAMES.slice(0, 200));
const roles = new Set(ROLES);
/** How long the roles are that end with a character, the longest first: most characters end none. */
const roleLengths = new Map<number, number[]>();
for (const role of ROLES.toSorted((a, b) => b.length - a.length)) {
  const last = role.charCodeAt(role.length - 1);
  const lengths = roleLengths.get(last) ?? [];
  if (!lengths.includes(role.length)) roleLengths.set(last, [...lengths, role.length]);
}
const NONE: readonly number[] = [];

export const isChinese = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;

/** Words of time, after which a sentence begins anew. */
const NEWLY = /[今昨]天|[今昨当]日|刚才|上午|下午|早上|晚上|随后|\d[号组室]$/;
/** With what a word for somebody's work ends. */
const WORKER =
  /[^或再前后三二两也患记学读笔编]者$|记者$|[^全动成人演]员$|[交民刑辅特法]警$|[^老大出医京]师$|[校班组厂村队站船社会董家]长$|[护产战]士$|[女男老]士$|老人$|[^生熟亲旁路病找与跟和同对给为被专其有无没别他个些每多少众世伟行路外前后令使让叫把古今诗商成本病家老大女男某何谁]人$|[狱校厂军村牙随]医$|职工$|[电木瓦油焊矿护民]工$/;
/** With what a label of persons ends. */
const PERSON_LABEL = /[者人员师士属亲母父妻夫]/;

export interface Before {
  readonly role: string;
  readonly colon: boolean;
  /** Nothing Chinese stands at once before. */
  readonly open: boolean;
  /** The role begins a part of a sentence: “，麻醉温建业。” */
  readonly begins: boolean;
}

/** One character of kinship or of work, where a part of a sentence begins with it: “父高庆丰，母管敏”, “医游怀瑾”. */
const SHORT_ROLES = '父母姐弟哥兄妹舅叔姑姨伯妻夫子女儿媳婿侄孙嫂婶甥爹娘医护驾麻录检药技';
/** Departments, classes and machines, whose people follow: 设备科董根宝, 初二项双喜, 2号机黄炜. */
const OF_PLACE =
  /(?:[内外儿妇产肤喉腔症疗骨胸脑眼醉像验理药声镜检染瘤尿液养吸复护备息控务教财总政信传]科|[初高大][一二三四]|年级|[\d一二三四五六]班|手术室|供应室|药房|急诊|门诊|医院|卫生院|门诊部|服务中心|病区|护理部|医务处|办公室|[图声镜片查验药术护诊疗析]室|居委会|派出所|公司|学院)$/;
const MACHINE_ENDS = '机位台组窗';
const PLACE_ENDS = '科一二三四五六级班室房诊院部心区处会所司';
const [A_MACHINE, A_PLACE, A_ROLE, A_TIME, A_BED, A_START, A_WORKER] = [1, 2, 4, 8, 16, 32, 64];
/** What the last character before a name may end: most end nothing. */
const ENDS = characterBits([
  [MACHINE_ENDS, A_MACHINE],
  [PLACE_ENDS, A_PLACE],
  [SHORT_ROLES, A_ROLE],
  ['今昨', A_TIME],
  ['床,、 ', A_BED],
  ['天日才午上后号组室', A_START],
  ['者员警师长士人工医', A_WORKER],
]);
const MACHINE = /\d号?[机位台组窗]$/;

/** Whether nothing Chinese stands at once before a place. */
export const beginsAt = (text: string, at: number): boolean =>
  at === 0 || !isChinese(text.charCodeAt(at - 1));

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
  const ends = at > 0 ? (ENDS[text.charCodeAt(at - 1)] ?? 0) : 0;
  // 5床李秀珍
  if (ends & A_BED && /[\d号]床[,、 ]?$/.test(text.slice(Math.max(0, at - 3), at)))
    return { role: '床', colon: false, open: true, begins: false };
  if (ends & A_MACHINE && MACHINE.test(text.slice(Math.max(0, at - 3), at)))
    return { role: '床', colon: false, open: true, begins: false };
  const open =
    at === 0 ||
    !isChinese(text.charCodeAt(at - 1)) ||
    ((ends & A_START) !== 0 && NEWLY.test(text.slice(Math.max(0, at - 2), at))) ||
    ((ends & A_TIME) !== 0 && beginsAt(text, at - 1));
  for (const length of roleLengths.get(text.charCodeAt(end - 1)) ?? NONE) {
    if (length > end) continue;
    const role = text.slice(end - length, end);
    if (!roles.has(role) || (colon && ACT_ROLES.has(role))) continue;
    // 及时, 由于: no role, but a word that goes on.
    const goesOn = end === at && SMALL_ROLES.has(role) && words.has(text.slice(at - 1, at + 1));
    if (!goesOn) return { role, colon, open, begins: beginsAt(text, end - length) };
  }
  // “密切接触者：”, “上机护士：”
  if (colon && PERSON_LABEL.test(text[end - 1] ?? ''))
    return { role: '者', colon: false, open, begins: false };
  // 监查员邓瑶, 交警冯可欣
  if (end === at && ends & A_WORKER && WORKER.test(text.slice(Math.max(0, at - 2), at)))
    return { role: '员', colon: false, open, begins: false };
  if (end === at && ends !== 0) {
    const short = (ends & A_ROLE) !== 0 && beginsAt(text, at - 1);
    if (short && !words.has(text.slice(at - 1, at + 1)))
      return { role: '亲', colon: false, open, begins: true };
    if (ends & A_PLACE && OF_PLACE.test(text.slice(Math.max(0, at - 4), at)))
      return { role: '科', colon: false, open, begins: false };
  }
  // “上机翟敏，”: a word and a name are all of this part.
  return { role: '', colon, open, begins: !open && at > 1 && beginsAt(text, at - 2) };
}

export function sticky(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

const CLOSED = /[,，。.;；:、!！?？()（）[\]【】"”'’\s/<>《》\d~-]/;
export const closedAt = (text: string, at: number): boolean =>
  at >= text.length || CLOSED.test(text[at] ?? '');

/** A word of kinship that a name would cut: 由孙女陪同. */
export const KIN_CUT = /子女|[孙侄][子女]|儿[子媳]|外甥/;
