/** Words of the shared widgets in both languages. */
import { inLanguages } from '../../studio/language.ts';

export const sharedText = inLanguages({
  en: {
    memoryBudget: 'Memory budget',
    close: 'Close',
    undo: 'Undo',
    cancel: 'Cancel',
    cancelling: 'Cancelling…',
    dismiss: 'Dismiss',
    rename: (name: string) => `Rename ${name}`,
    newName: (name: string) => `New name of ${name}`,
    loading: (what: string) => `Loading ${what}…`,
    about: (what: string) => `About ${what}`,
    kept: 'Kept',
    whatToDo: 'What to do',
    details: 'Details',
    code: 'code',
    original: 'in English',
    notClinical: 'Not for clinical use. Answers may be wrong.',
  },
  zh: {
    memoryBudget: '显存预算',
    close: '关闭',
    undo: '撤销',
    cancel: '取消',
    cancelling: '正在取消…',
    dismiss: '关闭提示',
    rename: (name) => `重命名 ${name}`,
    newName: (name) => `${name} 的新名称`,
    loading: (what) => `正在加载${what}…`,
    about: (what) => `关于${what}`,
    kept: '已保留',
    whatToDo: '处理办法',
    details: '详情',
    code: '代码',
    original: '英文原文',
    notClinical: '不得用于临床。回答可能有误。',
  },
});

export const safeModeText = inLanguages({
  en: {
    title: 'This device computes in safe mode.',
    note: 'Some of its computations gave wrong results in the self-test. The studio uses plainer ones, which passed: results are right, and slower. Settings names them.',
  },
  zh: {
    title: '此设备正以安全模式计算。',
    note: '它的部分计算在自检中结果有误，工作室已改用通过自检的朴素实现：结果正确，但速度较慢。“设置”页列出了这些计算。',
  },
});

export const fieldText = inLanguages({
  en: {
    changed: 'changed',
    toDefault: 'Back to the default',
    setToDefault: (label: string) => `Set ${label} back to its default`,
    notNumber: 'Type a number, such as 0.05 or 2e-4.',
    notWhole: 'Type a whole number.',
    moreThan: (min: string) => `Must be more than ${min}.`,
    atLeast: (min: string) => `At least ${min}.`,
    atMost: (max: string) => `At most ${max}.`,
    lessThan: (max: string) => `Must be less than ${max}.`,
  },
  zh: {
    changed: '已改动',
    toDefault: '恢复默认值',
    setToDefault: (label) => `将“${label}”恢复为默认值`,
    notNumber: '请输入一个数，例如 0.05 或 2e-4。',
    notWhole: '请输入整数。',
    moreThan: (min) => `必须大于 ${min}。`,
    atLeast: (min) => `不小于 ${min}。`,
    atMost: (max) => `不大于 ${max}。`,
    lessThan: (max) => `必须小于 ${max}。`,
  },
});
