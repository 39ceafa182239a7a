/** `medcare train`: a recipe on records, into a new folder. */
import { archivedSets, readInputs } from '../run/run-inputs.ts';
import { readRecipe } from '../inputs/recipe-file.ts';
import { prepare } from '../run/begin.ts';
import { drive } from '../run/drive.ts';
import { newSummary } from '../run/new-summary.ts';
import { begunWith } from '../run/training.ts';
import { RunFolder } from '../run/run-folder.ts';
import { findAlike, takeOver } from '../run/taken-over.ts';
import { whole } from '../words/figures.ts';
import { runWords } from '../words/report-words.ts';
import type { Command } from './command.ts';
import { precisionOf } from './precision.ts';

export const trainRecipe: Command = {
  usage: 'RECIPE|paper|quick|small-gpu --model DIR --data FILE … --out DIR', // words: what is typed
  options: ['model', 'data', 'knowledge', 'alignment', 'out', 'name', 'precision', 'from'],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['RECIPE']);
    const model = given.needed('model');
    const out = given.needed('out');
    if (given.data.length === 0) throw given.missing('data');
    const precision = precisionOf(given);
    const recipe = await readRecipe(place);
    terminal.note(runWords().reading);
    const begun = Date.now();
    const inputs = await readInputs(
      { model, data: given.data, recipe, precision, begun },
      shell.env,
    );
    const from = given.text('from');
    const taken = from === undefined ? null : await findAlike(from, inputs);
    const tokenised = await prepare(inputs, terminal, new AbortController().signal);
    const gpu = await shell.openGpu();
    const { base, sets, tasks, fingerprint } = inputs;
    const summary = newSummary(inputs, begunWith(inputs, tokenised), { gpu, createdAt: begun });
    const folder = await RunFolder.create(out, {
      ...{ tasks, fingerprint, base: base.base, dataSets: archivedSets(sets) },
      run: { ...summary, name: given.text('name') ?? recipe.name },
      inputs: { model, data: sets.map(({ path, kind }) => ({ path, kind })) },
      ...{ routing: null, scores: [], stages: [], best: [], checkpoint: null },
    });
    try {
      const resume = taken && (await takeOver(folder, taken));
      if (taken) terminal.say(runWords().taken(whole(taken.stages), from ?? ''));
      return await drive(folder, { gpu, inputs, tokenised, resume }, shell, terminal);
    } finally {
      gpu.close();
    }
  },
};
