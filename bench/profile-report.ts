/** Profiles as text for the console. */
import type { PlanProfile, ProfileClock } from '../src/engine/gpu/profile.ts';

/** Prints aligned columns, the first to the left. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  for (const cells of rows) {
    const line = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${line.join('  ')}`);
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** How dispatches were timed, in words. */
export function clockWords({ kind, resolutionNanoseconds }: ProfileClock): string {
  const step =
    resolutionNanoseconds < 1000
      ? `${resolutionNanoseconds} ns`
      : `${(resolutionNanoseconds / 1000).toFixed(1)} µs`;
  return kind === 'timestamps'
    ? `timestamps of the device, in steps of ${step}`
    : `wall clock, one dispatch after the other (no timestamps here; shortest ${step})`;
}

/**
 * Families, the share of products and attention, and the cost of launching.
 * @param emptyMicroseconds what an empty dispatch took beside these, where that was measured
 */
export function printProfile(profile: PlanProfile, emptyMicroseconds: number | null): void {
  const { clock, rounds, families, milliseconds, wallMilliseconds } = profile;
  const rows = families.map((family) => [
    family.family,
    String(family.dispatches),
    megabytes(family.bytes),
    `${family.milliseconds.toFixed(2)} ms`,
    percent(family.milliseconds / milliseconds),
    (family.bytes / 1e6 / family.milliseconds).toFixed(2),
  ]);
  table([['family', 'dispatches', 'bound', 'time', 'share', 'GB/s'], ...rows]);
  console.log(`  ${clockWords(clock)}; ${rounds} rounds`);
  console.log(
    `  products and attention: ${percent(profile.productMilliseconds / milliseconds)} of ` +
      `${milliseconds.toFixed(2)} ms within dispatches`,
  );
  const { launchMilliseconds: launch } = profile;
  if (launch !== null) {
    console.log(
      `  launch cost: ${percent(launch / (launch + milliseconds))} (${launch.toFixed(2)} ms to encode, ` +
        'submit, and between dispatches)',
    );
  }
  console.log(`  all of it in one submission: ${wallMilliseconds.toFixed(2)} ms`);
  if (emptyMicroseconds === null) return;
  const dispatches = families.reduce((sum, family) => sum + family.dispatches, 0);
  const launches = (dispatches * emptyMicroseconds) / 1000;
  console.log(
    `  ${dispatches} empty dispatches: ${percent(launches / (launches + milliseconds))} ` +
      `(${launches.toFixed(2)} ms, ${emptyMicroseconds.toFixed(1)} µs each)`,
  );
}

/** A profile for a report: families without the list of dispatches. */
export function profileSummary(profile: PlanProfile): Omit<PlanProfile, 'dispatches'> & {
  readonly productShare: number;
  readonly launchShare: number | null;
} {
  const { dispatches: _each, ...summary } = profile;
  const launch = profile.launchMilliseconds;
  return {
    ...summary,
    productShare: profile.productMilliseconds / profile.milliseconds,
    launchShare: launch === null ? null : launch / (launch + profile.milliseconds),
  };
}
