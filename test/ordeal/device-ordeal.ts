/** What the campaigns against the device share: a studio on a faulty device, and jobs with known results. */
import {
  faultyCalls,
  type FaultyCall,
  type FaultyDevice,
  type PlannedFault,
} from '../gpu/faulty-device.ts';
import { openFaultyDevice } from '../gpu/kernel-bench.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';
import { codeOfThrown, endOf, Hung, type Turn } from './campaign.ts';
import {
  doJob,
  importAll,
  JOBS,
  PATIENCE_SECONDS,
  resultOf,
  settled,
  startRun,
  type JobName,
  type Prepared,
} from './jobs.ts';
import { MODEL } from './small-run.ts';

interface Known {
  readonly result: string;
  /** Calls of the device that it takes. */
  readonly calls: ReadonlyMap<FaultyCall, number>;
}

interface Open {
  readonly gpu: Gpu;
  readonly faulty: FaultyDevice;
}

let studios = 0;

export class DeviceOrdeal {
  readonly place: string;
  readonly #studio: Studio;
  readonly #prepared: Prepared;
  readonly #known: ReadonlyMap<JobName, Known>;
  readonly #opened: Open[];

  private constructor(
    studio: Studio,
    prepared: Prepared,
    known: ReadonlyMap<JobName, Known>,
    opened: Open[],
    place: string,
  ) {
    this.#studio = studio;
    this.#prepared = prepared;
    this.#known = known;
    this.#opened = opened;
    this.place = place;
  }

  /** A studio with a finished run, and every job done once without faults. */
  static async open(): Promise<DeviceOrdeal> {
    const opened: Open[] = [];
    const openDevice = async (): Promise<Gpu> => {
      const open = await openFaultyDevice('nothing');
      opened.push(open);
      return open.gpu;
    };
    studios += 1;
    const kept = { files: memoryStore(), name: `ordeal-device-${studios}` };
    const studio = await openStudio(openDevice, kept);
    const dataSetIds = await importAll(studio);
    const { id: runId } = await startRun(studio, dataSetIds);
    const run = await settled(studio, runId);
    if (run.state !== 'done') throw new Error(`the undisturbed run: ${JSON.stringify(run.error)}`);
    const prepared = { dataSetIds, runId };
    const known = new Map<JobName, Known>();
    const { faulty } = newest(opened);
    for (const name of Object.keys(JOBS) as JobName[]) {
      await clearShelf(studio);
      faulty.plan(null);
      const result = await doJob(name, studio, prepared);
      const calls = new Map(faultyCalls.map((call) => [call, faulty.count(call)]));
      known.set(name, { result, calls });
    }
    return new DeviceOrdeal(studio, prepared, known, opened, `Node, ${run.adapter}`);
  }

  /** How often a job calls the device so. */
  calls(name: JobName, call: FaultyCall): number {
    return this.#known.get(name)?.calls.get(call) ?? 0;
  }

  /**
   * Does a job during which a fault is to come, then again without one.
   * @returns whether the fault came
   */
  async disturb(turn: Turn, name: JobName, fault: PlannedFault): Promise<boolean> {
    await this.#rest();
    const { gpu, faulty } = newest(this.#opened);
    const before = { bytes: gpu.ledger.total, buffers: faulty.liveBuffers };
    faulty.plan(fault);
    const { end, result } = await this.#end(name);
    const came = faulty.struck;
    faulty.plan(null);
    const { kind, call, at } = fault;
    const where = `${kind} at ${call} ${at} during ${JOBS[name]}`;
    if (end.startsWith('untyped')) turn.find('untyped', `${where}: ${end}`);
    const left = await this.#runsGoOn(turn, name, where);
    // A run whose device is lost goes on by itself: done in spite of a fault counts only with the same result.
    if (result !== null && left === 0 && result !== this.#known.get(name)?.result) {
      turn.find('lost', `${where}: it ends well, with another result`);
    }
    await this.#rest();
    const after = { bytes: gpu.ledger.total, buffers: faulty.liveBuffers };
    // A device that is lost takes everything with it.
    if (!gpu.fault && (after.bytes > before.bytes || after.buffers > before.buffers)) {
      const bytes = after.bytes - before.bytes;
      const buffers = after.buffers - before.buffers;
      turn.find('left', `${where}: ${bytes} bytes in the ledger, ${buffers} buffers stay`);
    }
    await this.#again(turn, name, where);
    return came;
  }

  /** How a job ends, and its result if it gives one. */
  async #end(name: JobName): Promise<{ readonly end: string; readonly result: string | null }> {
    let result: string | null = null;
    const job = doJob(name, this.#studio, this.#prepared).then((found) => {
      result = found;
    });
    return { end: await endOf(PATIENCE_SECONDS + 1, JOBS[name], job), result };
  }

  async #again(turn: Turn, name: JobName, where: string): Promise<void> {
    try {
      const result = await doJob(name, this.#studio, this.#prepared);
      const wanted = this.#known.get(name)?.result;
      if (result !== wanted) turn.find('lost', `${where}: done again it gives another result`);
    } catch (thrown) {
      if (thrown instanceof Hung) throw thrown;
      turn.find('lost', `${where}: done again it ends with ${codeOfThrown(thrown)}`);
    }
  }

  /**
   * A run that the fault stopped says why, is resumed, and gives what the undisturbed one gives.
   * @returns how many runs were left
   */
  async #runsGoOn(turn: Turn, name: JobName, where: string): Promise<number> {
    const { client } = this.#studio;
    let left = 0;
    for (const run of await client.call('runs.list', {})) {
      const { id } = run;
      if (id === this.#prepared.runId) continue;
      left += 1;
      const code = run.error?.code ?? 'no error';
      if (run.state === 'done' || name !== 'training') {
        turn.find('lost', `${where}: a run is left that is ${run.state} with ${code}`);
      } else {
        if (code === 'internal' || code === 'no error') {
          turn.find(
            'untyped',
            `${where}: the run is ${run.state} with ${code}: ${run.error?.message}`,
          );
        }
        await this.#takeUp(turn, id, where);
      }
      await client.call('runs.remove', { id });
    }
    return left;
  }

  async #takeUp(turn: Turn, id: string, where: string): Promise<void> {
    let run: RunSummary;
    try {
      await this.#studio.client.call('runs.resume', { id });
      run = await settled(this.#studio, id);
    } catch (thrown) {
      if (thrown instanceof Hung) throw thrown;
      turn.find('lost', `${where}: the run cannot be resumed, ${codeOfThrown(thrown)}`);
      return;
    }
    const wanted = this.#known.get('training')?.result;
    if ((await resultOf(this.#studio, run)) !== wanted) {
      turn.find('lost', `${where}: the resumed run is ${run.state}, with other curves`);
    }
  }

  /** Nothing in use and nothing kept for later: what is on the device then has no owner. */
  async #rest(): Promise<void> {
    await clearShelf(this.#studio);
    // A device that was lost is opened again.
    await this.#studio.client.call('device.report', {});
    await newest(this.#opened).gpu.finished();
  }

  close(): void {
    this.#studio.close();
    for (const { gpu } of this.#opened) gpu.close();
  }
}

function newest(opened: readonly Open[]): Open {
  const last = opened.at(-1);
  if (!last) throw new Error('no device was opened');
  return last;
}

/** Models that are kept on the device for the next use are given back when their precision is chosen. */
async function clearShelf({ client }: Studio): Promise<void> {
  await client.call('models.setPrecision', { id: MODEL, precision: 'float32' });
}
