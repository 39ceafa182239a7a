/** Calls about the studio itself: its storage, its way out, its long jobs. */
import type { settingsCalls } from '../../contract/settings.ts';
import { networkLedger } from '../../storage/network-ledger.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';

export function settingsHandlers(context: WorkerContext): HandlersOf<typeof settingsCalls> {
  networkLedger.listen((entry) => context.emit({ type: 'network.request', entry }));
  return {
    'storage.estimate': () => context.estimate(),
    'network.report': async () => networkLedger.entries,
    'task.cancel': async ({ task }) => {
      context.tasks.cancel(task);
      return null;
    },
  };
}
