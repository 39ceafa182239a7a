/** The theme: light, dark or the system's. */
import { create } from 'zustand';
import { readPreference, writePreference } from './preferences.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

interface ThemeState {
  readonly choice: ThemeChoice;
  /** The theme that is shown now. */
  readonly shown: 'light' | 'dark';
  readonly choose: (choice: ThemeChoice) => void;
}

const systemDark = globalThis.matchMedia('(prefers-color-scheme: dark)');

function resolve(choice: ThemeChoice): 'light' | 'dark' {
  if (choice !== 'system') return choice;
  return systemDark.matches ? 'dark' : 'light';
}

function parseChoice(value: unknown): ThemeChoice | null {
  return value === 'light' || value === 'dark' || value === 'system' ? value : null;
}

const initial = readPreference('theme', parseChoice) ?? 'system';

/** Light or dark: the system's choice until a person chooses. */
export const useTheme = create<ThemeState>()((set) => ({
  choice: initial,
  shown: resolve(initial),
  choose: (choice) => {
    writePreference('theme', choice === 'system' ? null : choice);
    set({ choice, shown: resolve(choice) });
  },
}));

/** Puts the theme on the document, now and whenever it changes. */
export function followTheme(): void {
  const apply = () => {
    document.documentElement.dataset['theme'] = useTheme.getState().shown;
  };
  apply();
  useTheme.subscribe(apply);
  systemDark.addEventListener('change', () => {
    useTheme.setState(({ choice }) => ({ shown: resolve(choice) }));
  });
}
