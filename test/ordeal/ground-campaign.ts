/**
 * A campaign in Chromium: each turn takes the shared ground as it is, and either leaves it in a known state or
 * drops it.
 */
import type { OpenCampaign, Turn } from './campaign.ts';
import { currentGround, dropGround, enterGround, leaveGround } from './ground.ts';
import type { Ground } from './ground.ts';

/** What happens in a turn on the ground. */
type GroundTurn = (turn: Turn, ground: Ground) => Promise<void>;

export async function openOnGround(take: GroundTurn): Promise<OpenCampaign> {
  const { place } = await enterGround();
  return {
    place,
    turn: async (turn) => {
      const ground = await currentGround();
      try {
        await take(turn, ground);
      } catch (error) {
        await dropGround();
        throw error;
      }
    },
    close: leaveGround,
  };
}
