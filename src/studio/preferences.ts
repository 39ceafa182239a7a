/**
 * Small choices that survive a reload: the theme, the chosen model, results of evaluations. Kept in
 * localStorage; where that is refused (private windows, blocked storage) they last until the reload.
 */
const prefix = 'medcare-studio.';

/** A kept value as `parse` reads it; null when there is none or `parse` cannot read it. */
export function readPreference<T>(name: string, parse: (value: unknown) => T | null): T | null {
  try {
    const text = globalThis.localStorage.getItem(prefix + name);
    return text === null ? null : parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Keeps a value; null forgets it. */
export function writePreference(name: string, value: unknown): void {
  try {
    if (value === null) globalThis.localStorage.removeItem(prefix + name);
    else globalThis.localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Storage is full or refused: the choice still holds until the page is left.
  }
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asStrings(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}
