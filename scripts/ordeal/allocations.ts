/**
 * The n-th buffer of a job is not made: the driver has no memory for it, or the call itself throws. The job ends
 * in words, everything it held is given back, and done again it gives what it gives without a fault.
 */
import type { Campaign, OpenCampaign, Turn } from './campaign.ts';
import { DeviceOrdeal } from './device-ordeal.ts';
import { JOBS } from './jobs.ts';
import type { JobName } from './jobs.ts';

class Allocations implements OpenCampaign {
  readonly place: string;
  readonly #ordeal: DeviceOrdeal;

  constructor(ordeal: DeviceOrdeal) {
    this.#ordeal = ordeal;
    this.place = ordeal.place;
  }

  async turn(turn: Turn): Promise<void> {
    const { random } = turn;
    const job = random.pick(Object.keys(JOBS) as JobName[]);
    const n = 1 + random.below(Math.max(1, this.#ordeal.calls(job, 'createBuffer')));
    const how = random.pick(['scope', 'throw'] as const);
    const what = `buffer ${n} not made (${how})`;
    const came = await this.#ordeal.disturb(turn, job, what, (faults) => {
      faults.failAllocation(n, how);
    });
    if (came) turn.count(job);
  }

  async close(): Promise<void> {
    this.#ordeal.close();
  }
}

export const allocations: Campaign = {
  name: 'allocations',
  inBrowser: false,
  counts: Object.fromEntries(
    Object.entries(JOBS).map(([job, words]) => [job, `an allocation failed during ${words}`]),
  ),
  open: async () => new Allocations(await DeviceOrdeal.open()),
};
