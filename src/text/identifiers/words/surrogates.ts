/** Invented names and places that stand in for real ones. */

const listed = (words: string): readonly string[] => words.split(/\s*,\s*/);

export const GIVEN_NAMES = listed(
  'Adrian, Alice, Amara, Andrew, Anita, Arthur, Beatrice, Benjamin, Bianca, Carla, Cedric, Clara, Colin, Cora, Damian, Daphne, Dennis, Diana, Edgar, Elena, Elliot, Esther, Fabian, Felicity, Fiona, Gareth, Gemma, Gerald, Gloria, Harvey, Helen, Howard, Imogen, Isaac, Jasper, Joanna, Julian, Karen, Keith, Lara, Leonard, Lionel, Louisa, Lucas, Maeve, Marcus, Marina, Martin, Miriam, Naomi, Nathan, Nigel, Nora, Oliver, Olivia, Oscar, Paula, Philip, Phoebe, Quentin, Rachel, Raymond, Regina, Roland, Rosalind, Rupert, Sabrina, Samuel, Selena, Simon, Stella, Sylvia, Theodore, Thomas, Ursula, Valerie, Vernon, Victor, Violet, Walter, Wendy, Yvonne',
);
export const FAMILY_NAMES = listed(
  'Abernathy, Aldridge, Ashworth, Atwell, Bainbridge, Barlow, Beckett, Birchall, Blackwood, Bramwell, Broadhurst, Calloway, Carmody, Cartwright, Chadwick, Colbourne, Crawley, Cromwell, Danvers, Dempsey, Drayton, Dunmore, Eastman, Eldridge, Ellsworth, Fairbanks, Fairweather, Farnham, Fenwick, Galloway, Garrison, Goddard, Granger, Greenhalgh, Hadley, Halloran, Hargrove, Hathaway, Holcombe, Huxley, Ingram, Kendrick, Kilbride, Kingsley, Langley, Larkin, Lockwood, Lovell, Mallory, Mansfield, Marlowe, Merriweather, Montague, Northcott, Oakley, Osborne, Paxton, Pendleton, Prescott, Quincy, Radcliffe, Ramsey, Redmond, Ridley, Rutledge, Sheffield, Sinclair, Stafford, Stanhope, Tillman, Townsend, Underhill, Vaughan, Wakefield, Wardlow, Weatherby, Whitaker, Winslow, Woodruff, Yardley',
);
export const CHINESE_SURNAMES = listed(
  '王, 李, 张, 刘, 陈, 杨, 赵, 周, 吴, 徐, 孙, 朱, 胡, 郭, 何, 林, 罗, 郑, 梁, 谢, 宋, 唐, 许, 邓, 冯, 曹, 彭, 蔡, 潘, 袁, 董, 余, 苏, 吕, 魏, 蒋, 田, 杜, 丁, 沈',
);
export const CHINESE_COMPOUNDS = listed('欧阳, 上官, 诸葛, 司徒, 夏侯, 慕容, 令狐, 皇甫');
export const CHINESE_GIVEN_ONE = listed(
  '敏, 强, 静, 磊, 娟, 涛, 丽, 军, 洁, 鹏, 颖, 斌, 琳, 凯, 雪, 峰, 倩, 浩, 莹, 辉, 蓉, 博, 燕, 超, 薇, 杰, 兰, 宁, 婷, 勇',
);
export const CHINESE_GIVEN_TWO = listed(
  '思远, 雅文, 国栋, 晓梅, 文博, 丽娟, 建华, 雪莹, 志远, 春燕, 俊杰, 婉清, 海涛, 淑芬, 明轩, 玉兰, 永康, 静怡, 家豪, 美玲, 天宇, 秀珍, 立新, 慧敏, 少华, 桂芳, 浩然, 若兰, 卫东, 凤英, 鸿飞, 佩瑶, 振宇, 月娥, 世杰, 巧云, 广平, 梦洁, 成林, 爱华',
);
export const TOWNS = listed(
  'Alderbrook, Bexhollow, Brindleford, Cloverton, Dunmoor, Elmsworth, Fairmead, Glenhaven, Hartwick, Ivybridge Cross, Kestrel Bay, Larchfield, Millbourne, Northmere, Oakenshaw, Pinecrest Falls, Quarrybank, Ravensholm, Silverdale Point, Thornbury Vale',
);
export const STREET_NAMES = listed(
  'Alder Street, Beacon Road, Birch Lane, Cedar Avenue, Chapel Road, Elm Court, Fern Close, Granary Lane, Harbour Road, Hawthorn Drive, Juniper Street, Linden Avenue, Maple Road, Mill Lane, Orchard Street, Poplar Drive, Quarry Road, Rowan Avenue, Station Road, Willow Lane',
);
export const CARE_NAMES = listed(
  'Alderbrook General Hospital, Brindleford Medical Center, Cloverton Community Hospital, Dunmoor Memorial Hospital, Elmsworth Clinic, Fairmead Hospital, Glenhaven Medical Center, Hartwick Infirmary, Larchfield Health Center, Millbourne Regional Hospital, Northmere Hospital, Oakenshaw Clinic, Quarrybank Hospital, Ravensholm Medical Center, Thornbury Vale Hospital',
);
export const CHINESE_TOWNS = listed(
  '清岚市, 松原湾区, 云岭县, 栖霞镇, 望江区, 银杏县, 碧溪市, 长桥镇, 凤岭区, 石泉湾市, 枫林县, 白鹭区, 青禾镇, 月牙湖区, 兰渚县',
);
export const CHINESE_STREETS = listed(
  '和顺路, 文昌街, 迎春路, 桂花巷, 长宁路, 东风大街, 朝晖路, 书院街, 银杏路, 春晓路, 湖滨路, 梧桐街, 祥云路, 翠竹巷, 望海路',
);
export const CHINESE_CARE = listed(
  '清岚市第一人民医院, 云岭县中医院, 望江区人民医院, 碧溪市中心医院, 栖霞镇卫生院, 银杏县妇幼保健院, 凤岭区中医院, 石泉湾市第二人民医院, 枫林县人民医院, 白鹭区社区卫生服务中心, 青禾镇中心卫生院, 月牙湖区人民医院',
);
