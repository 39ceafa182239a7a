/**
 * The race itself: every contestant prepares one row of the table, its results are compared with the first
 * contestant's, and only those that agree are timed, in turns, so that a disturbance of the machine meets
 * all of them.
 */
import { spreadOf, type Spread } from '../measure.ts';
import { countCommands, type CommandCount } from './count-commands.ts';

export type Values = Float32Array<ArrayBuffer>;

/** What a row costs at least; known for our own engine alone. */
export interface Cost {
  readonly dispatches: number;
  /** Bytes of every bound range, each counted once per dispatch. */
  readonly bytesBound: number;
}

/** One contestant's row, ready to run any number of times. */
export interface Runner {
  /** Starts one run. Its results stay on the device. */
  start(): void | Promise<void>;
  /** Resolves when everything that was started has been computed: the device's queue is empty. */
  finish(): Promise<void>;
  /** Results of the last run, by name; the same names, order and layout for all contestants. */
  results(): Promise<Readonly<Record<string, Values>>>;
  release(): void;
  readonly cost?: Cost;
}

export interface Contestant {
  readonly name: string;
  /** How the library is used, where that takes a word. */
  readonly note?: string;
  /** Instead of the row's bound, where the library computes with fewer bits. */
  readonly bound?: number;
  prepare(): Promise<Runner>;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly shape: string;
  /** Multiplications and additions that the mathematics needs; null where they mean little. */
  readonly flops: number | null;
  /** Bytes that must be read or written at least, every operand once; null where that means little. */
  readonly bytes: number | null;
  /** Largest relative L2 distance from our results that float32 explains. */
  readonly bound: number;
  /** Ours comes first: the others are compared with it. */
  readonly contestants: readonly Contestant[];
}

export interface Timed {
  readonly name: string;
  readonly note: string | null;
  /** Milliseconds of one run; null where it was not timed. */
  readonly milliseconds: Spread | null;
  /**
   * Milliseconds that the processors worked on one run, all threads and processes together: steadier than
   * the clock where a software adapter shares its machine. Null where that cannot be had.
   */
  readonly processorMilliseconds: Spread | null;
  /** Its time divided by ours: median over the rounds, each round's own two times compared. */
  readonly ratio: number | null;
  readonly processorRatio: number | null;
  /** The very first run, in which shaders are compiled. */
  readonly firstMilliseconds: number | null;
  readonly rounds: number;
  /** Runs started one after the other before each wait. */
  readonly runsPerRound: number;
  /** Relative L2 distance of each result from ours. */
  readonly distances: Readonly<Record<string, number>>;
  /** What one run submitted, counted at the WebGPU interface; null where that cannot be counted. */
  readonly commands: CommandCount | null;
  readonly cost: Cost | null;
  /** Why there is no time. */
  readonly failure: string | null;
}

export interface RowResult {
  readonly id: string;
  readonly title: string;
  readonly shape: string;
  readonly flops: number | null;
  readonly bytes: number | null;
  readonly bound: number;
  readonly contestants: readonly Timed[];
}

/** Milliseconds of processor time that the place has used so far, by all threads and processes. */
export type ProcessorClock = () => Promise<number>;

export interface RaceSettings {
  readonly rounds: number;
  /** Most seconds that the timed rounds of one row may take; fewer rounds where it is too little. */
  readonly secondsPerRow: number;
  /** A contestant is left out of a row where one run would take longer than this, by its earlier speed. */
  readonly patienceSeconds: number;
}

/** Operations per millisecond that each contestant reached, by title of the row. */
export type Speeds = Map<string, number>;

/** Aim of one timed batch: long beside the wait at its end. */
const batchMilliseconds = 100;
const mostRuns = 32;
const leastRounds = 3;
/** Runs longer than this are warm after one of them, and two rounds of them will do; or even one. */
const slowMilliseconds = 1500;
const verySlowMilliseconds = 8000;

/** ‖a − b‖ / ‖b‖; NaN where anything is NaN, which no bound passes. */
function distance(a: Values, b: Values): number {
  if (a.length !== b.length) return Number.NaN;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i += 1) {
    const expected = b[i] ?? Number.NaN;
    const d = (a[i] ?? Number.NaN) - expected;
    error += d * d;
    norm += expected * expected;
  }
  return norm === 0 ? Math.sqrt(error) : Math.sqrt(error / norm);
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').slice(0, 3).join(' ').slice(0, 400);
}

