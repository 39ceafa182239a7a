/** Model and records of a run that is under way: those with which it began. */
import { fault } from '../../faults/fault.ts';
import type { Given } from '../options.ts';
import type { Shell } from '../shell.ts';
import type { OpenedRun } from './opened-run.ts';
import { readInputs, type RunInputs } from './run-inputs.ts';

/**
 * Model and records of the run, where the options say, else where they were.
 * @throws StudioError `run-other-base`, `run-inputs-changed` where they are not those that the run began with
 */
export async function sameInputs(given: Given, run: OpenedRun, shell: Shell): Promise<RunInputs> {
  const { recipe, precision, createdAt: begun } = run.summary;
  const known = run.folder?.state.inputs ?? null;
  const model = given.text('model') ?? known?.model ?? given.needed('model');
  const data = given.data.length > 0 ? given.data : known?.data;
  if (!data) throw given.missing('data');
  const inputs = await readInputs({ model, data, recipe, precision, begun }, shell.env);
  const due = run.base.fingerprint;
  if (due !== null && due !== inputs.base.base.fingerprint) {
    throw fault('run-other-base', { run: run.base.name, model: inputs.base.path });
  }
  const fingerprint = run.folder?.state.fingerprint ?? run.archive?.manifest.fingerprint ?? '';
  if (fingerprint !== inputs.fingerprint) throw fault('run-inputs-changed');
  return inputs;
}
