/** Finds where a Chinese name of a place begins, since no space stands before it. */

import { pairCost, type ChineseCosts } from './chinese-costs.ts';

/** Words that stand before a place and are no part of it, longest first. */
const LEADS =
  `上门|存放|存放于|放置|摆放|转出|转进|送检单位|申请单位|检查单位|就诊单位|治疗单位|手术单位|供|对方|登录|登陆|访问|打开|进入|预约|送检|核对|审核|申请方|邀请方|会诊方|承办方|地点|参加|受邀|对口|支援|帮扶|签约|终端|建床单位|户籍所在地|户籍地址|户口所在地|户口地址|家庭住址|家庭地址|现居住地|现居住于|现居住在|现住址|居住地址|联系地址|通讯地址|通信地址|单位地址|工作单位|收货地址|邮寄地址|居住地|居住于|居住在|出生地|出生于|祖籍|籍贯|原籍|户籍|户口|住址|地址|住在|家住|现住|现居|暂住|常住|租住|久居|定居|长期居住|位于|来自|地处|坐落于|
送检医院|植入医院|就诊医院|转诊医院|手术医院|经治医院|接诊医院|首诊医院|收治医院|申请医院|检查医院|治疗医院|转出医院|转入医院|出具医院|报告医院|住院医院|出生医院|分娩医院|转诊至|转诊到|反映|投诉|举报|拟转|拟送|欲转|建册单位|建卡单位|随访单位|报告单位|填报单位|管理单位|签约单位|接种单位|转出单位|转入单位|转入|转至|转到|转往|转回|送|送至|送往|送入|送到|急送|急诊|就诊于|就诊|求诊|求治|求医|住院于|住院|入住|收住|收入|收治|前往|赴|去往|到达|抵达|返回|回到|来到|曾在|曾于|曾到|曾至|曾去|先后|分别|首诊|首次|再次|多次|遂至|遂到|遂来|遂去|遂|自行|立即|随即|今日|昨日|今|昨|目前|现|经由|经|
走访|家访|探访|访视|巡访|走到|来访|约见|转诊|求诊于|就医于|就医|就诊|电话通知|通知|告知|报告|请示|汇报|呼叫|商请|函请|邀请|拨打|请发|发给|快递|邮寄|老家在|老家|送达|抵|致函|致电|致|寄至|寄到|寄往|寄给|寄回|寄|邮寄至|快递至|快递到|发往|发至|发到|投递至|改投|定点|医保定点|医保|社保|农保|新农合|低保|特困|报销|备案|诊所|上报至|上报|报送|报|已转|要转|想转|改转|再转|急转|转去|转送|转|均在|均于|均|都在|皆在|就在|还在|住进|住到|搬去|搬进|跑去|带去|带到|带往|拉到|拉去|抬到|推到|赶到|赶往|开车去|打车去|送去|约在|定在|设在|建在|开在|位在|床|
选择|最好|需要|寻找|就近|考虑|咨询|通过|进行|可以|应该|尽快|及时|立即|马上|比如|例如|各大|某些|一些|任何|所有|很多|许多|多个|几个|考察|一下|这些|那些|哪些|一所|一家|找|看|患者|病人|患儿|家属|家人|家在|孕妇|产妇|老人|死者|本人|其|我|系|因|由|从|自|至|到|往|在|于|向|赴|去|来|回|入|为|是|与|及|和|或|被|让|请|联系|联络|曾|并|后|前|时|当日|当天|次日|日|月|年|的|了|将|拟|建议|推荐|委托|通过|依托|合作|外送|外院|外地|当地|委|上级|下级|我院|本院|该院|此|该|某|人|住|居|地|处|且|又|再|即|需|可|应|已|未|无|有|等|对|以|按|据|把|给|跟|随|接|打|叫|载|驾车|乘车|乘坐|步行|护送|平车|轮椅|救护车|门诊|会诊|复诊|复查|随访|随诊|体检|检查|手术|治疗|抢救|分娩|生产|出生|毕业|就职|任职|工作|务农|退休|打工|经商|居民|村民|农民|工人|职工|职员|学生|教师|员工`
    .replaceAll('\n', '')
    .split('|');

/** Names of places that begin with, or contain, one of those words. */
const NAMES =
  `打铁|打索|打磨|打石|打银|打鼓|家属院|家属楼|家属区|职工总|工人总|机床|河床|临床|温床|报社|日报|晚报|报业|转塘|转山|转龙|转斗|报国|报恩|报本|均安|均川|均州|均县|致远|致和|抵镇|定点镇|医保局|寄料|床单|雅居|安居|宜居|新居|佳居|名居|华居|逸居|锦居|嘉居|故居|民居|香居|悦居|怡居|后营|后庄|后村|后屯|后沟|后坪|后山|后寨|后湖|后桥|后河|前营|前庄|前村|前屯|前湖|前河|前桥|来龙|来宝|来安|来广|去思|回兴|回隆|自由|自强|自立|和谐|和睦|和兴|和丰|和乐|和美|和园|和苑|由拳|在田|于家|于庄|于集|向东|向荣|向前|为国|是镇|自贡|来宾|从化|从江|于都|于洪|和平|和田|和县|和顺|和龙|和静|和政|和硕|和布|向阳|为民|与时|至善|往返|回民|回族|来凤|来安|来苏|入海|因民|由义|再生|可克|应城|应县|应天|有谊|无锡|无为|无极|无棣|等等|对山|以勒|按察|已西|未央|将乐|将军|自流|前进|前锋|前郭|前门|前山|后海|后街|时代|日照|日喀则|日土|月湖|月亮|年丰|人民|人和|住宅|居安|居巢|居庸|地铁|处州|现代|今日家园|昨|经开|经济|经纬|经十|被|让胡路|让湖|请|曾都|曾家|并州|建德|建平|东至|西至|嘉定|新和|永和|太和|泰和|安和|雍和|祥和|仁和|民和|兴和|中和|正和|协和|共和|义和|同和|三和|景和|敦化|通化|怀化|奉化|德化|开化|宁化|清流|江到|普陀|长治|海外|南部|共青|学前|山前|村前|湖前|桥前|庙前|站前|府前|城前|天前|屯前|滨江|华为|无为|有为|大为|小为|康复|复兴|复旦|平安|同安|南安|德安|在水|工农|工业|工人|学院|学府|教育|接官|回龙|回春|去病|来广|来福|其塔|系马|可可|将台|跟|随州|随县|打|叫|载|该|某|此|的|时候|后生|等|即墨|再|又|且|未来|已|需|拟`
    .split('|')
    .filter((name) => name.length > 1);

