/** The states of a run in words, in both languages. */
import { inLanguages } from '../../studio/language.ts';
import type { ShownState } from '../../studio/runs/run-facts.ts';

export const runStateWords = inLanguages({
  en: {
    preparing: 'preparing',
    running: 'running',
    reopening: 'reopening the GPU',
    paused: 'paused',
    interrupted: 'interrupted',
    finalising: 'finalising',
    stopped: 'stopped',
    failed: 'failed',
    done: 'done',
    'handed-off': 'handed off',
  } satisfies Record<ShownState, string>,
  zh: {
    preparing: '准备中',
    running: '训练中',
    reopening: '正在重新打开 GPU',
    paused: '已暂停',
    interrupted: '已中断',
    finalising: '收尾中',
    stopped: '已停止',
    failed: '失败',
    done: '完成',
    'handed-off': '已交出',
  },
});
