/** Chinese hospitals by their short names: 市一院, 省人民医院, 附属第一医院, 华西, 浙一. */
import { characterBits } from '../character-bits.ts';
import type { Found } from '../kinds.ts';

/** Hospitals that everybody calls by these names. */
const FAMOUS =
  '华西 协和 湘雅 湘雅一 湘雅二 湘雅三 瑞金 仁济 同济 同仁 齐鲁 西京 唐都 安贞 阜外 天坛 宣武 积水潭 朝阳医院 友谊医院 邵逸夫 盛京 鼓楼 珠江 南方医 北医三院 北大一院 北大人民 人民医 浙一 浙二 浙三 华山 中山 龙华 曙光 岳阳 新华 儿研所 儿童医 佑安 地坛 广安门 西苑 东直门 望京 北大荒 省立 武大人民 同煤 郑大一附院 郑大一附 华西二院 华西口腔 省中医 上海六院 上海九院 上海一院 中日友好 博爱 红会 红十字 仁爱 康宁 仁和 安定 回龙观 康华 和睦家 长海 长征 东方肝胆'.split(
    ' ',
  );
/** Such names, also before 医院, though they are words elsewhere. */
export const KNOWN: ReadonlySet<string> = new Set(FAMOUS);

/** Of these, the ones that stand alone for the hospital. */
const ALONE =
  '华西|协和|湘雅[一二三]?|瑞金|仁济|同济|齐鲁|西京|唐都|安贞|阜外|积水潭|邵逸夫|盛京|北医三院|北大一院|北大人民|浙[一二三]|郑大一附院?|武大人民|儿研所|省立|省人民|市人民|县人民|省中医|市中医|省中|市中心|省肿瘤|省妇幼|市妇幼|县妇幼|区妇幼|市儿童|省儿童|[省市]立|附[一二三]|医大[一二三四]院|[一-鿿]大[一二三]院|[一-鿿]{1,2}[医大]附[一二三]|[省市区县州][一二三四五六七八九十]院';

/** 去华西看, 在省人民做的: between a word of place and what is done there. */
const SHORT = new RegExp(
  `(?:${ALONE})(?=看|住|做|手术|复查|会诊|检查|治疗|就诊|就医|求治|求诊|查|的|拍|急诊|门诊|专家|抢救|生|开|化疗|放疗|透析|体检|[、,，。;；)）]|后|行|予|和|与|及|再|时|继续|随访|康复|取|拿|挂|确诊|诊|出院)`,
  'y',
);
/** After a word of place, or a mark. */
const AT = /[在去到至往于自从赴回转送经住由,，、;；:：(（\s]/;
/** 武汉同济: with the city. */
const CITY =
  /(?:北京|上海|天津|重庆|武汉|广州|深圳|成都|西安|南京|杭州|长沙|郑州|沈阳|济南|青岛|哈尔滨|四川|湖南|山东|江苏|浙江|河南|广东|陕西)$/;
/** 省人民医院, 市第一人民医院, 县中医院, 附属第一医院, without the name of the place. */
const PLACELESS =
  /(?:[省市县区州旗](?:立|第?[一二三四五六七八九十]{1,2}|直属)?(?:人民|中心|中医|中西医结合|妇幼保健|妇幼|妇保|妇产科?|妇女儿童|儿童|肿瘤|胸科|口腔|眼科|骨科|骨伤|传染病|皮肤病|精神病|精神卫生|肺科|脑科|康复|疾控|急救)?(?:医?院|中心)|[省市县区州旗](?:皮防|结防|职防|精防|牙防|口防|血防|慢病|慢性病防治|皮肤病防治|结核病防治|职业病防治|精神病防治|牙病防治|口腔病防治|血吸虫病防治|地方病防治|卫生防疫|防疫|妇幼保健)[所院站]|附属第?[一二三四五六]?(?:人民|中医|口腔|肿瘤|儿童|妇产|眼科)?医?院)/y;

/** A generic word: 市医院 or 县院 may be any; something has to say which. */
const WHICH =
  /第?[一二三四五六七八九十]|人民|中心医|中医|妇幼|妇保|妇产|妇女|儿童|肿瘤|胸科|口腔|眼科|骨|传染|皮肤|精神|肺科|脑科|康复|疾控|急救中心|立|防|慢病/;
const OPEN =
  /(?:[^\u4e00-\u9fff]|[在去到至往于自从赴回转送经住由是与和及]|就诊|我们|当时|后|曾|来|被|外|原|收|住)$/;

/** Characters with which such a name begins: most of a text is not looked at. */
const [A_NAME, A_PLACE, IN_NAME] = [1, 2, 4];
const BEGINS = characterBits([
  ['华协湘瑞仁同齐西唐安阜积邵北浙郑武儿省市县区州附医', A_NAME],
  ['省市县区州旗附', A_PLACE],
  // 医科大一院, 中山医附一: any character may begin those.
  ['大附', IN_NAME],
]);

const ends = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
};

/** Where a name begins that is told by a character inside it, and its end. */
function around(text: string, at: number): readonly [number, number] {
  for (let start = Math.max(0, at - 3); start < at; start += 1) {
    const end = ends(SHORT, text, start);
    if (end > at) return [start, end];
  }
  return [at, 0];
}

export function findShortCare(text: string, found: Found): void {
  const put = (start: number, end: number): void =>
    found({ start, end, kind: 'HOSPITAL', reason: 'form', certainty: 'likely' });
  let [afterName, afterPlace] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const bits = BEGINS[text.charCodeAt(at)] ?? 0;
    if (bits === 0) continue;
    if (bits & (A_NAME | IN_NAME) && at >= afterName) {
      let [first, end] = [at, bits & A_NAME ? ends(SHORT, text, at) : 0];
      if (end === 0 && bits & IN_NAME) [first, end] = around(text, at);
      if (end > 0 && first >= afterName) {
        afterName = end;
        const start =
          first - (CITY.exec(text.slice(Math.max(0, first - 3), first))?.[0].length ?? 0);
        if (start === 0 || AT.test(text[start - 1] ?? '')) put(start, end);
      }
    }
    if (bits & A_PLACE && at >= afterPlace) {
      const end = ends(PLACELESS, text, at);
      if (end === 0) continue;
      afterPlace = end;
      if (!WHICH.test(text.slice(at, end))) continue;
      if (at > 0 && !OPEN.test(text.slice(Math.max(0, at - 2), at))) continue;
      put(at, end);
    }
  }
}
