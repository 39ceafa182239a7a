/**
 * Compares this checkout with another one in turns, so that a machine whose speed changes slows both alike.
 *
 *   npm run bench:turns -- --against FOLDER [--seconds N] [--only WORDS]
 *
 * FOLDER holds another checkout with its packages installed and this folder, `bench/turns`, in it. Two processes run each
 * row one after the other, in changing order. Printed is the median of the ratios of neighbours, this checkout over the
 * other, with its 95 % interval (bootstrap), by the clock and by processor time: 1.03 means 3 % slower.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { randomSource } from '../../src/engine/testing/numbers.ts';
import { fittingReplays, spreadOf } from '../measure.ts';
import { table } from '../profile-report.ts';
import { answerMark, type Question, type Sample } from './protocol.ts';

interface Opened {
  readonly adapter: string;
  readonly rows: readonly string[];
}

interface Side {
  readonly opened: Opened;
  readonly ask: (question: Question) => Promise<Sample>;
  readonly close: () => void;
}

const leastPairs = 5;
const resamples = 500;

async function openSide(folder: string): Promise<Side> {
  const child = spawn(process.execPath, ['scripts/run-ts.mjs', 'bench/turns/side.ts'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((line: string) => void)[] = [];
  const failing: ((error: Error) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith(answerMark)) return;
    failing.shift();
    waiting.shift()?.(line.slice(answerMark.length));
  });
  child.on('exit', (code) => {
    for (const fail of failing) fail(new Error(`${folder} ended with exit code ${code}`));
  });
  const next = async (): Promise<unknown> => {
    const line = await new Promise<string>((done, failed) => {
      waiting.push(done);
      failing.push(failed);
    });
    return JSON.parse(line);
  };
  const opened = (await next()) as Opened;
  const ask = async (question: Question): Promise<Sample> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return (await next()) as Sample;
  };
  return { opened, ask, close: () => child.stdin.end() };
}

/** Median of the ratios, and the interval that holds it in 95 of 100 resamples. */
function ratioWords(ratios: readonly number[]): string {
  const next = randomSource(7);
  const medians = Array.from({ length: resamples }, () => {
    const drawn = ratios.map(() => ratios[Math.floor(next() * ratios.length)] ?? Number.NaN);
    return spreadOf(drawn).median;
  }).sort((a, b) => a - b);
  const at = (share: number): string =>
    (medians[Math.floor(share * (resamples - 1))] ?? Number.NaN).toFixed(3);
  return `${spreadOf(ratios).median.toFixed(3)} (${at(0.025)} … ${at(0.975)})`;
}

/** Takes both sides in turns for some seconds; each second pair begins with the other side. */
async function comparePairs(here: Side, there: Side, row: string, seconds: number) {
  await there.ask({ prepare: row });
  await here.ask({ prepare: row });
  const times = fittingReplays((await there.ask({ times: 1 })).wall);
  await here.ask({ times: 1 });
  const pairs: { readonly here: Sample; readonly there: Sample }[] = [];
  const end = performance.now() + 1000 * seconds;
  while (pairs.length < leastPairs || performance.now() < end) {
    if (pairs.length % 2 === 0) {
      const first = await there.ask({ times });
      pairs.push({ there: first, here: await here.ask({ times }) });
    } else {
      const first = await here.ask({ times });
      pairs.push({ here: first, there: await there.ask({ times }) });
    }
  }
  return { pairs, times };
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string' },
      seconds: { type: 'string', default: '15' },
      only: { type: 'string', default: '' },
    },
  });
  const seconds = Number(values.seconds);
  if (values.against === undefined || !(seconds > 0)) {
    console.error('usage: npm run bench:turns -- --against FOLDER [--seconds N] [--only WORDS]');
    return 2;
  }
  const there = await openSide(resolve(values.against));
  const here = await openSide(process.cwd());
  console.log(`adapter: ${here.opened.adapter}; the other checkout: ${there.opened.adapter}`);
  const printed = [['row', 'pairs', 'clock', 'processor time', 'each']];
  for (const row of here.opened.rows) {
    if (!row.includes(values.only) || !there.opened.rows.includes(row)) continue;
    const { pairs, times } = await comparePairs(here, there, row, seconds);
    const clock = ratioWords(pairs.map((pair) => pair.here.wall / pair.there.wall));
    const processor = ratioWords(pairs.map((pair) => pair.here.processor / pair.there.processor));
    const each = spreadOf(pairs.map((pair) => pair.here.wall / times)).median;
    printed.push([row, String(pairs.length), clock, processor, `${each.toFixed(2)} ms`]);
    console.log(`${row}: ${clock}, processor time ${processor}`);
  }
  table(printed);
  here.close();
  there.close();
  return 0;
}
