/** The model state that a command works on: a model as it is, or a state of a run on it. */
import {
  openState,
  type EngineGpu,
  type ModelState,
  type OpenStateOptions,
} from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import { openBase, type BaseModel } from '../inputs/base-model.ts';
import type { Given } from '../options.ts';
import type { Shell } from '../shell.ts';
import { branchesOf, openRun, type OpenedRun } from './opened-run.ts';
import { sameBase } from './same-inputs.ts';

export interface OpenedUse {
  readonly gpu: EngineGpu;
  readonly base: BaseModel;
  /** Null for a model as it is. */
  readonly run: OpenedRun | null;
  readonly state: ModelState;
}

/**
 * Does something with the state that the arguments name, and frees it afterwards.
 * @throws StudioError `run-other-base`, `snapshot-missing`, and what opening throws
 */
export async function withState<T>(
  given: Given,
  shell: Shell,
  work: (use: OpenedUse) => Promise<T>,
): Promise<T> {
  const [place] = given.arguments(['RUN'], 0);
  const run = place === undefined ? null : await openRun(place);
  const base = run
    ? await sameBase(given, run, shell)
    : await openBase(given.needed('model'), shell.env, { now: new Date() });
  await run?.check(base.model.folder.config);
  const trained = run && (await trainedTo(run, stateOf(given, run)));
  return whileOpen(shell, { model: base.model, ...trained }, (gpu, state) =>
    work({ gpu, base, run, state }),
  );
}

/** Does something with a state on a device of its own, and frees both afterwards. */
export async function whileOpen<T>(
  shell: Shell,
  options: Omit<OpenStateOptions, 'gpu'>,
  work: (gpu: EngineGpu, state: ModelState) => Promise<T>,
): Promise<T> {
  const gpu = await shell.openGpu();
  try {
    const state = await openState({ gpu, ...options });
    try {
      return await work(gpu, state);
    } finally {
      state.close();
    }
  } finally {
    gpu.close();
  }
}

/** What a state of a run is made of. */
async function trainedTo(run: OpenedRun, snapshot: string) {
  const { recipe } = run.summary;
  return { trained: { recipe, stageBranches: await branchesOf(run, snapshot) }, snapshot };
}

/** The state that was asked for; the last one of the run unless told. */
function stateOf(given: Given, { summary: { snapshots }, stages }: OpenedRun): string {
  const ids = snapshots.map(({ id }) => id);
  const last = ids.findLast((id) => !id.endsWith('.best')) ?? 'base';
  const asked = given.text('state') ?? last;
  if (asked === 'base' || ids.includes(asked)) return asked;
  throw fault('snapshot-missing', { stage: stages, snapshot: asked });
}
