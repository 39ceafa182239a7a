/** Words of the scores that came with a run's archive. */
import { inLanguages } from '../../../studio/language.ts';

export const archivedText = inLanguages({
  en: {
    results: 'Results that came with it',
    ofRun: (run: string) => `Results that came with “${run}”`,
    state: 'State',
    task: 'Task',
    metric: 'Metric',
    score: 'Score',
    items: 'Questions',
    chance: 'Chance',
    againstBase: 'Against the base',
    base: 'Its base model',
    shortcuts: 'What its shortcut check found',
  },
  zh: {
    results: '随归档带来的结果',
    ofRun: (run) => `随“${run}”带来的结果`,
    state: '状态',
    task: '任务',
    metric: '指标',
    score: '分数',
    items: '题目数',
    chance: '随机猜测',
    againstBase: '与基座相比',
    base: '其基座模型',
    shortcuts: '其捷径检查的发现',
  },
});
