/**
 * One checkout of a comparison in turns: prepares rows and takes samples as `run.ts` tells it, a line of JSON for each
 * question on standard input, a marked line of JSON for each answer on standard output.
 */
import { createInterface } from 'node:readline';
import { openOwnDevice } from '../../scripts/device.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import { comparedRows, type PreparedRow } from './rows.ts';
import { answerMark, type Question, type Sample } from './protocol.ts';

function answer(value: unknown): void {
  process.stdout.write(`${answerMark}${JSON.stringify(value)}\n`);
}

async function sample(row: PreparedRow, times: number): Promise<Sample> {
  const used = process.cpuUsage();
  const started = performance.now();
  await row.run(times);
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  return { wall, processor: (user + system) / 1000 };
}

export async function main(): Promise<number> {
  const gpu = await openOwnDevice();
  const { config, weights: folder } = await openCheckpoint('public/models/medcare-nano');
  const rows = comparedRows({ gpu, config, folder });
  const { description, device } = gpu.adapter;
  answer({ adapter: description || device, rows: rows.map(({ name }) => name) });
  let prepared: PreparedRow | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question;
    if ('prepare' in question) {
      prepared?.release();
      const row = rows.find(({ name }) => name === question.prepare);
      if (!row) throw new Error(`No row is called ${question.prepare}`);
      prepared = await row.prepare();
      // The first run finds caches cold.
      answer(await sample(prepared, 1));
    } else if (prepared) {
      answer(await sample(prepared, question.times));
    }
  }
  return 0;
}
