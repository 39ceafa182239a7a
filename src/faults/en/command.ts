/** Faults of the command line, in English. */
import type { CommandFaults } from '../catalogue/command.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const option: ReasonWords<CommandFaults['command-option']> = {
  unknown: (d) => `medcare ${d.command} has no option ${d.option}.`,
  'value-missing': (d) => `${d.option} needs a value.`,
  missing: (d) => `medcare ${d.command} needs ${d.option}.`,
  value: (d) => `${d.option} cannot be "${d.value}"; it is one of ${d.known.join(', ')}.`,
  number: (d) => `${d.option} must be a whole number above 0, and "${d.value}" is none.`,
};

const argument: ReasonWords<CommandFaults['command-argument']> = {
  missing: (d) => `medcare ${d.command} needs ${d.argument}.`,
  extra: (d) => `medcare ${d.command} does not know what to do with "${d.argument}".`,
};

const help = (command: string): string => `medcare ${command} --help lists what it takes.`;

export const command = {
  'command-unknown': ({ command: name, known }) => [
    name === '' ? 'No command was given.' : `medcare has no command "${name}".`,
    `Its commands are ${known.join(', ')}; medcare --help says what each does.`,
  ],
  'command-option': (d) => [reasonWords(option, d), help(d.command)],
  'command-argument': (d) => [reasonWords(argument, d), help(d.command)],
  'path-missing': ({ path }) => [`There is no ${path}.`, 'Check the name and the folder.'],
  'data-none': ({ path }) => [
    `${path} holds no file of records.`,
    'Name files that end in .jsonl, .json or .csv, or a folder with such files.',
  ],
  'model-not-here': ({ model, folder }) => [
    `The model ${model} is not in the model folder of this computer (${folder}).`,
    `Download it there, for instance with: hf download ${model}. Or name a folder with the model's files.`,
  ],
  'run-folder-taken': ({ path }) => [
    `${path} is not empty.`,
    'Choose another folder with --out; to go on with a run that is there, use medcare resume.',
  ],
  'run-folder-missing': ({ path }) => [
    `${path} is neither the folder of a run nor a run archive.`,
    'Name the folder that medcare train wrote, or a .run.zip file that the studio or medcare wrote.',
  ],
  'run-other-base': ({ run, model }) => [
    `The run was trained on other weights than those of ${model}: its base is ${run}.`,
    'Name the folder with the very files that the run began with.',
  ],
} satisfies Words<CommandFaults>;
