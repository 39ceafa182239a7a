/** A campaign in Chromium: its turns come upon the shared ground as it is, and leave it known or not at all. */
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
