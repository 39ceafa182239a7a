/** Words of the queue of work that waits for the device, in both languages. */
import { inLanguages } from '../../studio/language.ts';
import { formatInteger } from '../shared/format.ts';

export const queueText = inLanguages({
  en: {
    add: 'Queue',
    title: 'Queue',
    added: (name: string) => `“${name}” is waiting for the device`,
    going:
      'Each begins when the one before it has ended or failed; after a reload, when you continue the queue.',
    behind: (run: string) => `Behind the run “${run}”. `,
    held: 'Held: nothing starts by itself.',
    go: 'Continue the queue',
    hold: 'Hold the queue',
    waiting: (count: number) => `${formatInteger(count)} waiting. `,
    caption: 'What waits for the device, in its order',
    earlier: (name: string) => `Move ${name} up`,
    later: (name: string) => `Move ${name} down`,
    remove: (name: string) => `Take ${name} out of the queue`,
    failed: 'could not be started',
    next: 'next',
    place: (place: number, of: number) =>
      `Place ${formatInteger(place)} of ${formatInteger(of)} in the queue`,
    leave: 'Leave the queue',
    kinds: { run: 'run', grid: 'grid', measuring: 'measurement', shortcuts: 'shortcut check' },
    andMore: (label: string, others: number) => `${label} and ${formatInteger(others)} more`,
    shortcutsOf: (label: string) => `Shortcuts of ${label}`,
  },
  zh: {
    add: '加入队列',
    title: '队列',
    added: (name) => `“${name}”正在等待设备`,
    going: '前一项结束或失败后，下一项自动开始；刷新页面后，由你继续队列。',
    behind: (run) => `排在训练“${run}”之后。`,
    held: '已暂停：不会自动开始。',
    go: '继续队列',
    hold: '暂停队列',
    waiting: (count) => `${formatInteger(count)} 项在等待。`,
    caption: '等待设备的工作，按顺序排列',
    earlier: (name) => `上移 ${name}`,
    later: (name) => `下移 ${name}`,
    remove: (name) => `将 ${name} 移出队列`,
    failed: '未能开始',
    next: '下一个',
    place: (place, of) => `队列第 ${formatInteger(place)} 位，共 ${formatInteger(of)} 项`,
    leave: '退出队列',
    kinds: { run: '训练', grid: '网格', measuring: '评测', shortcuts: '捷径检查' },
    andMore: (label, others) => `${label} 及另外 ${formatInteger(others)} 个`,
    shortcutsOf: (label) => `${label} 的捷径检查`,
  },
});
