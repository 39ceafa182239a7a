/** What is said first about a set: its encoding, rows of an unknown shape, a kind that was guessed. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const noticesText = inLanguages({
  en: {
    readAs: (encoding: string) => `The file is not UTF-8: it was read as ${encoding}.`,
    checkText: 'Check in the records below that accented letters and other scripts are right.',
    notText: (lines: number, place: string) =>
      `${formatCount(lines, 'line')} with bytes that are no text: left out (first: ${place}).`,
    notTextRemedy:
      'The file is probably in another encoding, or was damaged. Save it anew as UTF-8 (in Excel: “CSV UTF-8”) and drop it again.',
    unknownShape: (rows: number) =>
      `${formatCount(rows, 'row')} of this file ${rows === 1 ? 'has' : 'have'} a shape that the studio does not know.`,
    unknownFields: (fields: string) => `Left out so far. Fields of the first: ${fields}.`,
    unknownRemedy:
      'Say which field asks and which answers, and these rows become a data set of their own.',
    sayFields: 'Say which field is what',
    chooseAgain: 'Choose the file again and say which field is what',
    guessed: {
      knowledge: 'Guessed: this set is knowledge.',
      alignment: 'Guessed: this set is alignment.',
    },
    means: {
      knowledge:
        'It then trains in stage 1 alone, for facts. If its answers have a form to learn (a section of a letter, a label, a code), it is alignment.',
      alignment:
        'It then trains in both stages, for the form of its answers. If it only asks for facts, it is knowledge.',
    },
    keep: {
      knowledge: 'Knowledge is right',
      alignment: 'Alignment is right',
    },
    change: { knowledge: 'Make it knowledge', alignment: 'Make it alignment' },
  },
  zh: {
    readAs: (encoding) => `文件不是 UTF-8，已按 ${encoding} 读取。`,
    checkText: '请在下面的记录中核对文字是否正确。',
    notText: (lines, place) =>
      `${formatInteger(lines)} 行含有无法解码的字节，未导入（首处：${place}）。`,
    notTextRemedy:
      '文件可能使用其他编码，或已损坏。请另存为 UTF-8（在 Excel 中选“CSV UTF-8”）后重新拖入。',
    unknownShape: (rows) => `该文件中有 ${formatInteger(rows)} 行不符合任何已知格式。`,
    unknownFields: (fields) => `这些行暂未导入。第一行的字段为：${fields}。`,
    unknownRemedy: '请说明哪个字段是问题、哪个是回答，这些行将成为单独的数据集。',
    sayFields: '说明各字段的含义',
    chooseAgain: '重新选择该文件并说明各字段的含义',
    guessed: { knowledge: '推测：此数据集属于知识类。', alignment: '推测：此数据集属于对齐类。' },
    means: {
      knowledge:
        '因此只在阶段 1 训练，用于学习事实。若回答有需要学习的形式（如病历的某一部分、标签、编码），应选对齐类。',
      alignment: '因此在两个阶段都训练，用于学习回答的形式。若只是问答事实，应选知识类。',
    },
    keep: { knowledge: '确认为知识类', alignment: '确认为对齐类' },
    change: { knowledge: '改为知识类', alignment: '改为对齐类' },
  },
});
