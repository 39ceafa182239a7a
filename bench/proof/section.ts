/** The parts of a proof: what each finds, and the time it may take. */
import type { Gpu } from '../../src/engine/gpu/device.ts';

/** A table of a report: a head, and rows of as many cells. */
export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that has an aim. */
export interface Aim {
  readonly what: string;
  readonly found: number;
  readonly wanted: number;
  /** Whether more than the wanted figure is better, or less. */
  readonly better: 'more' | 'less';
  readonly unit: 'share' | 'times';
}

/** What a section found. */
export interface Findings {
  /** What is wrong; a proof with any does not hold. */
  readonly wrong: readonly string[];
  readonly notes?: readonly string[];
  readonly tables?: readonly ReportTable[];
  readonly aims?: readonly Aim[];
  /** The figures themselves, for the JSON report. */
  readonly figures?: unknown;
}

/** What every section is given. */
export interface Bench {
  /** The device, and with the kernel variants that were found to be the fastest on it once it was tuned. */
  readonly gpu: Gpu;
  /** Small shapes: a rehearsal on a software adapter. */
  readonly small: boolean;
  /** Of every choice that is left to chance. */
  readonly seed: number;
  /** Seconds that the section has left; it begins nothing that would not end by then. */
  readonly left: () => number;
}

export interface Section {
  readonly name: string;
  /** Part of the whole time that it may take. */
  readonly share: number;
  run(bench: Bench): Promise<Findings>;
}

/** Whether an aim is reached, written so that NaN is not. */
export function isReached({ found, wanted, better }: Aim): boolean {
  return better === 'more' ? found >= wanted : found <= wanted;
}
