/** Makes the set with replaced identifiers. The way back is saved before the originals are deleted, never after. */
import { asStudioError, detailOf, fault } from '../../faults/fault.ts';
import { endedWith, worker } from '../../worker/client.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { ReplacedSet, Ways } from '../../contract/identifiers.ts';
import { useDataSets } from '../data/data-sets.ts';
import { fileStem } from '../exports/exports.ts';
import { placeToSave, type SavePlace } from '../exports/save-file.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

/** What a person asks for. */
export interface Replacing {
  readonly id: string;
  readonly ways: Ways;
  readonly name: string;
  readonly removeOriginal: boolean;
  /** Encrypts the mapping; null saves none. */
  readonly passphrase: string | null;
}

/** What became of it. */
export interface Replaced {
  readonly set: DataSetSummary;
  /** `in-use`: it was to be removed, and something uses it. */
  readonly original: 'kept' | 'removed' | 'in-use';
}

/** `no-place`: the person chose no place for the mapping, and nothing was begun. */
export type ReplaceOutcome = TaskOutcome<Replaced> | { readonly status: 'no-place' };

/**
 * Makes the set; the next run trains on it in the place of the original. Must follow a press where a mapping is asked
 * for: its place is asked for first, because browsers show no dialog once the work has taken its time.
 */
export async function replaceIdentifiers(
  asked: Replacing,
  onStarted: (task: string) => void,
): Promise<ReplaceOutcome> {
  const { id, ways, name, passphrase } = asked;
  const place =
    passphrase === null
      ? null
      : await placeToSave(`${fileStem(name, 'data')}.mapping.json`, 'application/json');
  if (passphrase !== null && place === null) return { status: 'no-place' };
  const made = await runTask(
    (task) => worker.call('identifiers.replace', { id, ways, name, passphrase, task }),
    onStarted,
  );
  if (made.status !== 'done') {
    await place?.discard();
    await useDataSets.getState().load();
    return made;
  }
  return finish(asked, made.value, place);
}

/** Saves the mapping and only then deletes the original. */
async function finish(
  { id, removeOriginal }: Replacing,
  { set, mapping }: ReplacedSet,
  place: SavePlace | null,
): Promise<ReplaceOutcome> {
  const { load, setUsed, select } = useDataSets.getState();
  try {
    if (mapping && place) await place.write(mapping.blob);
  } catch (thrown) {
    await place?.discard();
    await load();
    // The person has not got what was asked for: the next run trains on what it would have trained on before.
    setUsed(set.id, false);
    const data = { set: set.name, detail: detailOf(thrown) };
    const beside = { cause: thrown, kept: 'original-records' } as const;
    return { status: 'failed', error: fault('mapping-not-saved', data, beside) };
  }
  try {
    const original = removeOriginal ? await removed(id) : 'kept';
    await load();
    if (original !== 'removed') setUsed(id, false);
    setUsed(set.id, true);
    select(set.id);
    return { status: 'done', value: { set, original } };
  } catch (thrown) {
    await load();
    return { status: 'failed', error: asStudioError(thrown) };
  }
}

async function removed(id: string): Promise<'removed' | 'in-use'> {
  try {
    await worker.call('data.remove', { id });
    return 'removed';
  } catch (thrown) {
    // The new set is whole; a run that reads the old one goes on.
    if (endedWith<'data.remove'>(asStudioError(thrown), 'data-set-in-use')) return 'in-use';
    throw thrown;
  }
}
