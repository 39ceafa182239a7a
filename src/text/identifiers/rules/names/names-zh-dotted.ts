/** Names of several parts with dots between them, as minorities and foreigners have: 阿依古丽·买买提. */
import type { Found } from '../../kinds.ts';
import { COMMON_SURNAMES, RARE_SURNAMES } from '../../words/chinese-names.ts';

/** Characters that write the sounds of other languages. */
const SOUNDS = new Set(
  '敦居却贡毕勒秋佐嘉恩赉贵瓦尕切羌邓孜提阔协额鄂敖音钢朝鲁呼套珠嘎腾雅晋措顿旺堆丹吾甫衣夏曼别肯拜山艳依姬妮娅莎茜露薇蕾黛蒂邓詹森逊顿森曼丁卜杜阿艾爱安奥巴白班本比宾波伯博布保宝包贝才仓策查超措春次达丹旦当德登迪丁顿多朵尔法方费芬弗福佛夫甫富尕嘎噶冈高戈格根公古瓜果哈海罕汉杭豪赫亨洪胡华霍基吉季加嘉佳甲江杰金津久卡喀凯坎康柯科克肯孔库夸奎昆拉腊莱兰朗劳勒雷蕾黎李里力丽利莉莲列林琳玲龙隆卢鲁伦罗洛吕玛马迈麦曼芒茂梅门蒙孟米密明莫姆木穆拿那纳娜乃南内尼妮年努诺欧帕潘庞佩彭皮匹平萍珀普其奇齐恰钱乔切钦琴青琼曲让热仁日容茹瑞若萨赛桑森沙山珊尚舍申生圣施什史士世舒斯松苏孙索塔泰坦汤唐陶特腾提田图吐托瓦万旺威维魏温文沃乌吴武西希锡夏香肖谢辛欣兴雄休徐旭许雪雅亚扬阳杨叶耶伊依宜易益因音英尤由于玉约云再赞扎泽曾詹张哲珍芝治忠朱庄卓宗祖佐买合提肉孜仙古力努尔娅艳热孜亚库尔班巴特尔苏日娜其木格乌云塔娜萨仁孟和那仁朝克图敖其尔布赫斯琴格日勒央金白玛卓玛次仁多吉丹增顿珠罗布格桑桑吉才让拉姆旦增平措达瓦扎西尼玛米玛边巴普布强巴索朗洛桑曲珍德吉央宗仓决麦提古丽沙依坎木汗江别克拜拜克肯夏提叶尔森努尔兰加那提哈力甫司马义亥热伊力哈木奥布力喀斯木玉素卡德阿不都艾买提如则托合逊依明热依汗努斯买麦尔丹伊萨艾则孜帕孜莱提尼沙帝吾萨买提塔依尔太外肉甫早然木娃祖蒂菲姑娘呷守惹苦俄嫫妞衣牛果支铁绰迪丽拜胡赛凯热娜'.split(
    '',
  ),
);
const DOT = /[·•・‧]/g;

const isHan = (text: string, at: number): boolean => /[\u4e00-\u9fff]/.test(text[at] ?? '');
const isSound = (text: string, at: number): boolean => SOUNDS.has(text[at] ?? '');

/** Words whose last character is a sound as well: a name begins after them. */
const LEAD =
  /(?:患者|病人|患儿|医生|医师|护士|主任|教授|大夫|家属|先生|女士|病友|同学|朋友|儿子|女儿|妻子|丈夫|父亲|母亲|爸爸|妈妈|哥哥|弟弟|姐姐|妹妹|之[子女妻夫弟兄姐妹]|[助产]士|护工|保姆|老人|孕妇|产妇|病例|技师|药师|护师|院长|科长|[内外儿妇产肤喉腔症疗骨胸脑眼醉]科|我叫|我是|名叫|今天|今日|昨日|由|和|与|及|是|叫|系|请|经|了|[参投]保人|联系人|[会接]诊|人)$/;

const MOST = 8;

/** Where the first part of a name begins that ends before a dot. */
function firstPart(text: string, dot: number): number {
  let start = dot;
  while (start > 0 && dot - start < MOST && isSound(text, start - 1)) {
    if (dot - start >= 2 && LEAD.test(text.slice(Math.max(0, start - 2), start))) break;
    start -= 1;
  }
  return start;
}

/** Where a name ends whose last part begins after a dot. */
function lastPart(text: string, dot: number): number {
  let end = dot + 1;
  while (end - dot <= MOST && isSound(text, end)) {
    if (end - dot > 2 && AND.test(text.slice(end, end + 2))) break;
    if (end - dot > 2 && ENDED.test(text.slice(end, end + 2))) break;
    end += 1;
  }
  // A last character that writes no known sound, where nothing else follows it.
  if (isHan(text, end) && !isHan(text, end + 1) && !/[的说诉在因于]/.test(text[end] ?? ''))
    end += 1;
  return end;
}

/** 扎西·顿珠和姜嘉树: another name begins. */
const AND = new RegExp(`^[和与及][${COMMON_SURNAMES}${RARE_SURNAMES}]`);
/** What begins after a name, though its first character is a sound as well. */
const ENDED =
  /^(?:不[大会能想要说肯愿敢]|没|因|由|明[早天晚日]|来[院诊复电]|上[午周月传报述交台机]|下[午周月]|之[子女夫妻]|今|于[\d一二〇]|于20|于19|安[静返]|平[素时卧]|明[确显]|多[次饮]|再次|白[天细]|高[热血]|曾[于在因]|日前|今|夏季|青霉|腹|年龄|生于|来自|叶酸|文化|维生|治[疗愈]|世居|特此)/;

/** Names with dots between their parts. */
export function findDotted(text: string, found: Found): void {
  let done = 0;
  for (const { index } of text.matchAll(DOT)) {
    if (index < done) continue;
    const start = Math.max(done, firstPart(text, index));
    let end = lastPart(text, index);
    while (/[·•・‧]/.test(text[end] ?? '') && isSound(text, end + 1)) end = lastPart(text, end);
    done = end;
    if (index - start < 2 || end - index < 3) continue;
    found({ start, end, kind: 'NAME', reason: 'form', certainty: 'likely' });
  }
}
