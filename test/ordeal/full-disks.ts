/**
 * The campaign of full disks: from the n-th write of a job on, or for a few writes; in the database at the call
 * or at its commit, in files at any of their writes. The job ends in words and a run rests; once there is room
 * again, both give what they give without a fault, and no file is left that no record names.
 */
import type { FileStore } from '../../src/storage/files/file-store.ts';
import { localLocks, type Locks } from '../../src/storage/locks.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { openStorage } from '../../src/storage/storage.ts';
import {
  faultyDatabase,
  faultyFiles,
  WriteFaults,
} from '../../src/storage/testing/write-faults.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';
import { openOwnDevice } from '../../scripts/device.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import {
  codeOfThrown,
  endOf,
  Hung,
  TurnOver,
  type Campaign,
  type OpenCampaign,
  type Turn,
} from './campaign.ts';
import { pathsOf } from '../earlier/profile.ts';
import {
  doJob,
  importAll,
  PATIENCE_SECONDS,
  resultOf,
  settled,
  startRun,
  type Prepared,
} from './jobs.ts';

const JOBS = {
  import: 'an import',
  evaluation: 'an evaluation',
  export: 'an export',
  training: 'training',
} as const;

type JobName = keyof typeof JOBS;

interface Known {
  readonly result: string;
  readonly writes: number;
}

let studios = 0;

class FullDisks implements OpenCampaign {
  readonly place: string;
  readonly #studio: Studio;
  readonly #prepared: Prepared;
  readonly #faults: WriteFaults;
  readonly #kept: { readonly files: FileStore; readonly name: string; readonly locks: Locks };
  readonly #end: () => void;
  readonly #known = new Map<JobName, Known>();

  private constructor(
    studio: Studio,
    prepared: Prepared,
    faults: WriteFaults,
    kept: { readonly files: FileStore; readonly name: string; readonly locks: Locks },
    place: string,
    end: () => void,
  ) {
    this.#studio = studio;
    this.#prepared = prepared;
    this.#faults = faults;
    this.#kept = kept;
    this.place = place;
    this.#end = end;
  }

  static async open(): Promise<FullDisks> {
    const faults = new WriteFaults();
    studios += 1;
    const name = `ordeal-full-disk-${studios}`;
    const kept = { files: faultyFiles(memoryStore(), faults), name, locks: localLocks() };
    const mend = faultyDatabase(name, faults);
    const opened: Gpu[] = [];
    const openDevice = async (): Promise<Gpu> => {
      const gpu = await openOwnDevice();
      opened.push(gpu);
      return gpu;
    };
    const studio = await openStudio(openDevice, kept);
    const end = (): void => {
      mend();
      studio.close();
      for (const gpu of opened) gpu.close();
    };
    const dataSetIds = await importAll(studio);
    const run = await settled(studio, (await startRun(studio, dataSetIds)).id);
    if (run.state !== 'done') throw new Error(`the undisturbed run: ${JSON.stringify(run.error)}`);
    const prepared = { dataSetIds, runId: run.id };
    const campaign = new FullDisks(studio, prepared, faults, kept, `Node, ${run.adapter}`, end);
    for (const job of Object.keys(JOBS) as JobName[]) {
      const before = faults.count;
      const result = await campaign.#do(job);
      campaign.#known.set(job, { result, writes: faults.count - before });
    }
    return campaign;
  }

