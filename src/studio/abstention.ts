/** Below which sureness an answer counts as refused: one setting for Chat and Evaluate, kept over a reload. */
import { create } from 'zustand';
import { readPreference, writePreference } from './preferences.ts';

const KEY = 'abstain-below';
const MOST = 99;

interface Abstention {
  /** In whole per cent; 0 refuses nothing. */
  readonly below: number;
  readonly set: (below: number) => void;
}

function asPercent(value: unknown): number | null {
  const known = typeof value === 'number' && Number.isInteger(value);
  return known && value >= 0 && value <= MOST ? value : null;
}

export const useAbstention = create<Abstention>()((set) => ({
  below: readPreference(KEY, asPercent) ?? 0,
  set: (below) => {
    const kept = asPercent(below) ?? 0;
    writePreference(KEY, kept === 0 ? null : kept);
    set({ below: kept });
  },
}));

export { MOST as MOST_BELOW };
