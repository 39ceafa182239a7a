/** Chinese names where only what stands beside them tells where they begin and end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadLists, type Lists } from '../../lists.ts';
import { namesIn } from '../../testing/found.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

const names = (text: string): string[] => namesIn(text, lists);

describe('Chinese names by what stands beside them', () => {
  it.each([
    // What somebody does begins after a given name of one character.
    ['术后由侄子蔡毅接听，恢复尚可。', ['蔡毅']],
    ['上午上门，秦斌开的门，家中整洁。', ['秦斌']],
    ['06:00 叶蓉夜眠可，体温36.7℃', ['叶蓉']],
    ['袁菁扶拐行走50米，心率110次/分', ['袁菁']],
    ['推注后转清。贾红兵驾车送抵。', ['贾红兵']],
    // Relatives, departments and what people are.
    ['母亲患急性脑梗死，大哥贾红兵体健。', ['贾红兵']],
    ['检验科单援朝于02:40电告。', ['单援朝']],
    ['取血人皇甫一诺，发血人安长庚，二人核对。', ['皇甫一诺', '安长庚']],
    ['1）康援朝　配偶　住同楼', ['康援朝']],
    // Lists go on after names of other forms.
    ['参加：方霞、买买提江·吐尔逊、杜珊、邓跃进。', ['方霞', '买买提江·吐尔逊', '杜珊', '邓跃进']],
    ['参保人巴图·额尔德尼来咨询费用。', ['巴图·额尔德尼']],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each([
    '马凡综合征、川崎病、范科尼贫血。',
    '方波刺激正常，心电轴左偏。',
    '沈默寡言，计算力下降。',
    '接听电话后开门，夜眠可，早餐进食少。',
    '家人高度重视，病人常有不适，老人安静。',
  ])('nobody: %s', (text) => {
    expect(names(text)).toEqual([]);
  });
});
