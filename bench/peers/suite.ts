/** Everything that is measured in one place. */
import { openDevice, type AdapterDescription, type Gpu } from '../../src/engine/gpu/device.ts';
import { higher, measureCeilings, type Ceilings } from '../ceilings.ts';
import type { GenerationResult, WriterContestant } from './generation/contest.ts';
import { measureGeneration } from './generation/index.ts';
import type { NamedWeights } from './generation/model.ts';
import type { OrtModule } from './ort.ts';
import {
  race,
  reasonOf,
  type ProcessorClock,
  type RaceSettings,
  type RowResult,
  type Speeds,
  type Timed,
} from './race.ts';
import { allRows } from './rows/index.ts';

/** What a run is asked for; plain data, handed into the page. */
export interface SuiteOptions extends RaceSettings {
  /** Only rows whose id contains one of these; all if empty. */
  readonly only: readonly string[];
  /** Only these contestants beside ours; all if empty. */
  readonly peers: readonly string[];
}

export interface SuiteReport {
  readonly adapter: AdapterDescription;
  readonly ceilings: Ceilings;
  readonly rows: readonly RowResult[];
  readonly generation: GenerationResult | null;
}

/** Where a suite runs. */
export interface Place {
  readonly gpu: GPU;
  readonly loadOrt: () => Promise<OrtModule>;
  readonly processorClock: ProcessorClock | null;
  /** Contestants of generation that exist in this place alone. */
  /** More to measure on our device at the end. */
  readonly more?: (device: Gpu) => Promise<void>;
  readonly writers: (model: NamedWeights, capacity: number) => readonly WriterContestant[];
}

/** Runs every row in the place it is called in, on the adapter that its `gpu` gives. */
export async function runSuite(
  place: Place,
  options: SuiteOptions,
  log: (line: string) => void,
): Promise<SuiteReport> {
  const { gpu, loadOrt, processorClock } = place;
  const device = await openDevice(gpu);
  const atFirst = await measureCeilings(device);
  log(
    `  ceilings: ${(atFirst.bytesPerSecond / 1e9).toFixed(2)} GB/s, ` +
      `${(atFirst.flopsPerSecond / 1e9).toFixed(2)} GFLOP/s, launch ${atFirst.launchMicroseconds.toFixed(1)} µs`,
  );
  const rows: RowResult[] = [];
  const speeds: Speeds = new Map();
  const { only, peers } = options;
  for (const row of allRows({ gpu: device, loadOrt })) {
    if (!wantsRow(only, row.id)) continue;
    const wanted = row.contestants.filter(
      ({ name }) => name === 'ours' || peers.length === 0 || peers.includes(name),
    );
    log(`  ${row.title}, ${row.shape}`);
    try {
      const context = { settings: options, processorClock, speeds, log };
      const result = await race({ ...row, contestants: wanted }, context);
      rows.push(result);
      for (const timed of result.contestants) if (timed.milliseconds) log(timedLine(timed));
    } catch (error) {
      log(`    failed: ${reasonOf(error)}`);
    }
  }
  let generation: GenerationResult | null = null;
  if (wantsRow(only, 'generation')) {
    log('  generation');
    try {
      generation = await measureGeneration(device, loadOrt, place.writers, options, log);
    } catch (error) {
      log(`    failed: ${reasonOf(error)}`);
    }
  }
  await place.more?.(device);
  // Once more: what disturbed the first measurement lowers no ceiling.
  const ceilings = higher(atFirst, await measureCeilings(device));
  const { adapter } = device;
  device.close();
  return { adapter, ceilings, rows, generation };
}

/** Whether a row is asked for: any part of its id will do. */
export function wantsRow(only: readonly string[], id: string): boolean {
  return only.length === 0 || only.some((part) => id.includes(part));
}

function timedLine(timed: Timed): string {
  const { name, milliseconds, processorMilliseconds, ratio, processorRatio } = timed;
  if (!milliseconds) return name;
  const { runsPerRound, rounds, commands, distances } = timed;
  const { median, least, most } = milliseconds;
  const worst = Math.max(0, ...Object.values(distances));
  const times = (value: number | null): string => (value === null ? '' : `${value.toFixed(2)}×`);
  const processor = processorMilliseconds
    ? `  processors ${processorMilliseconds.median.toFixed(2)} ms ${times(processorRatio)}`
    : '';
  return (
    `    ${name.padEnd(16)} ${median.toFixed(2).padStart(10)} ms ${times(ratio).padStart(8)}${processor}  ` +
    `(${least.toFixed(2)}–${most.toFixed(2)}, ${rounds} rounds of ${runsPerRound}, ` +
    `${commands ? `${commands.dispatches} dispatches, ` : ''}within ${worst.toExponential(1)})`
  );
}
