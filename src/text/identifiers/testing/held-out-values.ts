/** Names, places and numbers of every usual form, with which the held-out notes are filled. */
import { luhnCheck, nhsCheck, residentCheck } from '../rules/checksums.ts';
import type { IdentifierKind } from '../kinds.ts';

/** A small generator of numbers, so that a seed repeats every note. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  of<T>(list: readonly T[]): T {
    const entry = list[this.below(list.length)];
    if (entry === undefined) throw new Error('an empty list');
    return entry;
  }

  digits(count: number): string {
    return Array.from({ length: count }, (_, i) =>
      String(i === 0 ? this.between(1, 9) : this.below(10)),
    ).join('');
  }

  capital(): string {
    return String.fromCharCode(65 + this.below(26));
  }
}

const split = (text: string): readonly string[] => text.split(/,\s*/);

const FIRST = split(
  'Thaddeus, Ngozi, Siobhan, Rajesh, Lakshmi, Mateo, Guadalupe, Wojciech, Katarzyna, Olamide, Fatima, Hassan, Yusuf, Chidi, Emeka, Xiomara, Ignacio, Sven, Astrid, Bronwyn, Callum, Eoin, Aoife, Niamh, Declan, Rosalia, Giovanni, Pietro, Dmitri, Svetlana, Anjali, Deepak, Harpreet, Gurdeep, Amina, Kofi, Kwame, Abena, Leilani, Kaito, Haruka, Minh, Thuy, Soo-jin, Jamal, Latisha, Deshawn, Peggy, Norman, Doris, Mildred, Walter, Ethel, Gladys, Archibald, Clementine, Rupert, Beatrix, Winifred, Percival, Barbara, Michael, Jennifer, David, Susan, Robert, Linda, James, Patricia, Kevin, Laura',
);
const LAST = split(
  "Abernethy, Adeyemi, Okonkwo, Balogun, Mensah, Asante, Fitzgerald, O'Sullivan, McAllister, MacDougall, Llewellyn, Pritchard, Featherstone, Cholmondeley, Thistlewood, Ravenscroft, Kowalczyk, Nowak, Wisniewski, Petrov, Ivanova, Hernandez, Villanueva, Castellanos, Guerrero, Rodriguez, Da Silva, van der Berg, De Luca, Bianchi, Rossi, Schneider, Hoffmeister, Lindqvist, Johansson, Bergström, Haugen, Subramanian, Venkataraman, Chakraborty, Mukherjee, Patel, Singh, Nguyen, Tran, Watanabe, Nakamura, Takahashi, Yamamoto, Kim, Choi, Al-Hassan, Haddad, Khoury, Rahman, Chowdhury, Dembélé, Garcia-Lopez, Smith-Jones, Winterbottom, Applegate, Bloomfield, Greenwood, Carpenter, Fisher, Mason, Turner, Johnson, Brown, Davis, Wagner, Zielinski, Dragomir, Popescu",
);
const TOWN = split(
  'Harrowgate Falls, Cedar Bluff, Penrith, Aberystwyth, Millhaven, Stonebridge, Lower Wickham, Tucson, Cranbrook, Great Marlow, Saltburn, Pine Ridge, West Lafayette, Fort Collins, Oxbow, Dunkeld, Brackenridge, Little Compton, Ferndale, Goldhurst',
);
const ROAD = split(
  'Sycamore Street, Quarry Hill Road, Bluebell Lane, St. Andrews Drive, East 14th Street, Meadowbrook Avenue, Chestnut Blvd, Victoria Terrace, Abbots Close, Pilgrim Way, Riverside Crescent, N. Jefferson Ave, Magnolia Court, Coppice Gardens, Harbourview Parkway, Church Mews, W Elm St, Kestrel Drive, Foundry Row, Lakeshore Blvd',
);
const CARE = split(
  "Pinehurst Regional Medical Center, St. Cuthbert's Hospital, Queen Eleanor Infirmary, Halverson Clinic, Bayview Community Hospital, Our Lady of Sorrows Hospital, Tamarack Health Center, Kingsmead Surgery, Whitmore Nursing Home, Northgate Children's Hospital, Mercy Ridge Hospital, Oakhaven Hospice, Lakewood Memorial Hospital, Southmoor General Hospital, Brightwater Family Practice, Fernleigh Care Home, Sacred Heart Medical Center, University Hospital of Kirkmoor, Drummond Cancer Center, Hollin Bank Medical Centre",
);
const ZH_FAMILY = split(
  '林, 何, 高, 马, 罗, 梁, 宋, 唐, 许, 韩, 冯, 邓, 曹, 彭, 曾, 萧, 田, 董, 袁, 潘, 于, 蒋, 蔡, 余, 杜, 叶, 程, 苏, 魏, 吕, 丁, 任, 沈, 姚, 卢, 姜, 崔, 钟, 谭, 陆, 汪, 范, 金, 石, 廖, 贾, 夏, 韦, 付, 方, 白, 邹, 孟, 熊, 秦, 邱, 江, 尹, 薛, 闫, 段, 雷, 侯, 龙, 史, 陶, 黎, 贺, 顾, 毛, 郝, 龚, 邵, 万, 钱, 严, 覃, 武, 戴, 莫, 孔, 向, 汤, 诸葛, 上官, 皇甫, 慕容, 令狐, 尉迟',
).filter((name) => name !== '付');
const ZH_GIVEN = split(
  '国强, 桂兰, 淑珍, 凤霞, 玉梅, 志明, 永福, 文静, 海波, 春生, 雪梅, 浩宇, 梓萱, 宇轩, 若曦, 诗涵, 一诺, 俊熙, 欣妍, 博文, 立军, 翠花, 金凤, 长青, 振华, 少芬, 红, 伟, 芳, 娟, 磊, 敏, 霞, 斌, 鹏, 颖, 静, 勇, 艳, 涛, 兰英, 宝珠, 根生, 水莲, 天佑, 嘉豪, 思琪, 晓琳, 美玲, 炳坤',
);
const ZH_PLACE = split(
  '梧桐市, 白沙县, 东陵区, 龙泉湖区, 银川镇, 紫阳县, 江口市, 望城岭区, 三河口镇, 凤鸣县, 湖西市, 北郊新区, 平远县, 灵溪镇, 海棠区',
);
const ZH_ROAD = split(
  '人民路, 建设大街, 中山北路, 翠微路, 朝阳大道, 学府街, 文化巷, 迎宾大道, 工农路, 南湖路, 青年街, 环城东路, 幸福里, 民主路, 花园街',
);
const ZH_CARE = split(
  '人民医院, 中心医院, 第二医院, 妇幼保健院, 中医院, 第三人民医院, 肿瘤医院, 中西医结合医院, 社区卫生服务中心, 儿童医院, 骨科医院, 卫生院',
);
const ZH_WHOLE = split(
  '江北大学附属第一医院, 仁和医院, 东华大学医学院附属同德医院, 南岭协和医院, 康宁精神病医院, 博爱妇产医院, 解放军第907医院',
);

