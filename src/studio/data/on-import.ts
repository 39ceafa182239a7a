/** What imports look for on their way. */
import { create } from 'zustand';
import { readPreference, writePreference } from '../preferences.ts';

interface OnImport {
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** A switch that is remembered where it is not as usual. */
const remembered = (name: string, usual: boolean) =>
  create<OnImport>()((set) => ({
    on: readPreference(name, (value) => (typeof value === 'boolean' ? value : null)) ?? usual,
    set: (on) => {
      writePreference(name, on === usual ? null : on);
      set({ on });
    },
  }));

export const useIdentifiersOnImport = remembered('identifiers-on-import', false);
export const useNearOnImport = remembered('near-duplicates-on-import', true);

/** What a call to import is told of them. */
export function onImport(): { readonly identifiers: boolean; readonly nearDuplicates: boolean } {
  return {
    identifiers: useIdentifiersOnImport.getState().on,
    nearDuplicates: useNearOnImport.getState().on,
  };
}
