/** Chinese ages of 90 and over as people say them: 虚岁九十五, 年逾九旬, 享年93, 一百一十岁. */
import type { Found } from '../kinds.ts';

const DIGIT = '[一二三四五六七八九]';
const FIGURE = '(?:9\\d|1[01]\\d|12[0-5])(?![\\d.])';
const IN_WORDS = `(?:九十${DIGIT}?|玖拾[壹贰叁肆伍陆柒捌玖]?|一百(?:[零〇]?${DIGIT}|[零〇]一十|[一二]十${DIGIT}?)?|一[零〇]${DIGIT}|[九]${DIGIT}(?=岁))`;

/** After words that an age alone follows, whether or not 岁 ends it. */
const SAID = new RegExp(
  `(?:虚岁|虚龄|实岁|足岁|年龄|高龄|享年|享寿|终年|卒年|现年|活到|年[届至满](?![度月])|寿至|寿终)(?:了|是|为|已|有|近|约|:)?\\s?(${FIGURE}|${IN_WORDS})(?=了|高龄|周?岁|余|多|[,;。、)\\s]|$)`,
  'g',
);
/** 今日满98岁: of one person, at a day that is told; 满90岁 alone speaks of everybody. */
const FULL = new RegExp(
  `(?:[今昨明后]日|[今昨明后]天|[上下]周|[上下]月|刚刚?|即?将|已经?|\\d日|生日)满(${FIGURE}|${IN_WORDS})(?=周?岁(?!以上|及以上|以下|以内|或以上))`,
  'g',
);
/** 我娘90了: after who it is. */
const OF_KIN = new RegExp(
  `(?:[我他她你您]|^|[,，。:：])(?:[爸爹妈娘爷奶公婆]{1,2}|父亲|母亲|外[公婆]|姥[姥爷]|老伴|老[人爷太]{1,2})(?:都|快|已|也)?\\s?(${FIGURE}|${IN_WORDS})(?=[多几]?了)`,
  'g',
);
/** “您多大年纪了？患者：92啦”: an answer. */
const ASKED = new RegExp(
  `(?:多大|年纪|岁数|高寿|年龄)[^?？。]{0,6}[?？][^。?？\\d]{0,8}?(${FIGURE}|${IN_WORDS})(?=[了啦,，。;；]|$)`,
  'g',
);
/** 褚奶奶93了, 父亲90整, “老人九十八，”: after who it is, whatever stands before. */
const OF_OLD = new RegExp(
  `(?:奶奶|爷爷|婆婆|阿婆|阿公|外婆|外公|姥姥|姥爷|大爷|大娘|老伯|老太太?|老人|老爷子|父亲|母亲|老先生|老头)(?:都|快|已|也|今年)?\\s?(${FIGURE}|${IN_WORDS})(?=[多几]?了|整|[,，。;；)）]|$)`,
  'g',
);
/** 今年93了, 已九十五高龄: what follows says that it is an age. */
const REACHED = new RegExp(
  `(?:今年|已经?|都|快|[她他]|就)\\s?(${FIGURE}|${IN_WORDS})(?=高龄|(?:岁|周岁)?了(?!\\d|[次个斤]))`,
  'g',
);
/** 九旬老人, 年逾九旬, 百岁高龄. */
const ROUND =
  /(?:年[逾过近届至约]?|将近|已[过近逾]?|[^\u4e00-\u9fff]|^|[位名的是])(九旬|百岁|九十)(?=(?:有[一二三四五六七八九]|高龄|老[人太翁汉妪奶爷母父]|之年|寿|[,，。;；\s]|$))/g;
/** 一百一十岁, 一百零二周岁, 玖拾叁岁. */
const WHOLE = new RegExp(
  `(${IN_WORDS})(?=(?:余|多|几)?(?:周|虚|足|实)?岁(?!以上|及以上|以下|以内|或以上))`,
  'g',
);
/** “患者，女，95，因…”: the sex, an age, and what comes next. */
const AFTER_SEX = new RegExp(
  `(?:^|[,，/、:：\\s(])[男女]性?[,，/、\\s]\\s?(${FIGURE})(?=[,，/、;；。)]|\\s?(?:床|因|以)|\\s*$)`,
  'gm',
);
/** Bounds of groups of people. */
const GENERAL = /(?:[≥≤<>~～至到-]|大于|小于|超过|不足|高于|低于|年满|以上)\s*$/;
const GENERAL_AFTER = /^(?:周?岁)?(?:及|或)?以[上下内]/;

/** What no other rule of ages finds. */
export function findChineseAges(text: string, found: Found): void {
  const put = (pattern: RegExp): void => {
    for (const match of text.matchAll(pattern)) {
      const age = match[1] ?? '';
      const start = match.index + match[0].lastIndexOf(age);
      const end = start + age.length;
      if (GENERAL.test(text.slice(Math.max(0, start - 4), start))) continue;
      if (GENERAL_AFTER.test(text.slice(end, end + 6))) continue;
      found({ start, end, kind: 'AGE', reason: 'form', certainty: 'likely' });
    }
  };
  if (!/[九百玖]|9\d|1[012]\d|一[零〇]/.test(text)) return;
  if (/[岁龄年寿活今已都快就他她]/.test(text)) for (const pattern of [SAID, REACHED]) put(pattern);
  if (/[九百玖一]/.test(text)) for (const pattern of [ROUND, WHOLE]) put(pattern);
  if (text.includes('满')) put(FULL);
  if (/[?？]/.test(text) && /多大|年纪|岁数|高寿|年龄/.test(text)) put(ASKED);
  if (/[奶爷婆公姥伯老父母]/.test(text)) put(OF_OLD);
  if (text.includes('了')) put(OF_KIN);
  if (/[男女]/.test(text)) put(AFTER_SEX);
}