/** A piece of a note: text, or an identifier with its kind. */
export type Piece = string | readonly [kind: IdentifierKind, text: string];

export const MONTHS = split(
  'January, February, March, April, May, June, July, August, September, October, November, December',
);
const two = (n: number): string => String(n).padStart(2, '0');

/** Everything that sentences are filled with. */
export class Filler {
  readonly dice: Dice;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  first(): string {
    return this.dice.of(FIRST);
  }

  last(): string {
    return this.dice.of(LAST);
  }

  name(): Piece {
    const { dice } = this;
    const middle = dice.below(4) === 0 ? ` ${dice.capital()}.` : '';
    return ['NAME', `${this.first()}${middle} ${this.last()}`];
  }

  initialled(): Piece {
    return ['NAME', `${this.dice.capital()}. ${this.last()}`];
  }

  surname(): Piece {
    return ['NAME', this.last()];
  }

  turned(): Piece {
    return ['NAME', `${this.last()}, ${this.first()}`];
  }

  shouted(): Piece {
    const last = this.last().normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
    return ['NAME', `${last}, ${this.first().toUpperCase()}`];
  }

  date(): Piece {
    const { dice } = this;
    const [year, month, day] = [dice.between(1938, 2025), dice.between(1, 12), dice.between(1, 28)];
    const name = MONTHS[month - 1] ?? '';
    const short = name.slice(0, 3);
    return [
      'DATE',
      dice.of([
        `${two(month)}/${two(day)}/${String(year)}`,
        `${String(month)}/${String(day)}/${two(year % 100)}`,
        `${String(year)}-${two(month)}-${two(day)}`,
        `${two(day)}.${two(month)}.${String(year)}`,
        `${String(day)} ${name} ${String(year)}`,
        `${name} ${String(day)}, ${String(year)}`,
        `${short} ${String(day)}, ${String(year)}`,
        `${two(day)}-${short}-${String(year)}`,
        `${two(day)}/${two(month)}/${String(year)}`,
        `${String(day)}${day === 1 || day === 21 ? 'st' : day === 2 || day === 22 ? 'nd' : day === 3 || day === 23 ? 'rd' : 'th'} ${name} ${String(year)}`,
        `${name} ${String(year)}`,
        `${name} ${String(day)}`,
      ]),
    ];
  }

