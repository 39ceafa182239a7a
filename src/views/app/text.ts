/** The shell's words in both languages. */
import { inLanguages } from '../../studio/language.ts';
import type { ThemeChoice } from '../../studio/theme.ts';
import { formatCount, formatInteger } from '../shared/format.ts';
import type { Mark, StepPath } from './steps.ts';

export const shellText = inLanguages({
  en: {
    skip: 'Skip to the page',
    page: 'page',
    steps: 'Steps',
    names: {
      '/data': 'Data',
      '/model': 'Model',
      '/train': 'Train',
      '/experts': 'Experts',
      '/evaluate': 'Evaluate',
      '/chat': 'Chat',
      '/export': 'Export',
    } satisfies Record<StepPath, string>,
    settings: 'Settings',
    marks: {
      empty: 'nothing yet',
      ready: 'ready',
      running: 'under way',
      done: 'done',
      attention: 'needs attention',
    } satisfies Record<Mark, string>,
    foot: 'Your data never leaves this browser, unless you send it.',
    awayTo: (host: string) => `A judge is on: what you approve goes to ${host}.`,
    judge: 'Judge',
    identifiers: 'Identifiers',
    showAgain: 'Show the page again',
  },
  zh: {
    skip: '跳到页面内容',
    page: '页面',
    steps: '步骤',
    names: {
      '/data': '数据',
      '/model': '模型',
      '/train': '训练',
      '/experts': '专家',
      '/evaluate': '评测',
      '/chat': '对话',
      '/export': '导出',
    },
    settings: '设置',
    marks: {
      empty: '尚无内容',
      ready: '就绪',
      running: '进行中',
      done: '完成',
      attention: '需要处理',
    },
    foot: '数据不会离开本浏览器，除非你自己发送。',
    awayTo: (host) => `评审已开启：经你同意的内容会发往 ${host}。`,
    judge: '评审',
    identifiers: '身份信息',
    showAgain: '重新显示页面',
  },
});

/** The languages' own names are never translated, so that someone who reads only one of them finds it. */
export const barText = inLanguages({
  en: {
    model: 'Model',
    data: 'Data',
    run: 'Run',
    device: 'Device',
    memory: 'Memory',
    none: 'none',
    sets: (sets: number, records: number) =>
      `${formatCount(sets, 'set')}, ${formatCount(records, 'record')}`,
    opening: 'opening…',
    noDevice: 'no WebGPU device',
    software: (name: string) => `${name} (software)`,
    settings: 'Settings',
    tour: 'Guided tour',
    themes: { system: 'system', light: 'light', dark: 'dark' } satisfies Record<
      ThemeChoice,
      string
    >,
    theme: (now: string, next: string) => `Theme: ${now}. Change to ${next}`,
    language: 'Language (语言)', // words: found by who reads only one of them
    systemLanguage: 'Language of the system',
  },
  zh: {
    model: '模型',
    data: '数据',
    run: '训练',
    device: '设备',
    memory: '显存',
    none: '无',
    sets: (sets, records) => `${formatInteger(sets)} 个数据集，${formatInteger(records)} 条记录`,
    opening: '正在打开…',
    noDevice: '没有 WebGPU 设备',
    software: (name) => `${name}（软件）`,
    settings: '设置',
    tour: '导览',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    theme: (now, next) => `主题：${now}。切换为${next}`,
    language: '语言（Language）',
    systemLanguage: '跟随系统',
  },
});

export const dropText = inLanguages({
  en: {
    evaluation: 'Drop evaluation files',
    import: 'Drop to import',
    evaluationShape: 'JSONL with task, kind, metric, prompt and answer',
    importShape:
      'Records as .jsonl, .json or .csv, the folder of a Hugging Face model, a .gguf file, or the archive of a run',
    unreadable: 'The dropped files could not be read.',
    nothing: 'Nothing to import among the dropped files.',
    notTaken: (names: readonly string[]) =>
      `Not imported: ${names.slice(0, 5).join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`,
    takes:
      'Drop .jsonl, .json or .csv records, the folder of a Hugging Face model, a .gguf file, or the .zip of a run.',
  },
  zh: {
    evaluation: '松开即添加评测文件',
    import: '松开即导入',
    evaluationShape: 'JSONL，含 task、kind、metric、prompt 和 answer',
    importShape: '.jsonl、.json 或 .csv 记录，Hugging Face 模型文件夹，.gguf 文件，或训练的归档',
    unreadable: '无法读取拖入的文件。',
    nothing: '拖入的文件中没有可导入的内容。',
    notTaken: (names) =>
      `未导入：${names.slice(0, 5).join('、')}${names.length > 5 ? `，另有 ${names.length - 5} 个` : ''}`,
    takes:
      '请拖入 .jsonl、.json 或 .csv 记录，Hugging Face 模型文件夹，.gguf 文件，或训练的 .zip 归档。',
  },
});

export const noticeText = inLanguages({
  en: {
    lookAgain: 'Look for a GPU again',
    openAgain: 'Open the device again',
    needsWebGpu: 'Training, chat and evaluation need WebGPU; data and recipes work without it.',
    software: (adapter: string) =>
      `Software adapter: ${adapter} computes on the processor, not on a GPU.`,
    slower: 'Results are the same; expect everything to be much slower.',
  },
  zh: {
    lookAgain: '重新查找 GPU',
    openAgain: '重新打开设备',
    needsWebGpu: '训练、对话和评测需要 WebGPU；数据和配方不需要。',
    software: (adapter) => `软件适配器：${adapter} 在处理器上计算，而不是在 GPU 上。`,
    slower: '结果相同，但一切都会慢得多。',
  },
});