interface Ready {
  readonly contestant: Contestant;
  readonly runner: Runner;
  readonly distances: Record<string, number>;
  readonly commands: CommandCount | null;
  readonly milliseconds: number[];
  readonly processor: number[];
  readonly firstMilliseconds: number;
  /** Milliseconds of a run by the speed in earlier rows, 0 where there were none. */
  readonly foreseen: number;
  once: number;
  runs: number;
  failure: string | null;
}

async function timeRuns(runner: Runner, runs: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < runs; i += 1) await runner.start();
  await runner.finish();
  return (performance.now() - started) / runs;
}

/** Median of a[i] ÷ b[i]; null where there is nothing to compare. */
function medianRatio(a: readonly number[], b: readonly number[] | undefined): number | null {
  if (!b || a.length === 0 || a.length !== b.length) return null;
  const ratios = a.map((value, index) => value / (b[index] ?? Number.NaN));
  return ratios.every(Number.isFinite) ? spreadOf(ratios).median : null;
}

export interface RaceContext {
  readonly settings: RaceSettings;
  readonly processorClock: ProcessorClock | null;
  readonly speeds: Speeds;
  readonly log: (line: string) => void;
}

/** Runs one row; what fails is reported with its reason and the others go on. */
export async function race(row: Row, context: RaceContext): Promise<RowResult> {
  const { ready, failed } = await prepareAll(row, context);
  try {
    for (const one of ready) await warm(one);
    const rounds = roundsFor(ready, context.settings);
    for (let i = 0; i < rounds; i += 1) {
      for (const one of ready) await timeRound(one, context.processorClock);
    }
    for (const { contestant, milliseconds } of ready) {
      if (row.flops === null || milliseconds.length === 0) continue;
      const speed = row.flops / spreadOf(milliseconds).median;
      context.speeds.set(speedKey(row, contestant), speed);
    }
    const first = ready.find(({ contestant }) => contestant === row.contestants[0]);
    const timed = ready.map((one) => resultOf(one, first));
    const { id, title, shape, flops, bytes, bound } = row;
    return { id, title, shape, flops, bytes, bound, contestants: [...timed, ...failed] };
  } finally {
    for (const { runner } of ready) runner.release();
  }
}

function speedKey({ title }: Row, { name }: Contestant): string {
  return `${title} ${name}`;
}

/** Prepares every contestant that the patience allows, and keeps those that agree with the first. */
async function prepareAll(
  row: Row,
  { settings, speeds, log }: RaceContext,
): Promise<{ readonly ready: Ready[]; readonly failed: Timed[] }> {
  const ready: Ready[] = [];
  const failed: Timed[] = [];
  let expected: Results | null = null;
  const fail = (contestant: Contestant, failure: string): void => {
    log(`    ${contestant.name}: ${failure}`);
    failed.push(notTimed(contestant, failure));
  };
  for (const contestant of row.contestants) {
    const speed = speeds.get(speedKey(row, contestant));
    const foreseen = speed === undefined ? 0 : (row.flops ?? 0) / speed;
    if (foreseen > 1000 * settings.patienceSeconds) {
      const limit = `the limit is ${settings.patienceSeconds} s`;
      const seconds = (foreseen / 1000).toFixed(0);
      fail(contestant, `left out: a run would take some ${seconds} s (${limit})`);
      continue;
    }
    try {
      const { results, ...prepared } = await runFirst(contestant, expected, row.bound);
      expected ??= results;
      ready.push({ ...prepared, contestant, foreseen });
    } catch (error) {
      fail(contestant, reasonOf(error));
    }
  }
  return { ready, failed };
}

type Results = Readonly<Record<string, Values>>;

/**
 * The very first run, in which shaders are compiled, and what it gave.
 * @param expected results of the first contestant; null for itself
 * @throws Error when a result is not finite, or too far from the expected one
 */