  phone(): Piece {
    const { dice } = this;
    const area = String(dice.between(2, 9)) + dice.digits(2);
    const end = dice.digits(4);
    return [
      'PHONE',
      dice.of([
        `(${area}) 555-${end}`,
        `${area}-555-${end}`,
        `${area}.555.${end}`,
        `+1 ${area} 555 ${end}`,
        `1-${area}-555-${end}`,
        `0${dice.of(['161', '113', '117'])} 496 0${dice.digits(3)}`,
        `07${dice.digits(3)} ${dice.digits(6)}`,
        `+44 7${dice.digits(3)} ${dice.digits(6)}`,
        `020 7946 0${dice.digits(3)}`,
        `${area}-555-${end} ext. ${dice.digits(3)}`,
      ]),
    ];
  }

  email(): Piece {
    const host = this.dice.of([
      'example.com',
      'mail.example.org',
      'nhs.example.co.uk',
      'example.net',
    ]);
    const last = this.last()
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
    return [
      'EMAIL',
      `${this.first().charAt(0).toLowerCase()}${this.dice.of(['.', '_', '-', ''])}${last}${this.dice.of(['', '88', '.md'])}@${host}`,
    ];
  }

  record(): Piece {
    const { dice } = this;
    return [
      'RECORD',
      dice.of([
        dice.digits(7),
        dice.digits(8),
        dice.digits(6),
        `${dice.capital()}${dice.digits(7)}`,
        `${dice.digits(3)}-${dice.digits(2)}-${dice.digits(3)}`,
        `${dice.digits(2)}-${dice.digits(6)}`,
      ]),
    ];
  }

  social(): Piece {
    return ['ID', `${this.dice.digits(3)}-${two(this.dice.between(1, 99))}-${this.dice.digits(4)}`];
  }

  nhs(): Piece {
    for (;;) {
      const nine = this.dice.digits(9);
      const check = nhsCheck(nine);
      if (check === null) continue;
      return ['ID', `${nine.slice(0, 3)} ${nine.slice(3, 6)} ${nine.slice(6)}${check}`];
    }
  }

  account(): Piece {
    const { dice } = this;
    const fifteen = `4${dice.digits(14)}`;
    const card = fifteen + luhnCheck(fifteen);
    return [
      'ACCOUNT',
      dice.of([
        `${dice.capital()}${dice.capital()}${dice.digits(8)}`,
        dice.digits(9),
        `${dice.capital()}${dice.capital()}${dice.capital()}-${dice.digits(7)}`,
        `${card.slice(0, 4)}-${card.slice(4, 8)}-${card.slice(8, 12)}-${card.slice(12)}`,
      ]),
    ];
  }

  address(): Piece {
    const { dice } = this;
    const start = `${String(dice.between(2, 4800))}${dice.below(8) === 0 ? 'B' : ''} ${dice.of(ROAD)}`;
    const flat = dice.below(4) === 0 ? `, Apt ${String(dice.between(1, 40))}` : '';
    const end = dice.of([
      `, ${dice.of(TOWN)}`,
      `, ${dice.of(TOWN)}, ${dice.of(['OH', 'MA', 'TX', 'CA'])} ${dice.digits(5)}`,
      `, ${dice.of(TOWN)} ${dice.of(['LS6 2QT', 'SW4 9BN', 'EH3 7PL'])}`,
      '',
    ]);
    return ['ADDRESS', start + flat + end];
  }

