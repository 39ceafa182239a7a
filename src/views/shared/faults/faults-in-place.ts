/** Faults that a page shows where they happened; the frame around the pages does not say them once more. */
import { create } from 'zustand';
import type { StudioError } from '../../../faults/fault.ts';

interface FaultsInPlace {
  /** How many notices of the page show a fault, by the fault's key. */
  readonly counts: Readonly<Record<string, number>>;
  /** A notice begins to show a fault, by its key. @returns a function that ends this */
  readonly show: (key: string) => () => void;
}

/**
 * The key of a fault, whoever reports it: each job adds its own words on what was kept. A lost device says when
 * it was lost: an older answer that ended with another loss is another fault.
 */
export function faultKey({ code, message, data }: StudioError): string {
  return JSON.stringify([code, message, data['at'] ?? null]);
}

export const useFaultsInPlace = create<FaultsInPlace>()((set) => {
  const add = (key: string, change: number): void =>
    set(({ counts }) => {
      const { [key]: before = 0, ...others } = counts;
      const count = before + change;
      return { counts: count > 0 ? { ...others, [key]: count } : others };
    });
  return {
    counts: {},
    show: (key) => {
      add(key, 1);
      return () => add(key, -1);
    },
  };
});

/** Whether a notice of the page shows this fault. */
export function useShownInPlace(fault: StudioError | null): boolean {
  return useFaultsInPlace(({ counts }) => fault !== null && (counts[faultKey(fault)] ?? 0) > 0);
}

/** Whether two errors report the same fault. */
export function isSameFault(one: StudioError | null, other: StudioError | null): boolean {
  return one !== null && other !== null && faultKey(one) === faultKey(other);
}
