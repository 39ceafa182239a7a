/** What may go wrong with a hub, its answers and its files, as faults of the studio. */
import type { HubAnswerReason, HubPage } from '../../faults/catalogue/hub.ts';
import { detailOf, fault, StudioError } from '../../faults/fault.ts';

/** The existing models, and the part of this download that has come. */
const KEPT_PART = { kept: 'models-and-download' } as const;
const KEPT = { kept: 'models' } as const;

/** Text from an answer or from a person, cut short enough for a sentence. */
const shown = (text: string): string => text.slice(0, 160);

export function badAddress(address: string): StudioError {
  return fault('hub-address', { address: shown(address) }, KEPT);
}

export function badName(name: string): StudioError {
  return fault('hub-name', { name: shown(name) }, KEPT);
}

export function otherHub(typed: string, hub: string): StudioError {
  return fault('hub-elsewhere', { typed: shown(typed), hub }, KEPT);
}

export function unreachable(hub: string, thrown: unknown): StudioError {
  const online = (globalThis.navigator as { readonly onLine?: boolean } | undefined)?.onLine;
  return fault(
    'hub-unreachable',
    { hub, detail: shown(detailOf(thrown)), offline: online === false },
    { ...KEPT_PART, cause: thrown },
  );
}

export function missingModel(name: string, hub: string): StudioError {
  return fault('hub-missing', { name, hub }, KEPT);
}

export function missingRevision(name: string, revision: string): StudioError {
  return fault('hub-revision-missing', { name, revision: shown(revision) }, KEPT);
}

export function gatedModel(name: string, hub: string): StudioError {
  return fault('hub-gated', { name, hub }, KEPT);
}

export function privateModel(name: string, hub: string): StudioError {
  return fault('hub-private', { name, hub }, KEPT);
}

export function missingFile(path: string): StudioError {
  return fault('hub-file-missing', { path: shown(path) }, KEPT_PART);
}

export function busy(hub: string, status: number, seconds: number | null): StudioError {
  const wait = seconds === null ? {} : { seconds };
  return fault('hub-busy', { hub, status, ...wait }, KEPT_PART);
}

export function refused(hub: string, status: number): StudioError {
  return fault('hub-refused', { hub, status }, KEPT_PART);
}

export function badAnswer(hub: string, why: HubAnswerReason): StudioError {
  return fault('hub-answer', { hub, ...why }, KEPT);
}

export function noWeights(name: string): StudioError {
  return fault('hub-no-weights', { name }, KEPT);
}

export function pageInstead(path: string, found: HubPage): StudioError {
  return fault('hub-page', { path: shown(path), found }, KEPT_PART);
}

export function wrongLength(path: string, expected: number, found: number): StudioError {
  return fault('hub-length', { path: shown(path), expected, found }, KEPT_PART);
}

export function wrongHash(path: string, expected: string, found: string): StudioError {
  return fault('hub-hash', { path: shown(path), expected, found }, { kept: 'other-files' });
}

/** @param why what the browser said, or which of our checks failed */
export function cutOff(path: string, received: number, expected: number, why: string): StudioError {
  return fault('hub-cut', { path: shown(path), received, expected, why: shown(why) }, KEPT_PART);
}

/** Faults that may pass by themselves, so that another attempt makes sense. */
const PASSING: ReadonlySet<string> = new Set(['hub-unreachable', 'hub-busy', 'hub-cut']);

export function isPassing(error: unknown): error is StudioError {
  return error instanceof StudioError && PASSING.has(error.code);
}
