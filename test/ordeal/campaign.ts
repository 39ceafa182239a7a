/** The type of a campaign, and how one of its turns reports what it did and found. */
import { StudioError } from '../../src/faults/fault.ts';
import type { Random } from './random.ts';

/**
 * `lost`: something that was there, or that a run without faults has, is gone or another. `hung`: no answer
 * within the time given. `untyped`: a fault without a code and words of its own. `left`: bytes that nothing
 * names, on the device or in storage. `memory`: more of it than the input can need.
 */
export type FindingKind = 'lost' | 'hung' | 'untyped' | 'left' | 'memory';

export interface Finding {
  readonly campaign: string;
  readonly kind: FindingKind;
  readonly what: string;
  readonly seed: number;
  readonly turn: number;
}

/** What a campaign counts: a word for programs, and words for the table. */
export type CountWords = Readonly<Record<string, string>>;

/** One turn of a campaign: its random choices, and where it notes what happened. */
export interface Turn {
  readonly number: number;
  readonly random: Random;
  count(key: string, times?: number): void;
  find(kind: FindingKind, what: string): void;
}

/** A campaign that was set up: turns until the time is used up, then the end. */
export interface OpenCampaign {
  /** Where it runs, for the table: adapter, browser, or program. */
  readonly place: string;
  turn(turn: Turn): Promise<void>;
  close(): Promise<void>;
}

export interface Campaign {
  readonly name: string;
  readonly counts: CountWords;
  /** Whether it needs the built page. */
  readonly inBrowser: boolean;
  open(seed: number): Promise<OpenCampaign>;
}

/** Ends a turn whose finding is noted: what was disturbed is in no known state. */
export class TurnOver extends Error {}

/** A wait that came to no end. */
export class Hung extends Error {}

/** What a promise gives, or `Hung` after a time in which even a busy machine would have answered. */
export async function within<T>(seconds: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Hung(`${what}: no answer in ${seconds} s`));
    }, seconds * 1000);
  });
  // Where the time is up first, nobody waits for how it ends.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code of what was thrown; `untyped: …` for whatever has no code and words of its own. */
export function codeOfThrown(thrown: unknown): string {
  if (thrown instanceof StudioError && thrown.code !== 'internal') return thrown.code;
  return `untyped: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

/** How a call ended: `no error`, a code, or `untyped: …`. A call without an end is `Hung`. */
export async function endOf(
  seconds: number,
  what: string,
  call: Promise<unknown>,
): Promise<string> {
  try {
    await within(seconds, what, call);
    return 'no error';
  } catch (thrown) {
    if (thrown instanceof Hung) throw thrown;
    return codeOfThrown(thrown);
  }
}
