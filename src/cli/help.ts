/** The help of the command line and of each command. */
import { commands, type CommandName } from './commands/commands.ts';
import type { Command } from './commands/command.ts';
import { everyOption, optionSpecs, type OptionName, type OptionSpec } from './options.ts';
import { columnsOf } from './width.ts';
import { commandWords, helpWords } from './words/command-words.ts';
import { optionWords } from './words/option-words.ts';

const names = Object.keys(commands) as CommandName[];

export function generalHelp(): string {
  const words = helpWords();
  const about = commandWords();
  return [
    words.about,
    '',
    `${words.usage} medcare COMMAND …`, // words: what is typed
    '',
    words.commands,
    ...listed(names.map((name) => [name, about[name]])),
    '',
    words.more,
    words.exits,
  ].join('\n');
}

export function commandHelp(name: CommandName): string {
  const words = helpWords();
  const { usage, options }: Command = commands[name];
  const about = optionWords();
  return [
    `medcare ${name}: ${commandWords()[name]}`,
    '',
    `${words.usage} medcare ${name} ${usage}`,
    '',
    words.options,
    ...listed([...options, ...everyOption].map((option) => [written(option), about[option]])),
  ].join('\n');
}

/** `--model, -m DIR` */
function written(name: OptionName): string {
  const spec: OptionSpec = optionSpecs[name];
  const short = spec.short === undefined ? '' : `, -${spec.short}`;
  return `--${name}${short}${spec.value === undefined ? '' : ` ${spec.value}`}`;
}

function listed(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => columnsOf(name)));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
}
