/** Answers calls about identifiers in the records of data sets. */
import type { CallInput } from '../../contract/contract.ts';
import type { IdentifiersFound, KindFound, identifierCalls } from '../../contract/identifiers.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import { findInRecord } from '../../text/identifiers/finder.ts';
import type { IdentifierKind } from '../../text/identifiers/kinds.ts';
import { loadLists } from '../../text/identifiers/lists.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { breathe, type Task } from '../tasks/tasks.ts';

/** Records that are searched before messages, such as Cancel, may come in. */
const AT_ONCE = 200;

export function identifierHandlers(context: WorkerContext): HandlersOf<typeof identifierCalls> {
  return {
    'identifiers.count': (asked) =>
      context.tasks.run(asked.task, (running) =>
        whileInUse(context.storage.locks, [dataLock(asked.id)], () =>
          countIn(context, asked, running),
        ),
      ),
  };
}

async function countIn(
  { storage: { dataSets } }: WorkerContext,
  { id }: CallInput<'identifiers.count'>,
  running: Task,
): Promise<IdentifiersFound> {
  const { records } = await dataSets.get(id);
  const lists = await loadLists();
  const kinds: Partial<Record<IdentifierKind, KindFound>> = {};
  let withAny = 0;
  for (let from = 0; from < records; from += AT_ONCE) {
    for (const { messages } of await dataSets.rows(id, from, AT_ONCE)) {
      const found = findInRecord(
        messages.map(({ content }) => content),
        lists,
      ).flat();
      if (found.length > 0) withAny += 1;
      for (const { kind, certainty } of found) {
        const before = kinds[kind] ?? { found: 0, unsure: 0 };
        const unsure = before.unsure + (certainty === 'unsure' ? 1 : 0);
        kinds[kind] = { found: before.found + 1, unsure };
      }
    }
    running.check();
    running.progress(Math.min(1, (from + AT_ONCE) / records), null);
    await breathe();
  }
  return { records, withAny, kinds };
}
