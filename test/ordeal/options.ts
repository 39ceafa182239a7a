/** Command line of the ordeal. */
import { parseArgs } from 'node:util';

export interface OrdealOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Names of campaigns; empty takes all. */
  readonly only: readonly string[];
  /** One turn of each campaign, to see a finding again; null for as many as there is time for. */
  readonly turn: number | null;
  readonly json: string | null;
  /** Builds the page first, where a campaign needs it. */
  readonly build: boolean;
  /** A Markdown file whose table is written again. */
  readonly table: string | null;
}

export const HELP = `npm run ordeal -- [options]

  --minutes N   how long to run; every campaign has at least one turn (default 5)
  --seed S      seed of the random choices (default: taken from the clock, and printed)
  --only a,b    runs only these campaigns
  --turn T      runs only turn T of the campaigns, as a finding names it
  --no-build    uses the page that is already in dist/
  --json FILE   writes counts and findings as JSON
  --table FILE  writes the table between the marks in this Markdown file
`;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`--${name} ${text}: must be a whole number from 0 on`);
  }
  return value;
}

/** @throws Error in words, for an option that is not there or not of its kind */
export function readOptions(args: readonly string[], names: readonly string[]): OrdealOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      only: { type: 'string', default: '' },
      turn: { type: 'string' },
      json: { type: 'string' },
      table: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 10_000)) {
    throw new Error(`--minutes ${values.minutes}: must be a number above 0, at most 10,000`);
  }
  const only = values.only.split(',').filter((name) => name !== '');
  for (const name of only) {
    if (!names.includes(name))
      throw new Error(`--only ${name}: must be one of ${names.join(', ')}`);
  }
  return {
    minutes,
    seed:
      values.seed === undefined
        ? Math.floor(Date.now() / 1000) % 1_000_000
        : wholeNumber('seed', values.seed),
    only,
    turn: values.turn === undefined ? null : wholeNumber('turn', values.turn),
    json: values.json ?? null,
    table: values.table ?? null,
    build: !values['no-build'],
  };
}
