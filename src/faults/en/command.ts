/** Faults of the command line, in English. */
import { sizeInWords } from '../amounts.ts';
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

const unusable: ReasonWords<CommandFaults['path-unusable']> = {
  full: (d) => `There is no room left on the disk${d.path === '' ? '' : ` for ${d.path}`}.`,
  denied: (d) => `${d.path === '' ? 'A file' : d.path} may not be read or written.`,
  folder: (d) => `${d.path === '' ? 'What was named' : d.path} is a folder, and a file is needed.`,
  'no-folder': (d) => `${d.path === '' ? 'What was named' : d.path} does not lie in a folder.`,
};

const unusableRemedies: ReasonWords<CommandFaults['path-unusable']> = {
  full: () => 'Make room or name another place, and give the same command again.',
  denied: () => 'Ask for the right to use it, or name another place.',
  folder: () => 'Name a file.',
  'no-folder': () => 'Check the name and the folder.',
};

const taken: ReasonWords<CommandFaults['prepared-taken']> = {
  done: (d) => `${d.path} holds prepared records already, and they are whole.`,
  other: (d) => `${d.path} holds a preparation of other files, or by another model or recipe.`,
  files: (d) => `${d.path} holds files that are no prepared records.`,
};

const another: ReasonWords<CommandFaults['prepared-other']> = {
  tokenizer: (d) => `The records in ${d.path} were prepared with another tokenizer.`,
  template: (d) => `The records in ${d.path} were prepared with another chat template.`,
  rules: (d) =>
    `The records in ${d.path} were prepared by a recipe with another length, truncation or targets.`,
  records: (d) => `The records in ${d.path} are not those that the run began with.`,
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
  'path-unusable': (d) => [reasonWords(unusable, d), reasonWords(unusableRemedies, d)],
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
  'prepared-taken': (d) => [
    reasonWords(taken, d),
    'Choose another folder with --out; whole ones are used with medcare hand-off … --prepared.',
  ],
  'prepared-changed': ({ path, dataSet }) => [
    `The file of ${dataSet} is not the one of which the shards in ${path} were made.`,
    'Bring the file back as it was, or prepare the records in another folder.',
  ],
  'prepared-invalid': ({ file, where }) => [
    `${file} of the prepared records is not as it must be: ${where}.`,
    'Copy the folder again, or prepare the records again.',
  ],
  'prepared-damaged': ({ file }) => [
    `${file} of the prepared records is not what was written: its hash differs.`,
    'Copy the folder again, or prepare the records again.',
  ],
  'prepared-other': (d) => [
    reasonWords(another, d),
    'Prepare the records with the model and the recipe of this run.',
  ],
  'bundle-too-large': ({ dataSet, bytes }) => [
    `The records of ${dataSet} take ${sizeInWords(bytes)}, and a file in a zip has less than 4 GiB.`,
    'Write a folder: leave .zip out of --out. Or leave the records out with --no-records.',
  ],
  'run-other-base': ({ run, model }) => [
    `The run was trained on other weights than those of ${model}: its base is ${run}.`,
    'Name the folder with the very files that the run began with.',
  ],
  'stages-not-alike': ({ path }) => [
    `No stage of ${path} was trained on this model and these records as the recipe says.`,
    'Leave --from out to train every stage, or name the run with the very files that it began with.',
  ],
  'compare-other-vocabulary': ({ model, tokens, other, otherTokens }) => [
    `${model} has a vocabulary of ${tokens} tokens, ${other} one of ${otherTokens}: their outputs cannot be compared.`,
    'Name a model that was made from the same base.',
  ],
} satisfies Words<CommandFaults>;
