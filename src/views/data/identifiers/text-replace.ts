/** What the pages say about replacing identifiers: the new set, its report, the mapping. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const replaceText = inLanguages({
  en: {
    make: 'Make the replaced set',
    title: (set: string) => `Replace the identifiers of ${set}`,
    text: 'A new data set is made; your file is never changed. What nobody decided is replaced, too: only what you keep stays. Dates of one record move by the same number of weeks, and the same patient has the same invented name in every record.',
    name: 'Name of the new set',
    newName: (set: string) => `${set}, identifiers replaced`,
    kinds: 'Kinds and what replaces them',
    kind: 'Kind',
    found: 'Found',
    replaced: 'Replaced',
    kept: 'Kept',
    by: 'Replaced by',
    open: (count: number) =>
      `${formatCount(count, 'finding')} ${count === 1 ? 'is' : 'are'} replaced without having been looked at.`,
    removeOriginal: 'Delete the original records from this browser',
    removeHelp:
      'Then only the new set is stored. Runs that trained on the original stay, and what they learned of it: train them again on the new set.',
    keepMapping: 'Save a list that leads back to the originals, encrypted',
    mappingHelp: (least: number) =>
      `The file is encrypted with a passphrase of at least ${formatInteger(least)} characters (PBKDF2, AES-256-GCM). Without the passphrase nobody can read it, not even we. Without the list there is no way back.`,
    passphrase: 'Passphrase',
    again: 'Passphrase again',
    short: (least: number) => `At least ${formatInteger(least)} characters.`,
    different: 'The two are not the same.',
    needsPassphrase: 'Give the passphrase twice.',
    needsName: 'Give the new set a name.',
    noPlace: 'No place was chosen for the list, so nothing was changed.',
    making: 'Replacing identifiers',
    begin: 'Replace',
    made: (name: string) => `“${name}” was made.`,
    inUse:
      'The original is in use, here or in another tab, and was not deleted. Remove it on the Data page once the run is done.',

    report: (at: string, studio: string) =>
      `Identifiers were replaced on ${at}, MedCare Studio ${studio}.`,
    reported: (replaced: number, found: number, changed: number, records: number) =>
      `${formatInteger(replaced)} of ${formatCount(found, 'identifier')} replaced, in ${formatInteger(changed)} of ${formatCount(records, 'record')}.`,
    reportTitle: 'Replaced identifiers',
    reportOf: (name: string) => `Replaced identifiers: ${name}`,
    accepted: 'Of these looked at',
    acceptedHelp: 'Findings of which a person said that they be replaced.',
    differentOnes: 'Different texts',
    differentHelp:
      'The same text counts once, however often it was found: how many names, numbers or places there were.',
    saveJson: 'Save report (JSON)',
    saveMarkdown: 'Save report (Markdown)',
    method:
      'Method: rules with check digits, context words and lists of names; a person’s decisions where counted. No method finds every identifier.',

    mapping: 'Open a saved list of originals',
    mappingText:
      'Reads a list that was saved encrypted when identifiers were replaced. It is shown here and not stored.',
    chooseMapping: 'Choose the file',
    openMapping: 'Open',
    entries: (count: number) => formatCount(count, 'entry', 'entries'),
    onlyFirst: (shown: number) =>
      `The first ${formatInteger(shown)} are shown; save the list for all.`,
    original: 'Original',
    replacement: 'Stands for it',
    saveCsv: 'Save as CSV, not encrypted',
    close: 'Close',
  },
  zh: {
    make: '生成替换后的数据集',
    title: (set) => `替换 ${set} 中的身份信息`,
    text: '将生成一个新的数据集，你的文件不会改动。未作决定的也会替换，只有你选择保留的才保持原样。同一条记录的日期移动相同的周数，同一患者在所有记录中使用同一个虚构姓名。',
    name: '新数据集的名称',
    newName: (set) => `${set}（已替换身份信息）`,
    kinds: '各类别及其替换方式',
    kind: '类别',
    found: '找到',
    replaced: '替换',
    kept: '保留',
    by: '替换为',
    open: (count) => `${formatInteger(count)} 处将未经查看直接替换。`,
    removeOriginal: '从本浏览器删除原始记录',
    removeHelp:
      '此后只保存新的数据集。用原始数据做过的训练会保留，其中学到的内容也会保留：请用新的数据集重新训练。',
    keepMapping: '加密保存可以找回原文的对照表',
    mappingHelp: (least) =>
      `文件用至少 ${formatInteger(least)} 个字符的口令加密（PBKDF2、AES-256-GCM）。没有口令谁也读不了，我们也不能。没有对照表就无法找回原文。`,
    passphrase: '口令',
    again: '再次输入口令',
    short: (least) => `至少 ${formatInteger(least)} 个字符。`,
    different: '两次输入不一致。',
    needsPassphrase: '请输入两次口令。',
    needsName: '请给新数据集起个名称。',
    noPlace: '没有为对照表选择保存位置，因此没有任何改动。',
    making: '正在替换身份信息',
    begin: '替换',
    made: (name) => `已生成“${name}”。`,
    inUse:
      '原始数据集正在使用中（在此处或另一个标签页），没有删除。请在训练结束后到“数据”页面移除。',

    report: (at, studio) => `身份信息已于 ${at} 替换，MedCare Studio ${studio}。`,
    reported: (replaced, found, changed, records) =>
      `找到的 ${formatInteger(found)} 处中替换了 ${formatInteger(replaced)} 处，涉及 ${formatInteger(records)} 条记录中的 ${formatInteger(changed)} 条。`,
    reportTitle: '已替换的身份信息',
    reportOf: (name) => `已替换的身份信息：${name}`,
    accepted: '其中看过',
    acceptedHelp: '由人确认替换的处数。',
    differentOnes: '不同文字',
    differentHelp: '相同文字无论找到几处只计一次：一共有多少个姓名、号码或地点。',
    saveJson: '保存报告（JSON）',
    saveMarkdown: '保存报告（Markdown）',
    method:
      '方法：带校验位、上下文词和姓名表的规则；有计数之处由人决定。任何方法都找不全身份信息。',

    mapping: '打开保存的原文对照表',
    mappingText: '读取替换身份信息时加密保存的对照表。只在此显示，不会保存。',
    chooseMapping: '选择文件',
    openMapping: '打开',
    entries: (count) => `${formatInteger(count)} 项`,
    onlyFirst: (shown) => `只显示前 ${formatInteger(shown)} 项；要看全部，请保存对照表。`,
    original: '原文',
    replacement: '替换为',
    saveCsv: '保存为 CSV（不加密）',
    close: '关闭',
  },
});