const LEAD = new RegExp(LEADS.toSorted((a, b) => b.length - a.length).join('|'), 'y');
const NAME = new RegExp(NAMES.toSorted((a, b) => b.length - a.length).join('|'), 'y');

const OF_DATES = /^[年月日时床]$/;
/** What may end the name of a place, though it stands before one elsewhere: 书香雅居, 矿业职工医院. */
const ENDS_NAME = new Set(['居', '职工', '工人', '农民', '学生']);
/** After a level a place goes on: 临溪市后营胡同, 望海区来安街. */
const LEVEL = /[省市区县旗镇乡]/;
const NEXT_OF_LEVEL = /^[后前回来向为从入自地]$/;

/** A longer name before its first level has a word before it that no list above knows: 昨日傍晚明州市. */
const LONG = 4;
/** From what cost two characters are a seldom word, and may be part of a name. */
const USUAL = 11;
const BEFORE_LEVEL = /^[\u4e00-\u9fff]{1,12}?(?=[省市区县旗镇乡])/;
const OF_LANGUAGES =
  /^(?:[\u4e00-\u9fff]{0,4}(?:浩特|尔多斯|鲁木齐|拉玛依|克苏|淖尔|郭勒|兰察布|版纳|自治|满族|蒙古|回族|藏族|苗族|土家|瑶族|侗族|彝族|壮族)|北京|上海|天津|重庆|河北|河南|山东|山西|湖南|湖北|广东|广西|江苏|江西|浙江|安徽|福建|海南|四川|贵州|云南|陕西|甘肃|青海|吉林|辽宁|黑龙江|内蒙古|西藏|新疆|宁夏|台湾|香港|澳门)/;

/** The beginning of a place after ordinary words that still stand before its name. */
export function afterWords(text: string, start: number, end: number, costs: ChineseCosts): number {
  const head = BEFORE_LEVEL.exec(text.slice(start, Math.min(end, start + 13)))?.[0];
  if (!head || OF_LANGUAGES.test(head)) return start;
  let from = start;
  let left = head.length;
  while (left >= LONG && pairCost(costs, text.slice(from, from + 2)) <= USUAL) {
    from += 2;
    left -= 2;
  }
  return from;
}

/** Chinese characters, and 〇 of numbers. */
const isChinese = (code: number): boolean => (code >= 0x4e00 && code <= 0x9fff) || code === 0x3007;

/** The beginning of the run of Chinese characters, Latin letters and digits that ends before `end`. */
function runStart(text: string, end: number, most: number, digits: boolean): number {
  let start = end;
  const least = Math.max(0, end - most);
  while (start > least) {
    const code = text.charCodeAt(start - 1);
    const digit = code >= 48 && code <= 57;
    if (!isChinese(code) && !(digit && digits)) break;
    start -= 1;
  }
  return start;
}

/**
 * The beginning of a place that ends at `end`: after the last word before it that cannot belong to it. `most` is the
 * length of the longest place.
 */
export function placeStart(text: string, end: number, most: number, digits = false): number {
  const from = runStart(text, end, most, digits);
  let start = from;
  for (let at = from; at < end;) {
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name && at + name.length <= end) {
      at += name.length;
      continue;
    }
    LEAD.lastIndex = at;
    const lead = LEAD.exec(text)?.[0];
    // “转出医院：”: a label that goes on past the end is no place.
    if (lead && at + lead.length > end) return end;
    // 年 and the like end a date, after its figures; elsewhere they are part of a name (青年街).
    const inName =
      lead !== undefined && at > from && OF_DATES.test(lead) && !/\d/.test(text[at - 1] ?? '');
    // “（和煦康复医院）”: nothing stands before what “and” would join.
    const begins = lead !== undefined && at === from && /^[和与及]$/.test(lead);
    const ends = lead !== undefined && at + lead.length === end && ENDS_NAME.has(lead);
    const goesOn =
      lead !== undefined &&
      at > start + 1 &&
      NEXT_OF_LEVEL.test(lead) &&
      LEVEL.test(text[at - 1] ?? '');
    if (lead && !inName && !begins && !ends && !goesOn && at + lead.length <= end) {
      at += lead.length;
      start = at;
      continue;
    }
    at += 1;
  }
  return start;
}
