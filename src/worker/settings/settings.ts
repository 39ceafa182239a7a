/** Answers calls about what the studio stores and what left the page. */
import type { settingsCalls } from '../../contract/settings.ts';
import { networkLedger } from '../../storage/network-ledger.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';

export function settingsHandlers(context: WorkerContext): HandlersOf<typeof settingsCalls> {
  networkLedger.listen((entry) => context.emit({ type: 'settings.request', entry }));
  return {
    'settings.storage': () => context.estimate(),
    'settings.requests': async () => networkLedger.entries,
  };
}
