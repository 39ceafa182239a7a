#!/usr/bin/env node
/**
 * Measures `medcare prepare` on a large file: highest memory, records a second, and per second of processor time.
 *
 *   npm run scale:prepare [-- --bytes 5e9 --threads 2 --program build/engine/package/medcare.js]
 *
 * The file is made of the sample records, each with a number and words of others, so that no two are the same; it is
 * removed afterwards. Without `--program` the command runs from source, which takes some 100 MB more. Linux only: the
 * memory of all threads is read from /proc.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../setup.mjs';

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '2e8' },
    threads: { type: 'string', default: String(availableParallelism()) },
    program: { type: 'string', default: `${root}scripts/cli/medcare.mjs` },
    model: { type: 'string', default: `${root}public/models/medcare-nano` },
    recipe: { type: 'string', default: 'paper' },
  },
});
/** Clock ticks of Linux a second. */
const TICKS = 100;

/** Writes the records. @param {string} path @param {number} bytes */
async function makeRecords(path, bytes) {
  const folder = `${root}public/samples`;
  const names = (await readdir(folder)).filter((name) => /^(?!.*evaluation).*\.jsonl$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.trim().split('\n'));
  const words = [...new Set(lines.join(' ').match(/[\p{L}-]{3,}/gu))];
  const file = createWriteStream(path);
  let [state, written, records] = [1, 0, 0];
  const draw = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  while (written < bytes) {
    const beside = Array.from({ length: 20 + draw(40) }, () => words[draw(words.length)]).join(' ');
    // The first text of a record is its question, whatever its shape.
    const line = (lines[draw(lines.length)] ?? '').replace(
      /("(?:prompt|instruction|content|value)": ")/,
      `$1${records} ${beside} `,
    );
    written += Buffer.byteLength(line) + 1;
    records += 1;
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return records;
}

/** Memory and processor time of a process, all its threads together. @param {number} pid */
async function usage(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  const highest = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
  return { highest, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}

const work = await mkdtemp(join(tmpdir(), 'medcare-scale-'));
try {
  const data = join(work, 'records.jsonl');
  const records = await makeRecords(data, Number(values.bytes));
  console.log(`${records} records in ${(Number(values.bytes) / 1e6).toFixed(0)} MB`);
  const asked = ['prepare', values.recipe, '-m', values.model, '-d', data];
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [values.program, ...asked, '-o', join(work, 'prepared'), '--threads', values.threads],
    { stdio: 'inherit' },
  );
  let last = { highest: 0, seconds: 0 };
  const watch = setInterval(() => {
    usage(child.pid ?? 0).then(
      (now) => {
        last = now.highest > 0 ? now : last;
      },
      () => undefined,
    );
  }, 500);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const rate = (/** @type {number} */ over) => (records / over).toFixed(0);
  console.log(
    `exit code ${String(code)}; highest memory ${(last.highest / 1e6).toFixed(0)} MB; ` +
      `${seconds.toFixed(0)} s, ${rate(seconds)} records/s by ${values.threads} threads; ` +
      `${last.seconds.toFixed(0)} s of processor time, ${rate(last.seconds)} records a second of it`,
  );
  process.exitCode = Number(code);
} finally {
  await rm(work, { recursive: true, force: true });
}
