/** Words of the catalogue of known bases in both languages. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount } from '../../shared/format.ts';

export const catalogueText = inLanguages({
  en: {
    title: 'Models that train well here',
    aside: (bases: number) => `${formatCount(bases, 'base')} on a hub`,
    lead: (host: string, budget: string) =>
      `What a run takes is planned with your recipe for this device, beside a limit of ${budget}. Look up asks ${host} for the file list of that model; until then, nothing is sent.`,
    reading: 'catalogue',
    columns: {
      name: 'Model',
      parameters: 'Parameters',
      download: 'Download',
      licence: 'Licence',
      exact: 'Run, as published (16 bits)',
      packed: 'Run, in 4 bits',
      act: 'On the hub',
    },
    planned: 'planning…',
    fits: 'fits',
    over: 'above the limit',
    cannot: 'not on this device',
    lookUp: 'Look up',
    lookUpName: (name: string) => `Look up ${name}`,
    here: 'in the studio',
    note: 'Qwen models know Chinese as well as English; SmolLM2 knows English only. Licences are those that the publishers name: read them before you pass a model on. Gemma and Llama ask for a sign-in at their publishers; the copies listed here do not.',
  },
  zh: {
    title: '适合在此训练的模型',
    aside: (bases) => `模型库中的 ${bases} 个基座`,
    lead: (host, budget) =>
      `训练所需显存按你的配方和本设备规划，并与 ${budget} 的上限对照。点“查询”会向 ${host} 请求该模型的文件清单；在此之前不会发送任何内容。`,
    reading: '目录',
    columns: {
      name: '模型',
      parameters: '参数量',
      download: '下载',
      licence: '许可证',
      exact: '训练所需（16 位，与发布一致）',
      packed: '训练所需（4 位）',
      act: '模型库',
    },
    planned: '正在规划…',
    fits: '容得下',
    over: '超出上限',
    cannot: '无法在本设备运行',
    lookUp: '查询',
    lookUpName: (name) => `查询 ${name}`,
    here: '已在工作室中',
    note: 'Qwen 系列兼通中英文，SmolLM2 只懂英文。许可证以发布者所述为准，转交模型前请先阅读。Gemma 和 Llama 在发布者处需要登录，这里列出的副本不需要。',
  },
});
