/** `medcare prepare`: records of any number as tokens in shards, made once, for runs on a cluster. */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { PreparedSet } from '../../archive/prepared/prepared-index.ts';
import { EXIT } from '../exit-codes.ts';
import { openBase, type BaseModel } from '../inputs/base-model.ts';
import { readRecipe } from '../inputs/recipe-file.ts';
import { dataFiles } from '../inputs/record-files.ts';
import { interruptible } from '../interrupt.ts';
import type { DataPlace, Given } from '../options.ts';
import { prepareSet } from '../prepare/prepare-set.ts';
import { PreparingFolder } from '../prepare/preparing-folder.ts';
import { PreparingProgress } from '../prepare/progress.ts';
import { openEncoders } from '../prepare/threads.ts';
import { preparedWith } from '../run/prepared-run.ts';
import type { Terminal } from '../terminal.ts';
import { whole } from '../words/figures.ts';
import { prepareWords } from '../words/prepare-words.ts';
import { kindWords, runWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

/** Each takes some 100 MB: with more of them a large file might need more than 1 GB. */
const MOST_THREADS = 4;

export const prepareRecords: Command = {
  usage: 'RECIPE --model DIR --data FILE … --out DIR', // words: what is typed
  options: ['model', 'data', 'knowledge', 'alignment', 'out', 'threads'],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['RECIPE']);
    const [model, out] = [given.needed('model'), given.needed('out')];
    if (given.data.length === 0) throw given.missing('data');
    const threads = threadsOf(given);
    const recipe = await readRecipe(place);
    terminal.note(runWords().reading);
    const date = Date.now();
    const base = await openBase(model, shell.env, { now: new Date(date) });
    const files = await dataFiles(given.data);
    const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
    const folder = await PreparingFolder.open(out, {
      ...preparedWith(base, recipe),
      date,
      files: files.map(({ path, kind }, i) => ({
        ...{ name: basename(path), kind, bytes: sizes[i] ?? 0 },
      })),
    });
    const shards = files.reduce((sum, _, set) => sum + folder.kept(set).length, 0);
    if (shards > 0) terminal.note(prepareWords().goesOn(whole(shards)));
    return interruptible(
      shell,
      () => terminal.note(prepareWords().ending),
      (signal) => prepareAll({ base, folder, files, sizes, threads, terminal, signal }),
    );
  },
};

function threadsOf(given: Given): number {
  // One more thread reads the files.
  const usual = Math.max(1, Math.min(availableParallelism(), MOST_THREADS));
  return given.whole('threads') ?? usual;
}

interface Job {
  readonly base: BaseModel;
  readonly folder: PreparingFolder;
  readonly files: readonly DataPlace[];
  readonly sizes: readonly number[];
  readonly threads: number;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** @returns the exit code */
async function prepareAll(job: Job): Promise<number> {
  const { base, folder, files, sizes, threads, terminal, signal } = job;
  const { date, rules } = folder.begun;
  const progress = new PreparingProgress(sizes.reduce((sum, bytes) => sum + bytes, 0));
  const encoders = openEncoders(threads, base.model, { model: base.path, date, rules });
  const sets: PreparedSet[] = [];
  try {
    for (const [set, file] of files.entries()) {
      const prepared = await prepareSet(file, set, {
        ...{ folder, encoders, signal },
        hear: (heard) => {
          progress.hear(heard);
          terminal.status(progress.line);
          if (heard.shard) {
            const { path, records, tokens } = heard.shard.shard;
            const { tokens: _all, ...now } = progress.now;
            terminal.value({ type: 'shard', set: file.path, path, ...now, records, tokens });
          }
        },
      });
      progress.next(sizes[set] ?? 0);
      sets.push(prepared);
      tellSet(prepared, terminal);
    }
    await folder.end(sets);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    terminal.endStatus();
    terminal.say(prepareWords().stopped(folder.path));
    terminal.value({ type: 'interrupted', out: folder.path, ...progress.now });
    return EXIT.interrupted;
  } finally {
    await encoders.close();
  }
  tellEnd(folder.path, sets, progress, terminal);
  return EXIT.done;
}

function tellSet({ name, kind, records, tokens, rowsLeft }: PreparedSet, terminal: Terminal): void {
  const words = prepareWords();
  terminal.endStatus();
  terminal.say(words.set(name, kindWords()[kind], whole(records), whole(tokens)));
  if (rowsLeft > 0) terminal.note(words.rows(name, whole(rowsLeft)));
}

function tellEnd(
  out: string,
  sets: readonly PreparedSet[],
  progress: PreparingProgress,
  terminal: Terminal,
): void {
  const words = prepareWords();
  const shards = sets.reduce((sum, set) => sum + set.shards.length, 0);
  terminal.say(words.written(out, whole(shards)));
  terminal.say(words.secret);
  terminal.say(words.next(out));
  const { records, known, tokens, recordsPerSecond } = progress.now;
  terminal.value({ type: 'prepared', out, shards, records, known, tokens, recordsPerSecond });
}
