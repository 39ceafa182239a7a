/** The records of a run that has begun, as it trained on them. */
import type { StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import { changedInputs } from '../runs/run-errors.ts';
import { prepareRecords, sameInputs, type PreparedRun } from './prepare.ts';
import { openInputs } from './run-inputs.ts';

/** @throws StudioError `run-inputs-changed`, and what opening and preparing them throws */
export async function recordsOfRun(
  context: WorkerContext,
  stored: StoredRun,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { summary, fingerprint } = stored;
  const inputs = await openInputs(context, summary, new Date(summary.createdAt));
  const records = await prepareRecords(context, inputs, { signal }, fingerprint);
  if (!sameInputs(records, stored)) throw changedInputs();
  return { ...inputs, records };
}
