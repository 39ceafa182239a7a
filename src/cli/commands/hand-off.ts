/** `medcare hand-off`: a run as a bundle that PyTorch trains, on a machine with several GPUs or a cluster. */
import { mkdir, readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { bundleFiles } from '../../archive/hand-off/bundle-writer.ts';
import { recordBytes, tokensOf } from '../../archive/hand-off/record-file.ts';
import type { RunToHandOff } from '../../archive/hand-off/run-to-hand-off.ts';
import { writeFiles } from '../../engine/node/index.ts';
import type { Recipe } from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { inFolder, writeZip, type FileToArchive } from '../../formats/files/zip-writer.ts';
import { EXIT } from '../exit-codes.ts';
import { readRecipe } from '../inputs/recipe-file.ts';
import { interruptible } from '../interrupt.ts';
import type { Given } from '../options.ts';
import { prepare } from '../run/begin.ts';
import { openBase } from '../inputs/base-model.ts';
import { bundleOf, recordsOf } from '../run/bundle.ts';
import { newSummary } from '../run/new-summary.ts';
import { begunWith } from '../run/training.ts';
import { openRun, type OpenedRun } from '../run/opened-run.ts';
import { RunFolder } from '../run/run-folder.ts';
import { readInputs } from '../run/run-inputs.ts';
import { openPrepared, preparedRun } from '../run/prepared-run.ts';
import { fingerprintOf, sameBase, sameInputs } from '../run/same-inputs.ts';
import { writeWhole } from '../run/whole-file.ts';
import type { Shell } from '../shell.ts';
import type { Terminal } from '../terminal.ts';
import { whole } from '../words/figures.ts';
import { handOffWords, runWords } from '../words/report-words.ts';
import type { Command } from './command.ts';
import { precisionOf } from './precision.ts';

export const handOff: Command = {
  usage: 'RECIPE|RUN --model DIR --data FILE … --out DIR|FILE.zip', // words: what is typed
  options: [
    ...(['model', 'data', 'knowledge', 'alignment', 'out', 'name', 'precision'] as const),
    ...(['prepared', 'no-records'] as const),
  ],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['RECIPE']);
    const out = given.needed('out');
    terminal.note(runWords().reading);
    const withRecords = !given.flag('no-records');
    return interruptible(
      shell,
      () => undefined,
      async (signal) => {
        const asked = (await isRun(place)) ? underWay(place) : planned(place);
        const bundle = { ...(await asked(given, shell, terminal, signal)), withRecords };
        if (extname(out) === '.zip') checkFits(bundle);
        const files = bundleFiles(bundle, {
          check: () => signal.throwIfAborted(),
          progress: () => undefined,
        });
        await write(out, `${fileStem(bundle.run.summary.name, 'run')}-handoff`, files);
        tell(out, bundle, terminal);
        await noteHandedOff(place, terminal);
        return EXIT.done;
      },
    );
  },
};

type Asked = (
  given: Given,
  shell: Shell,
  terminal: Terminal,
  signal: AbortSignal,
) => Promise<Omit<RunToHandOff, 'withRecords'>>;

async function isRun(place: string): Promise<boolean> {
  return extname(place) === '.zip' || RunFolder.isAt(place);
}

/** A run before its first step. */
function planned(place: string): Asked {
  return async (given, shell, terminal, signal) => {
    const model = given.needed('model');
    const recipe = await readRecipe(place);
    const prepared = given.text('prepared');
    if (prepared !== undefined) return plannedOf(prepared, { recipe, model, given, shell });
    if (given.data.length === 0) throw given.missing('data');
    const [begun, precision] = [Date.now(), precisionOf(given)];
    const places = { model, data: given.data, recipe, precision, begun };
    const inputs = await readInputs(places, shell.env);
    const tokenised = await prepare(inputs, terminal, signal);
    const stated = begunWith(inputs, tokenised);
    const summary = newSummary(inputs, stated, { gpu: null, createdAt: begun });
    const name = given.text('name') ?? recipe.name;
    return bundleOf({ ...summary, name }, inputs, recordsOf(tokenised, inputs.tasks), null);
  };
}

