/**
 * The device is lost at the n-th submission or mapping of a job. The job ends in words or is done on a new
 * device; a run is interrupted and, taken up again, gives the curves of the run that was not.
 */
import type { Campaign, OpenCampaign, Turn } from './campaign.ts';
import { DeviceOrdeal } from './device-ordeal.ts';
import { JOBS } from './jobs.ts';
import type { JobName } from './jobs.ts';

class LostDevices implements OpenCampaign {
  readonly place: string;
  readonly #ordeal: DeviceOrdeal;

  constructor(ordeal: DeviceOrdeal) {
    this.#ordeal = ordeal;
    this.place = ordeal.place;
  }

  async turn(turn: Turn): Promise<void> {
    const { random } = turn;
    const job = random.pick(Object.keys(JOBS) as JobName[]);
    const call = random.pick(['submit', 'mapAsync'] as const);
    const n = 1 + random.below(Math.max(1, this.#ordeal.calls(job, call)));
    const what = `device lost at ${call} ${n}`;
    const came = await this.#ordeal.disturb(turn, job, what, (faults) => {
      faults.loseAt(call, n);
    });
    if (came) turn.count(job);
  }

  async close(): Promise<void> {
    this.#ordeal.close();
  }
}

export const lostDevices: Campaign = {
  name: 'lost-devices',
  inBrowser: false,
  counts: Object.fromEntries(
    Object.entries(JOBS).map(([job, words]) => [job, `device lost during ${words}`]),
  ),
  open: async () => new LostDevices(await DeviceOrdeal.open()),
};