async function runFirst(
  contestant: Contestant,
  expected: Results | null,
  rowBound: number,
): Promise<Omit<Ready, 'contestant' | 'foreseen'> & { readonly results: Results }> {
  const runner = await contestant.prepare();
  try {
    const started = performance.now();
    const commands = await countCommands(async () => {
      await runner.start();
      await runner.finish();
    });
    const firstMilliseconds = performance.now() - started;
    const results = await runner.results();
    const bound = contestant.bound ?? rowBound;
    const distances = expected ? distancesFrom(expected, results, bound) : {};
    if (!expected) checkFinite(results);
    const none = { milliseconds: [], processor: [], runs: 1, failure: null };
    const measured = { commands, firstMilliseconds, once: firstMilliseconds };
    return { runner, results, distances, ...measured, ...none };
  } catch (error) {
    runner.release();
    throw error;
  }
}

function checkFinite(results: Results): void {
  for (const [name, values] of Object.entries(results)) {
    if (!values.every(Number.isFinite)) throw new Error(`${name} is not finite`);
  }
}

/** @throws Error where one of them is beyond the bound */
function distancesFrom(expected: Results, results: Results, bound: number): Record<string, number> {
  const distances: Record<string, number> = {};
  for (const [name, values] of Object.entries(expected)) {
    distances[name] = distance(results[name] ?? new Float32Array(), values);
  }
  const wrong = Object.entries(distances).filter(([, d]) => !(d <= bound));
  if (wrong.length === 0) return distances;
  const text = wrong.map(([name, d]) => `${name} by ${d.toExponential(1)}`).join(', ');
  throw new Error(`results differ: ${text} (bound ${bound.toExponential(0)})`);
}

/** Finds out how long a run takes, and how many make a batch. */
async function warm(one: Ready): Promise<void> {
  try {
    // The first run compiled everything and tells no time, unless the row is known to be a long one.
    const { runner, foreseen } = one;
    if (foreseen < verySlowMilliseconds) one.once = await timeRuns(runner, 1);
    if (one.once < slowMilliseconds) one.once = await timeRuns(runner, 1);
    const fitting = Math.floor(batchMilliseconds / Math.max(one.once, 0.01));
    one.runs = Math.max(1, Math.min(mostRuns, fitting));
  } catch (error) {
    one.failure = reasonOf(error);
  }
}

/** As many rounds as the row has time for. */
function roundsFor(ready: readonly Ready[], settings: RaceSettings): number {
  const round = ready.reduce((sum, { once, runs }) => sum + once * runs, 0);
  const affordable = Math.floor((1000 * settings.secondsPerRow) / Math.max(round, 1));
  const slowest = Math.max(0, ...ready.map(({ once }) => once));
  const least = slowest > verySlowMilliseconds ? 1 : slowest > slowMilliseconds ? 2 : leastRounds;
  return Math.min(settings.rounds, Math.max(least, affordable));
}

async function timeRound(one: Ready, processorClock: ProcessorClock | null): Promise<void> {
  if (one.failure !== null) return;
  try {
    const before = await processorClock?.();
    one.milliseconds.push(await timeRuns(one.runner, one.runs));
    const after = await processorClock?.();
    if (before !== undefined && after !== undefined) {
      one.processor.push((after - before) / one.runs);
    }
  } catch (error) {
    one.failure = reasonOf(error);
  }
}

function resultOf(one: Ready, first: Ready | undefined): Timed {
  const { contestant, runner, distances, commands, milliseconds, processor, failure } = one;
  const good = failure === null && milliseconds.length > 0;
  return {
    name: contestant.name,
    note: contestant.note ?? null,
    milliseconds: good ? spreadOf(milliseconds) : null,
    processorMilliseconds: good && processor.length > 0 ? spreadOf(processor) : null,
    ratio: good ? medianRatio(milliseconds, first?.milliseconds) : null,
    processorRatio: good ? medianRatio(processor, first?.processor) : null,
    firstMilliseconds: one.firstMilliseconds,
    rounds: milliseconds.length,
    runsPerRound: one.runs,
    distances,
    commands,
    cost: runner.cost ?? null,
    failure,
  };
}

function notTimed({ name, note }: Contestant, failure: string): Timed {
  return {
    ...{ name, note: note ?? null, failure, milliseconds: null, processorMilliseconds: null },
    ...{ ratio: null, processorRatio: null, firstMilliseconds: null, rounds: 0, runsPerRound: 0 },
    ...{ distances: {}, commands: null, cost: null },
  };
}
