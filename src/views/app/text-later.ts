/** Words about what happens around the page: a newer version, a run that ended. */
import { inLanguages } from '../../studio/language.ts';

export const laterText = inLanguages({
  en: {
    newer: 'A new version of the studio is ready',
    newerHelp: 'Everything stored stays as it is.',
    update: 'Load the new version',
    busy: 'Something is still under way here or in another tab',
    busyHelp: 'Load the new version when it has ended or was stopped.',
    ended: {
      done: 'The run has finished',
      stopped: 'The run was stopped',
      failed: 'The run has failed',
      interrupted: 'The run was interrupted',
    },
    mark: '✓ Run ended · ',
  },
  zh: {
    newer: '工作室有新版本可用',
    newerHelp: '已存储的内容都保持不变。',
    update: '载入新版本',
    busy: '本标签页或其他标签页仍有任务在进行',
    busyHelp: '请在任务结束或停止后再载入新版本。',
    ended: {
      done: '训练已完成',
      stopped: '训练已停止',
      failed: '训练失败',
      interrupted: '训练已中断',
    },
    mark: '✓ 训练已结束 · ',
  },
});
