/** Whether imports look for identifiers on their way. */
import { create } from 'zustand';
import { readPreference, writePreference } from '../preferences.ts';

const NAME = 'identifiers-on-import';

interface OnImport {
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

export const useOnImport = create<OnImport>()((set) => ({
  on: readPreference(NAME, (value) => value === true) ?? false,
  set: (on) => {
    writePreference(NAME, on ? true : null);
    set({ on });
  },
}));
