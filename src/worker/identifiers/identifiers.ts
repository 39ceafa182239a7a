/** Answers calls about identifiers in the records of data sets. */
import { DECISIONS, type identifierCalls } from '../../contract/identifiers.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import { openMapping } from '../../text/identifiers/replace/mapping-file.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { look } from './look.ts';
import { replaceIn } from './replace.ts';
import { counts, recordWith, select, sentences } from './review.ts';

export function identifierHandlers(context: WorkerContext): HandlersOf<typeof identifierCalls> {
  const { storage, tasks } = context;
  const { identifiers, locks } = storage;
  // Secret and never stored: what is previewed and what is replaced agree as long as the page is open, in all its sets.
  const key = crypto.getRandomValues(new Uint8Array(32));
  const using = <T>(id: string, work: () => Promise<T>): Promise<T> =>
    whileInUse(locks, [dataLock(id)], work);
  return {
    'identifiers.look': ({ id, task }) => tasks.run(task, (running) => look(context, id, running)),
    'identifiers.counts': ({ id }) => using(id, () => counts(storage, id)),
    'identifiers.select': (asked) =>
      tasks.run(asked.task, (running) => using(asked.id, () => select(storage, asked, running))),
    'identifiers.findings': (asked) => using(asked.id, () => sentences(storage, asked)),
    'identifiers.record': (asked) => using(asked.id, () => recordWith(storage, key, asked)),
    'identifiers.decide': ({ id, place, form, decision }) =>
      using(id, async () => {
        const table = await identifiers.table(id);
        const places = form ? table.ofForm(place) : Uint32Array.of(place);
        const number = DECISIONS.indexOf(decision);
        return identifiers.decide(id, table.count, places, () => number);
      }),
    'identifiers.restore': ({ id, places, before }) =>
      using(id, async () => {
        const { count } = await identifiers.table(id);
        return identifiers.decide(id, count, places, (i) => before[i] ?? 0);
      }),
    'identifiers.replace': (asked) =>
      tasks.run(asked.task, (running) => replaceIn(context, key, asked, running)),
    'identifiers.openMapping': async ({ file, passphrase }) =>
      openMapping(await file.text(), passphrase),
  };
}
