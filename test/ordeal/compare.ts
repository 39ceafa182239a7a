/** Checks that a disturbed run ends like the undisturbed one. */
import type { Turn } from './campaign.ts';
import type { Reference } from './ground.ts';
import { difference, endOfRun } from './small-run.ts';
import type { StudioPage } from './studio-page.ts';

/** Compares state, curves and exported weights; whatever differs was lost. @param after what was done to it */
export async function compareRun(
  turn: Turn,
  studio: StudioPage,
  id: string,
  reference: Reference,
  after: string,
): Promise<void> {
  const run = (await studio.call('runs.list', {})).find((one) => one.id === id);
  if (!run) {
    turn.find('lost', `${after}: the run is gone`);
    return;
  }
  const [wanted, found] = [endOfRun(reference.run), endOfRun(run)];
  if (wanted !== found) {
    turn.find('lost', `${after}: the run is ${found}, undisturbed ${wanted}`);
    return;
  }
  const parted = difference(reference.curves, await studio.call('runs.curves', { id }));
  if (parted !== '') turn.find('lost', `${after}: ${parted}`);
  const hash = await studio.exportedHash(id);
  if (hash !== reference.hash) turn.find('lost', `${after}: other weights are exported`);
}