  /** What a job gives, as text; what it leaves in the studio is removed again. */
  async #do(job: JobName): Promise<string> {
    if (job !== 'import') return doJob(job, this.#studio, this.#prepared);
    const before = new Set(await this.#sets());
    await importAll(this.#studio);
    const sets = await this.#studio.client.call('data.list', {});
    const own = sets.filter(({ id }) => !before.has(id));
    for (const { id } of own) await this.#studio.client.call('data.remove', { id });
    return JSON.stringify(
      own.map(({ fingerprint, kind, records }) => [fingerprint, kind, records]),
    );
  }

  async #sets(): Promise<string[]> {
    return (await this.#studio.client.call('data.list', {})).map(({ id }) => id);
  }

  async turn(turn: Turn): Promise<void> {
    const { random } = turn;
    const faults = this.#faults;
    const job = random.pick(Object.keys(JOBS) as JobName[]);
    const n = 1 + random.below(Math.max(1, this.#known.get(job)?.writes ?? 0));
    const length = random.chance(0.6) ? Number.POSITIVE_INFINITY : 1 + random.below(3);
    faults.kind = random.pick(['request', 'commit'] as const);
    const failed = faults.failed.length;
    faults.fail(n, length);
    const span = length === Infinity ? 'on' : `on for ${length}`;
    const where = `disk full from write ${n} ${span} (${faults.kind}) during ${JOBS[job]}`;
    try {
      if (job === 'training') await this.#train(turn, where);
      else await this.#try(turn, job, where);
    } finally {
      faults.free();
    }
    if (faults.failed.length > failed) turn.count(job);
    await this.#again(turn, job, where);
    await this.#takeOut();
    await this.#checkFiles(turn, where);
  }

  async #try(turn: Turn, job: JobName, where: string): Promise<void> {
    const end = await endOf(PATIENCE_SECONDS + 1, JOBS[job], this.#do(job));
    if (end.startsWith('untyped')) turn.find('untyped', `${where}: ${end}`);
  }

  /** A run that begins while the disk is full or about to be: refused in words, or resting, and taken up. */
  async #train(turn: Turn, where: string): Promise<void> {
    const studio = this.#studio;
    let id: string;
    try {
      ({ id } = await startRun(studio, this.#prepared.dataSetIds));
    } catch (thrown) {
      const code = codeOfThrown(thrown);
      if (code.startsWith('untyped')) turn.find('untyped', `${where}, at its start: ${code}`);
      return;
    }
    const run = await settled(studio, id);
    const { state, error } = run;
    if (state !== 'done' && (error === null || error.code === 'internal')) {
      const why = error?.message ?? 'no error';
      turn.find('untyped', `${where}: the run is ${state} with ${why}`);
    }
    this.#faults.free();
    const end = state === 'done' ? run : await this.#resumed(turn, id, where);
    const wanted = this.#known.get('training')?.result;
    if ((await resultOf(studio, end)) !== wanted) {
      turn.find('lost', `${where}: the run is ${end.state} (${state} before), with other curves`);
    }
  }

  async #resumed(turn: Turn, id: string, where: string): Promise<RunSummary> {
    try {
      await this.#studio.client.call('runs.resume', { id });
      return await settled(this.#studio, id);
    } catch (thrown) {
      if (thrown instanceof Hung) throw thrown;
      turn.find('lost', `${where}: the run cannot be resumed, ${codeOfThrown(thrown)}`);
      throw new TurnOver();
    }
  }

  async #again(turn: Turn, job: JobName, where: string): Promise<void> {
    try {
      const result = await this.#do(job);
      if (result !== this.#known.get(job)?.result) {
        turn.find('lost', `${where}: done again it gives another result`);
      }
    } catch (thrown) {
      if (thrown instanceof Hung) throw thrown;
      turn.find('lost', `${where}: done again it ends with ${codeOfThrown(thrown)}`);
    }
  }

  /** Removes what jobs left: that has to work, whatever state it is in. */
  async #takeOut(): Promise<void> {
    const { client } = this.#studio;
    const { runId, dataSetIds } = this.#prepared;
    for (const { id } of await client.call('runs.list', {})) {
      if (id !== runId) await client.call('runs.remove', { id });
    }
    for (const id of await this.#sets()) {
      if (!dataSetIds.includes(id)) await client.call('data.remove', { id });
    }
    const ids = (await client.call('evaluation.list', {})).map(({ id }) => id);
    await client.call('evaluation.remove', { ids });
  }

  /** What is left without an owner after another tab was opened, which sweeps. */
  async #checkFiles(turn: Turn, where: string): Promise<void> {
    const { files, locks, name } = this.#kept;
    const { runId, dataSetIds } = this.#prepared;
    const other = await openStorage(files, locks, name);
    await other.sweep();
    const { checkpoint, stages, best = [] } = await other.runs.get(runId);
    other.close();
    const named = new Set(
      [...(checkpoint ? [checkpoint.file] : []), ...stages, ...best.map(({ file }) => file)].map(
        ({ path }) => path,
      ),
    );
    const left = (await pathsOf(files)).filter((path) => {
      const [folder = '', id = ''] = path.split('/');
      if (folder === 'runs') return id !== runId || !named.has(path);
      return folder !== 'exports' && !dataSetIds.includes(id);
    });
    for (const path of left) turn.find('left', `${where}: ${path}`);
  }

  async close(): Promise<void> {
    this.#end();
  }
}

export const fullDisks: Campaign = {
  name: 'full-disks',
  inBrowser: false,
  counts: Object.fromEntries(
    Object.entries(JOBS).map(([job, words]) => [job, `disk full during ${words}`]),
  ),
  open: async () => FullDisks.open(),
};