  care(): Piece {
    return ['HOSPITAL', this.dice.of(CARE)];
  }

  age(): Piece {
    return ['AGE', String(this.dice.between(90, 106))];
  }

  url(): Piece {
    return [
      'URL',
      this.dice.of([
        `https://records.example.com/view?id=${this.dice.digits(5)}`,
        `http://my.example.net/u/${this.last().charAt(0).toLowerCase()}${this.dice.digits(4)}`,
        `www.example.org/patients/${this.dice.digits(4)}`,
      ]),
    ];
  }

  ip(): Piece {
    const { dice } = this;
    return [
      'IP',
      dice.of([
        `198.51.100.${String(dice.between(1, 254))}`,
        `192.0.2.${String(dice.between(1, 254))}`,
        `2001:db8::${dice.digits(4)}`,
      ]),
    ];
  }

  serial(): Piece {
    const { dice } = this;
    return ['DEVICE', `${dice.capital()}${dice.capital()}${dice.digits(7)}`];
  }

  zhName(): Piece {
    return ['NAME', this.dice.of(ZH_FAMILY) + this.dice.of(ZH_GIVEN)];
  }

  zhSurname(): Piece {
    return ['NAME', this.dice.of(ZH_FAMILY)];
  }

  zhDate(): Piece {
    const { dice } = this;
    const [year, month, day] = [
      String(dice.between(1941, 2025)),
      dice.between(1, 12),
      dice.between(1, 28),
    ];
    return [
      'DATE',
      dice.of([
        `${year}年${String(month)}月${String(day)}日`,
        `${year}-${two(month)}-${two(day)}`,
        `${year}.${two(month)}.${two(day)}`,
        `${year}/${String(month)}/${String(day)}`,
        `${year}年${String(month)}月`,
        `${String(month)}月${String(day)}日`,
        `${year}年${two(month)}月${two(day)}日`,
      ]),
    ];
  }

  zhPhone(): Piece {
    const { dice } = this;
    const mobile = `1${dice.of(['30', '59', '86', '71', '99'])}${dice.digits(8)}`;
    return [
      'PHONE',
      dice.of([
        mobile,
        `${mobile.slice(0, 3)}-${mobile.slice(3, 7)}-${mobile.slice(7)}`,
        `${mobile.slice(0, 3)} ${mobile.slice(3, 7)} ${mobile.slice(7)}`,
        `010-6${dice.digits(7)}`,
        `0${String(dice.between(3, 9))}${dice.digits(2)}-8${dice.digits(6)}`,
        `021-5${dice.digits(7)}`,
      ]),
    ];
  }

  zhId(): Piece {
    const { dice } = this;
    const start = `${dice.of(['330106', '420102', '610103', '350203', '230102'])}${String(dice.between(1935, 2015))}${two(dice.between(1, 12))}${two(dice.between(1, 28))}${dice.digits(3)}`;
    return ['ID', start + residentCheck(start)];
  }

  zhAddress(): Piece {
    const { dice } = this;
    const place = dice.of(ZH_PLACE);
    const road = dice.of(ZH_ROAD);
    return [
      'ADDRESS',
      dice.of([
        `${place}${road}${String(dice.between(1, 400))}号`,
        `${place}${road}${String(dice.between(1, 400))}号${String(dice.between(1, 30))}栋${String(dice.between(1, 4))}单元${String(dice.between(101, 2904))}室`,
        `${place}${dice.of(['碧水', '阳光', '金色', '锦绣'])}${dice.of(['花园', '小区', '家园'])}${String(dice.between(1, 30))}号楼${String(dice.between(101, 2904))}室`,
        `浙江省${place}${dice.of(['柳树村', '石门村', '上坝村'])}${String(dice.between(1, 9))}组`,
      ]),
    ];
  }

  zhCare(): Piece {
    const { dice } = this;
    return [
      'HOSPITAL',
      dice.below(3) === 0 ? dice.of(ZH_WHOLE) : dice.of(ZH_PLACE) + dice.of(ZH_CARE),
    ];
  }
}
