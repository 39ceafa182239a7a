/** What people are called: 护士小刘, 检验科的老张, 儿子振华, 小名“豆豆”, 李老, 王姐. */
import { characterBits } from '../../character-bits.ts';
import type { Found } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import { givenNameCost, pairCost, surnameAt } from '../../words/chinese-costs.ts';
import { COMMON_SURNAMES, endsBefore, looksGiven } from '../../words/chinese-names.ts';
import { SMALL } from './names-zh-titled.ts';
import { closedAt, isChinese, sticky } from './names-zh-before.ts';

/** Surnames of most people. */
const MANY = new Set(COMMON_SURNAMES.slice(0, 120));
/** Those that follow 小 or 老 in no word, and stand before 姐 or 总 in none. */
const CLEAR = new Set(
  '王李张刘陈杨赵周吴徐孙朱林郭罗郑谢宋唐许邓冯韩曹曾彭萧蔡潘袁董余蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆贾韦邱邹孟秦薛侯雷段郝邵钱覃武戴莫向常顾尹龚赖夏胡贺史陶熊阎肖毛黎焦葛樊颜倪鲁岳齐庄聂章殷詹欧耿兰左柳柯阮纪凌毕裴霍翁骆靳柴鲍喻祁蒲房滕饶牟尤穆卓缪褚娄窦戚岑卜晏柏瞿佟臧闵邬卞姬仇栾隋刁巫寇桑甄丛敖佘苑邝匡鞠荆冀胥楚鄢谌奚冼蔺仉逄郗笪宓',
);
/** Who they are: colleagues and relatives. */
const WHO =
  /(?:护士|医生|医师|家属|护工|技师|药师|护师|同事|同学|邻居|保姆|陪护|司机|社工|实习生|规培生|研究生|[科室院]的|我叫|我是)$/;

/** 我是骨科的小田。 */
const OF_HOUSE = /(?:[科院室部心站楼区]的|我是|我叫|找|叫)$/;

/** 王姐, 陈工: a short title that is no word of its own; the title is no part of the name. */
const SHORT =
  /[姐哥叔姨婶嫂伯爷妈总工导局处队所老](?=[,，。:：!！?？、\s)]|您|你|好|说|的|今|记|提|觉|打|请|去|想|昨|来|因|于|已|家|[帮给陪送打在也都让带]|$)/y;
/** 田老今年94岁: how somebody old and esteemed is called. */
const ESTEEMED = /老(?=今年|现年|已|因|于|的|说|诉|[,，:：])/y;

/** Titles of relatives, before which any surname may stand that is no small word. */
const RELATED = /[姐哥叔姨婶嫂伯]/;
const OTHER_SURNAMES = new Set(
  [...COMMON_SURNAMES].filter((surname) => !SMALL.has(surname) && !/[阿师干公母]/.test(surname)),
);

