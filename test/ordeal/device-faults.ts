/**
 * The campaigns against the device: each injects a fault at the n-th call of a job. `allocations`: a buffer is
 * not made, because the driver has no memory for it or the call itself throws; the job ends in words and gives
 * back what it held. `lost-devices`: the device is lost at a submission or a mapping; the job ends in words, or
 * is done on a new device. Done again a job gives what it gives without a fault, and a run that was stopped
 * goes on to its curves.
 */
import type { FaultyCall, PlannedFault } from '../gpu/faulty-device.ts';
import type { Campaign, OpenCampaign, Turn } from './campaign.ts';
import { DeviceOrdeal } from './device-ordeal.ts';
import { JOBS } from './jobs.ts';
import type { JobName } from './jobs.ts';
import type { Random } from './random.ts';

/** @param anyOf one of the calls of this kind that the job makes, from 1 */
type Draw = (random: Random, anyOf: (call: FaultyCall) => number) => PlannedFault;

class DeviceFaults implements OpenCampaign {
  readonly place: string;
  readonly #ordeal: DeviceOrdeal;
  readonly #draw: Draw;

  constructor(ordeal: DeviceOrdeal, draw: Draw) {
    this.#ordeal = ordeal;
    this.#draw = draw;
    this.place = ordeal.place;
  }

  async turn(turn: Turn): Promise<void> {
    const { random } = turn;
    const job = random.pick(Object.keys(JOBS) as JobName[]);
    const fault = this.#draw(
      random,
      (call) => 1 + random.below(Math.max(1, this.#ordeal.calls(job, call))),
    );
    if (await this.#ordeal.disturb(turn, job, fault)) turn.count(job);
  }

  async close(): Promise<void> {
    this.#ordeal.close();
  }
}

function campaign(name: string, words: string, draw: Draw): Campaign {
  return {
    name,
    inBrowser: false,
    counts: Object.fromEntries(
      Object.entries(JOBS).map(([job, what]) => [job, `${words} ${what}`]),
    ),
    open: async () => new DeviceFaults(await DeviceOrdeal.open(), draw),
  };
}

export const allocations = campaign(
  'allocations',
  'an allocation failed during',
  (random, anyOf) => {
    const at = anyOf('createBuffer');
    return { kind: random.pick(['out-of-memory', 'throw'] as const), call: 'createBuffer', at };
  },
);

export const lostDevices = campaign('lost-devices', 'device lost during', (random, anyOf) => {
  const call = random.pick(['submit', 'mapAsync'] as const);
  return { kind: 'loss', call, at: anyOf(call) };
});
