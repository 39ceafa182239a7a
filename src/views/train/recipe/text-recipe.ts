/** Words of the recipe editor in both languages. */
import { inLanguages } from '../../../studio/language.ts';
import { formatInteger } from '../../shared/format.ts';

export const recipeText = inLanguages({
  en: {
    title: 'Recipe',
    preset: 'Preset',
    ablation: 'Ablation',
    noAblation: 'none: the whole method',
    /** Its place in the paper. */
    place: (table: string) => table,
    changedSince: 'changed since',
    back: 'Back to the preset',
    differs: 'Differs in',
    stage: (number: number, name: string) => `Stage ${number}: ${name}`,
    addStage: 'Add a stage',
    changed: 'changed',
    fieldsChanged: (count: number) =>
      count === 1 ? '1 field changed' : `${formatInteger(count)} fields changed`,
    taken: (file: string) => `Recipe imported from ${file}`,
    copied: 'Recipe copied as JSON',
    pasted: 'Recipe pasted from the clipboard',
    importLabel: 'Import a recipe',
    import: 'Import',
    download: 'Download',
    copy: 'Copy',
    paste: 'Paste',
  },
  zh: {
    title: '配方',
    preset: '预设',
    ablation: '消融',
    noAblation: '无：完整方法',
    place: (table) => table.replaceAll(/Tables? /g, '表 ').replaceAll(/Figures? /g, '图 '),
    changedSince: '已有改动',
    back: '恢复预设',
    differs: '不同之处',
    stage: (number, name) => `阶段 ${number}：${name}`,
    addStage: '增加阶段',
    changed: '已改动',
    fieldsChanged: (count) => `${formatInteger(count)} 项已改动`,
    taken: (file) => `已采用 ${file} 中的配方`,
    copied: '配方已复制为 JSON',
    pasted: '已采用剪贴板中的配方',
    importLabel: '导入配方',
    import: '导入',
    download: '下载',
    copy: '复制',
    paste: '粘贴',
  },
});