/** Where somebody is called so: after a mark, or after to whom something is said. */
const CALLS = /[\s,，。;；:：、!！?？(（“"床号跟找叫给让请被由和与问谢的居友工事士]/;
const isOpen = (text: string, at: number): boolean => at === 0 || CALLS.test(text[at - 1] ?? '');

/** Kinship and other words after which a given name may stand alone. */
const KIN =
  /([大小长次三四幼独爱养继]?(?:儿子|女儿)|[长次三四五幼独][子女]|儿媳妇?|女婿|[外]?孙[子女]|妻子|丈夫|老公(?!公)|老婆|(?<=^|[^\u4e00-\u9fff]|[其之])[妻夫]|爱人|老伴|[大二三四小]?[弟妹哥姐][弟妹哥姐]|[大二三四小其我他她表堂的][弟妹哥姐]|侄[子女]|外甥女?|来访者|来访|案主|求助者|室友|男友|女友|男朋友|女朋友|闺蜜|我是|我叫|我家|化名|昵称|网名)|(孩子|宝宝|同桌|同学|同事|邻居|老乡|工友|孙儿|小孩|患儿|宝贝|幼儿|学生|患者\()|(找|叫|喊|联系|问下|转告)/y;
const PARENTS = /(?:妈妈|爸爸|奶奶|爷爷|外婆|姥姥|家长)/y;
/** （雨晴妈妈）: how parents are called after their child. */
const beginsPart = (text: string, at: number): boolean =>
  at === 0 || (at > 0 && /[\s(（,，。;；:：、]/.test(text[at - 1] ?? ''));
const NICKNAME =
  /(?:小名|乳名|奶名|昵称|绰号|外号|化名|网名|笔名|人称|诨名|爱称)(?:是|为|叫|:)?\s?(?:["“'‘「『]([^"”'’」』\s,，。]{1,6})["”'’」』]|([\u4e00-\u9fff])\2(?=[,，。;；、)）\s(（]|$)|([\u4e00-\u9fff]{2,3})(?=[,，。;；、)）\s(（]|$))/y;
const DOUBLES =
  /(?:爸爸|妈妈|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|叔叔|舅舅|姑姑|伯伯|太太|公公|婆婆|姥姥|宝宝|娃娃|天天(?=[^,，。今])|常常|刚刚|渐渐|慢慢|往往|仅仅|偏偏|偷偷|默默|时时|处处|人人|个个|频频|每每|稍稍|明明(?=[^,，。今])|好好|早早|晚晚|多多|少少|高高|轻轻|微微|点点|种种|大大|小小|久久|一一|两两|经常|哈哈|呵呵|嘻嘻|谢谢|看看|试试|想想|问问|说说|走走|等等)/y;

/** What follows a given name: somebody acts, or the sentence ends. */
const PERSON =
  /(?:倒|又|一直|好久|总|老是|还|就|[,，。;；:：、!！?？\s(（)）"”]|$|今年|今[天早晨晚]|昨|现|在(?!于)|[说称诉述讲问答]|[陪送来去到]|也|都|从|由|于\d|因|患|有|是(?!否)|不|没|未|已|曾|刚|的|电话|手机|表示|同意|拒绝|希望|要求|愿意|打|谈|觉得|认为|考|上|读|住|出生|这|那|反映|目前|自|很|最近|既往|\d|和|与|常)/y;

/** Most of what a given name may cost alone: both characters are usual ones. */
const USUAL = 16.5;

/** Whether two characters are a given name rather than an ordinary word. */
export function isGivenName(name: string, { costs, words }: Lists): boolean {
  if (name.length !== 2) return false;
  const cost = givenNameCost(costs, name, 0);
  return cost <= USUAL && pairCost(costs, name) > cost && !words.has(name);
}

const matchesAt = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

/** The end of a given name that begins at a place after a word of kinship, or 0. */
function givenEnd(text: string, at: number, lists: Lists): number {
  const end = at + 2;
  const ends =
    matchesAt(PERSON, text, end) ||
    endsBefore(text, end) ||
    pairCost(lists.costs, text.slice(end, end + 2)) <= 11;
  if (!isChinese(text.charCodeAt(at)) || !isChinese(text.charCodeAt(at + 1))) return 0;
  const name = text.slice(at, end);
  if (
    !ends ||
    /^(?:[不没未有在也都很太]|[上下本每这那前今昨明当去][周月年天日次个午晚早]|一[直起边]|医[生院])/.test(
      name,
    )
  )
    return 0;
  if (text[at] === text[at + 1]) return matchesAt(DOUBLES, text, at) ? 0 : end;
  if (name.startsWith('小') || name.startsWith('阿'))
    return givenNameCost(lists.costs, `${name[1] ?? ''}${name[1] ?? ''}`, 0) <= USUAL &&
      pairCost(lists.costs, name) > 12
      ? end
      : 0;
  return isGivenName(name, lists) ? end : 0;
}

/** Foreign given names in Chinese characters, and in Latin ones: 菲佣玛丽亚, 家属Mary. */
const SOUNDS = new RegExp(
  '(?:玛丽亚|玛利亚|玛丽|玛莉|安娜|安妮|艾米丽|艾玛|爱丽丝|伊丽莎白|苏珊|露西|莉莉安|琳达|珍妮|凯特|凯瑟琳|娜塔莎|索菲亚|克里斯汀|约翰|大卫|戴维|迈克尔|迈克|彼得|保罗|马克|詹姆斯|杰克|汤姆|罗伯特|威廉|乔治|查理|亨利|丹尼尔|托马斯|凯文|史蒂文|亚历山大|安德烈|伊万|阿里|穆罕默德|艾哈迈德|何塞|胡安|卡洛斯|罗莎|特蕾莎)(?=[,，。;；:：、\\s照陪说诉来在因于的和与]|$)',
  'y',
);
const LATIN =
  /([A-Z][a-z]{2,})(?![A-Za-z-]|\s?[A-Z]|\s?(?:评分|分[级期型]|指数|量表|征|试验|综合|病|法|术))/y;
/** Whose name may be foreign. */
const FOREIGNER =
  /(?:家属|患者|病人|患儿|儿子|女儿|丈夫|妻子|先生|太太|爱人|男友|女友|朋友|同事|同学|室友|外教|教授|医生|护士|我叫|名叫|佣|保姆|护工|翻译|陪护|领队|导游|[一-龥][员师长])$/;

/** Whether a new word begins after 小张 or 老李: 小程序 and 老张开 are others. */
function isCalled(text: string, end: number, { costs }: Lists): boolean {
  if (pairCost(costs, text.slice(end - 1, end + 1)) <= 12) return false;
  return (
    matchesAt(PERSON, text, end) ||
    endsBefore(text, end) ||
    pairCost(costs, text.slice(end, end + 2)) <= 12
  );
}

/** 一位姓薛的护士: only the surname is told. */
const SURNAMED = /(?<!百)姓(?=[\u4e00-\u9fff]{1,2}(?:的|[,，。]))/y;

const [LITTLE, TITLE, SURNAME, NICK, ROLE, PARENT, SOUND, CAPITAL] = [1, 2, 4, 8, 16, 32, 64, 128];
/** Which rules look at a character: most characters begin nothing. */
const RULES = characterBits([
  ['小老', LITTLE],
  ['姐哥叔姨婶嫂伯爷妈总工导局处队所老', TITLE],
  ['姓', SURNAME],
  ['小乳奶昵绰外化网笔人诨爱', NICK],
  [
    '大小长次三四幼独爱养继儿女五媳婿外孙妻丈老夫二弟妹哥姐其我他她表堂的侄来案求室男闺化昵网孩宝同邻工患幼学找叫喊联问转',
    ROLE,
  ],
  ['妈爸奶爷外姥家', PARENT],
  ['玛安艾爱伊苏露莉琳珍凯娜索克约大戴迈彼保马詹杰汤罗威乔查亨丹托史亚阿穆何胡卡特', SOUND],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL],
]);

type Put = (start: number, end: number) => void;

/** 小刘, 老张: the surname is the name. */
function little(text: string, at: number, lists: Lists, put: Put): void {
  const end = at + 2;
  const surname = text[at + 1] ?? '';
  const many = MANY.has(surname);
  if (many && WHO.test(text.slice(Math.max(0, at - 3), at)) && endsBefore(text, end))
    put(at + 1, end);
  else if (many && OF_HOUSE.test(text.slice(Math.max(0, at - 2), at)) && closedAt(text, end))
    put(at + 1, end);
  else if (CLEAR.has(surname) && isOpen(text, at) && isCalled(text, end, lists)) put(at + 1, end);
}

function short(text: string, at: number, put: Put): void {
  const surname = text[at - 1] ?? '';
  if (OTHER_SURNAMES.has(surname) && RELATED.test(text[at] ?? '') && isOpen(text, at - 1)) {
    if (matchesAt(SHORT, text, at)) put(at - 1, at);
    return;
  }
  if (!MANY.has(surname) && !CLEAR.has(surname)) return;
  const called =
    (CLEAR.has(surname) && matchesAt(SHORT, text, at)) ||
    (MANY.has(surname) && matchesAt(ESTEEMED, text, at));
  if (called && isOpen(text, at - 1)) put(at - 1, at);
}

function nickname(text: string, at: number, put: Put): number {
  NICKNAME.lastIndex = at;
  const match = NICKNAME.exec(text);
  if (!match) return at;
  const name = match[1] ?? (match[2] ? match[2] + match[2] : match[3]) ?? '';
  const start = at + match[0].lastIndexOf(name);
  if (!/^[不没未无暂待]/.test(name)) put(start, start + name.length);
  return at + match[0].length;
}

function foreign(text: string, at: number, latin: boolean, lists: Lists, put: Put): void {
  const pattern = latin ? LATIN : SOUNDS;
  const name = sticky(pattern, text, at);
  if (!name || !FOREIGNER.test(text.slice(Math.max(0, at - 2), at))) return;
  const small = name.toLowerCase();
  if (!latin || (lists.given.has(small) && !lists.ordinary.has(small))) put(at, at + name.length);
}

/** A given name after a word of kinship or of work. Gives the end of that word. */
function ofKin(text: string, from: number, lists: Lists, put: Put): number {
  KIN.lastIndex = from;
  const match = KIN.exec(text);
  if (!match) return from;
  const at = from + match[0].length;
  if (match[1]) {
    const start = text[at] === '"' || text[at] === '“' ? at + 1 : at;
    const end = givenEnd(text, start, lists);
    if (end > 0) put(start, end);
  } else if (match[2]) {
    const end = givenEnd(text, at, lists);
    if (end > 0 && (text[at] === text[at + 1] || looksGiven(text, end - 1, end))) put(at, end);
  } else if (closedAt(text, at + 2)) {
    const name = text.slice(at, at + 2);
    if (isGivenName(name, lists) && looksGiven(name, 0, 2)) put(at, at + 2);
  }
  return at;
}

export function findCalled(text: string, lists: Lists, found: Found): void {
  const put: Put = (start, end) =>
    found({ start, end, kind: 'NAME', reason: 'role', certainty: 'likely' });
  let [afterKin, afterNick] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const rules = RULES[text.charCodeAt(at)] ?? 0;
    if (rules === 0) continue;
    if (rules & LITTLE) little(text, at, lists, put);
    if (rules & TITLE) short(text, at, put);
    if (rules & SURNAME && matchesAt(SURNAMED, text, at)) {
      const end = at + 1 + surnameAt(text, at + 1);
      if (end > at + 1 && /[的,，。]/.test(text[end] ?? '')) put(at + 1, end);
    }
    if (rules & NICK && at >= afterNick) afterNick = nickname(text, at, put);
    if (rules & CAPITAL && isChinese(text.charCodeAt(at - 1))) foreign(text, at, true, lists, put);
    if (rules & SOUND) foreign(text, at, false, lists, put);
    if (rules & ROLE && at >= afterKin) afterKin = ofKin(text, at, lists, put);
    if (
      rules & PARENT &&
      beginsPart(text, at - 2) &&
      matchesAt(PARENTS, text, at) &&
      (surnameAt(text, at - 2) === 2 || isGivenName(text.slice(at - 2, at), lists))
    )
      put(at - 2, at);
  }
}