/** A run before its first step, of records that were prepared. */
async function plannedOf(
  prepared: string,
  {
    recipe,
    model,
    given,
    shell,
  }: {
    readonly recipe: Recipe;
    readonly model: string;
    readonly given: Given;
    readonly shell: Shell;
  },
): Promise<Omit<RunToHandOff, 'withRecords'>> {
  const folder = await openPrepared(prepared);
  // The date that a template may have written into the records is the date of the run.
  const { date } = folder.index;
  const base = await openBase(model, shell.env, {
    precision: precisionOf(given),
    now: new Date(date),
  });
  const { inputs, records, ...stated } = await preparedRun(folder, base, recipe);
  const summary = newSummary(inputs, stated, { gpu: null, createdAt: date });
  const name = given.text('name') ?? recipe.name;
  return bundleOf({ ...summary, name }, inputs, records, null);
}

/** A run that was interrupted, from its folder or its archive. */
function underWay(place: string): Asked {
  return async (given, shell, terminal, signal) => {
    const run = await openRun(place);
    const prepared = given.text('prepared');
    if (prepared !== undefined) return underWayOf(prepared, run, { given, shell });
    const inputs = await sameInputs(given, run, shell);
    await run.check(inputs.base.model.folder.config);
    const tokenised = await prepare(inputs, terminal, signal);
    return bundleOf(run.summary, inputs, recordsOf(tokenised, inputs.tasks), run);
  };
}

async function underWayOf(
  prepared: string,
  run: OpenedRun,
  { given, shell }: { readonly given: Given; readonly shell: Shell },
): Promise<Omit<RunToHandOff, 'withRecords'>> {
  const folder = await openPrepared(prepared);
  const base = await sameBase(given, run, shell);
  const { inputs, records } = await preparedRun(folder, base, run.summary.recipe);
  if (inputs.fingerprint !== fingerprintOf(run)) {
    throw fault('prepared-other', { path: prepared, reason: 'records' });
  }
  await run.check(base.model.folder.config);
  return bundleOf(run.summary, inputs, records, run);
}

/** What a file in a zip has to stay below, so that every program can read it. */
const ZIP_LIMIT = 2 ** 32 - 1;

/** @throws StudioError `bundle-too-large`, before anything is written */
export function checkFits({
  run,
  records,
  withRecords,
}: Pick<RunToHandOff, 'records' | 'withRecords'> & {
  readonly run: { readonly about: Pick<RunToHandOff['run']['about'], 'dataSets'> };
}): void {
  if (!withRecords) return;
  for (const [index, set] of records.entries()) {
    const bytes = recordBytes(set);
    const { name = '' } = run.about.dataSets[index] ?? {};
    if (bytes >= ZIP_LIMIT) throw fault('bundle-too-large', { dataSet: name, bytes });
  }
}

/** Writes a bundle as a folder, or as one file where its name ends so. */
async function write(
  out: string,
  name: string,
  files: AsyncIterable<FileToArchive>,
): Promise<void> {
  if (extname(out) === '.zip') {
    await writeWhole(out, writeZip(inFolder(name, files)));
    return;
  }
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) throw fault('run-folder-taken', { path: out });
  await writeFiles(out, files);
}

/** A run in a folder waits from here on; an archive stays as it is. */
async function noteHandedOff(place: string, terminal: Terminal): Promise<void> {
  if (!(await RunFolder.isAt(place))) return;
  const folder = await RunFolder.open(place);
  await folder.change({ handedOff: Date.now() });
  terminal.say(handOffWords().waits(place));
}

function tell(out: string, { records, withRecords }: RunToHandOff, terminal: Terminal): void {
  const words = handOffWords();
  const count = records.reduce((sum, { lengths }) => sum + lengths.length, 0);
  const tokens = records.reduce((sum, set) => sum + tokensOf(set), 0);
  terminal.say(words.written(out));
  terminal.say(withRecords ? words.records(whole(count), whole(tokens)) : words.hashes);
  terminal.say(words.next);
  terminal.value({ type: 'hand-off', out, records: count, tokens, withRecords });
}
