/** Model and records of a run that is under way: those with which it began. */
import { fault } from '../../faults/fault.ts';
import { openBase, type BaseModel } from '../inputs/base-model.ts';
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
  checkBase(run, inputs.base);
  if (fingerprintOf(run) !== inputs.fingerprint) throw fault('run-inputs-changed');
  return inputs;
}

/** The model of the run, without its records. @throws StudioError `run-other-base` */
export async function sameBase(given: Given, run: OpenedRun, shell: Shell): Promise<BaseModel> {
  const { precision, createdAt } = run.summary;
  const place = given.text('model') ?? run.folder?.state.inputs?.model ?? given.needed('model');
  const base = await openBase(place, shell.env, { precision, now: new Date(createdAt) });
  checkBase(run, base);
  return base;
}

/** Hash of everything that decides what the run sees. */
export function fingerprintOf(run: OpenedRun): string {
  return run.folder?.state.fingerprint ?? run.archive?.manifest.fingerprint ?? '';
}

function checkBase(run: OpenedRun, base: BaseModel): void {
  const due = run.base.fingerprint;
  if (due !== null && due !== base.base.fingerprint) {
    throw fault('run-other-base', { run: run.base.name, model: base.path });
  }
}
