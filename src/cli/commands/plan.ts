/** `medcare plan`: the memory of a run, item by item, before anything of it is allocated. */
import { deviceOf } from '../../engine/face/gpu.ts';
import { memoryRoles } from '../../engine/gpu/tensor.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { planMemory, type RunMemory } from '../../engine/training/stage/memory.ts';
import { noteWords } from '../../faults/words.ts';
import { EXIT } from '../exit-codes.ts';
import { openBase } from '../inputs/base-model.ts';
import { readRecipe } from '../inputs/recipe-file.ts';
import type { Terminal } from '../terminal.ts';
import { columns, size, whole } from '../words/figures.ts';
import { faultLanguage } from '../words/language.ts';
import { planWords, roleWords } from '../words/report-words.ts';
import type { Command } from './command.ts';
import { precisionOf } from './precision.ts';

/** Tasks by which routing is counted, before records are read: each takes a few bytes. */
const TASKS = 8;

export const plan: Command = {
  usage: 'RECIPE --model DIR', // words: what is typed
  options: ['model', 'precision'],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['RECIPE']);
    const recipe = await readRecipe(place);
    const base = await openBase(given.needed('model'), shell.env, {
      precision: precisionOf(given),
    });
    const gpu = deviceOf(await shell.openGpu());
    const { traits } = gpu;
    const { config, weights } = base.model.folder;
    const { precision } = base.model;
    const storage = weightStorage(weights.tensors, precision, traits);
    const memory = planMemory({ config, recipe, traits, tasks: TASKS, storage });
    const words = planWords();
    terminal.say(words.of(recipe.name, base.name, precision));
    tell(terminal, memory);
    terminal.value({ type: 'plan', model: base.name, recipe: recipe.name, precision, ...memory });
    gpu.close();
    return memory.obstacles.length === 0 ? EXIT.done : EXIT.no;
  },
};

function tell(terminal: Terminal, { stages, peak, obstacles }: RunMemory): void {
  const words = planWords();
  const roles = roleWords();
  const heads = stages.map(({ name }, stage) => words.stage(stage + 1, name));
  const rows = memoryRoles
    .filter((role) => stages.some(({ bytes }) => bytes[role] > 0))
    .map((role) => [roles[role], ...stages.map(({ bytes }) => size(bytes[role]))]);
  const totals = [words.total, ...stages.map(({ total }) => size(total))];
  for (const line of columns([['', ...heads], ...rows, totals])) terminal.say(line);
  for (const [stage, { trainableParameters }] of stages.entries()) {
    terminal.say(words.inStage(stage + 1, words.trainable(whole(trainableParameters))));
  }
  terminal.say(words.peak(size(peak)));
  if (obstacles.length === 0) terminal.say(words.fits);
  else {
    terminal.say(words.not);
    for (const note of obstacles) terminal.say(`- ${noteWords(faultLanguage(), note)}`);
  }
  terminal.say(words.one);
}
