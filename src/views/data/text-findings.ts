/** What the list of findings says: what a file holds besides the records that were taken from it. */
import { inLanguages } from '../../studio/language.ts';
import type { Finding } from '../../contract/data.ts';
import { formatInteger } from '../shared/format.ts';

export const findingsText = inLanguages({
  en: {
    title: 'What else the file holds',
    lead: 'Counted while the file was read. What is marked as not used is in no record.',
    tableOf: (name: string) => `What else ${name} holds`,
    what: 'What',
    field: 'Field',
    count: 'How often',
    line: 'First in',
    example: 'Example',
    more: 'further fields',
    number: (value: number) => formatInteger(value),
  },
  zh: {
    title: '文件中的其他内容',
    lead: '读取文件时统计。标为“未使用”的内容没有进入任何记录。',
    tableOf: (name) => `${name} 中的其他内容`,
    what: '内容',
    field: '字段',
    count: '次数',
    line: '首次出现',
    example: '示例',
    more: '其余字段',
    number: (value) => formatInteger(value),
  },
});

export const findingNames = inLanguages<Readonly<Record<Finding['code'], string>>>({
  en: {
    encoding: 'not UTF-8, read as the encoding in the example',
    'not-text': 'lines with bytes that are no text: left out',
    'unused-field': 'field not used',
    'beside-rows': 'beside the rows, not used',
    untrained: 'answers marked as not to be trained on: read, but no targets',
    unanswered: 'conversations that end with a question without an answer: it teaches nothing',
    'marked-bad': 'answers marked as bad: left out',
    'reasoning-train': 'reasoning before answers: trained on',
    'reasoning-keep': 'reasoning before answers: read, no targets',
    'reasoning-drop': 'reasoning before answers: left out',
    'not-a-number': 'NaN or Infinity, read as an empty field',
  },
  zh: {
    encoding: '不是 UTF-8，已按示例中的编码读取',
    'not-text': '含有无法解码的字节的行：未导入',
    'unused-field': '未使用的字段',
    'beside-rows': '各行之外的内容，未使用',
    untrained: '标记为不参与训练的回答：读入，不作为目标',
    unanswered: '对话以没有回答的提问结束：该提问不参与学习',
    'marked-bad': '被标记为差的回答：未导入',
    'reasoning-train': '回答前的推理过程：参与训练',
    'reasoning-keep': '回答前的推理过程：读入，不作为目标',
    'reasoning-drop': '回答前的推理过程：已舍去',
    'not-a-number': 'NaN 或 Infinity，按空字段读取',
  },
});
