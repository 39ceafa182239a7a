/** How a person wants each kind of identifier replaced: kept for the next set. */
import { create } from 'zustand';
import type { IdentifierKind, Way, Ways } from '../../contract/identifiers.ts';
import { readPreference, writePreference } from '../preferences.ts';

const NAME = 'identifier-ways';

/** Every kind once; the compiler reports a forgotten one. */
const surrogates: Ways = {
  NAME: 'surrogate',
  DATE: 'surrogate',
  AGE: 'surrogate',
  PHONE: 'surrogate',
  EMAIL: 'surrogate',
  RECORD: 'surrogate',
  ID: 'surrogate',
  ADDRESS: 'surrogate',
  HOSPITAL: 'surrogate',
  URL: 'surrogate',
  IP: 'surrogate',
  ACCOUNT: 'surrogate',
  DEVICE: 'surrogate',
  WECHAT: 'surrogate',
  BED: 'surrogate',
  LICENCE: 'surrogate',
  VEHICLE: 'surrogate',
};

export const KINDS = Object.keys(surrogates) as readonly IdentifierKind[];

const isWay = (value: unknown): value is Way =>
  value === 'surrogate' || value === 'kind' || value === 'leave';

function asWays(value: unknown): Ways | null {
  if (typeof value !== 'object' || value === null) return null;
  const stored = value as Readonly<Record<string, unknown>>;
  const ways = KINDS.map((kind) => {
    const way = stored[kind];
    return [kind, isWay(way) ? way : surrogates[kind]] as const;
  });
  return Object.fromEntries(ways) as Ways;
}

interface WaysState {
  readonly ways: Ways;
  /** Null changes every kind. */
  readonly set: (kind: IdentifierKind | null, way: Way) => void;
}

export const useWays = create<WaysState>()((set, get) => ({
  ways: readPreference(NAME, asWays) ?? surrogates,
  set: (kind, way) => {
    const changed = kind === null ? KINDS : [kind];
    const ways = { ...get().ways, ...Object.fromEntries(changed.map((one) => [one, way])) } as Ways;
    writePreference(NAME, ways);
    set({ ways });
  },
}));
