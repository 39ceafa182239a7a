/**
 * The command line `medcare`: trains, runs, measures and exports models in Node, on the engine that the studio runs on.
 *
 *     medcare COMMAND …        docs/command-line.md; in the project: npm run medcare -- COMMAND …
 */
import { STUDIO_VERSION } from '../archive/studio-version.ts';
import { fault } from '../faults/fault.ts';
import { commands, type CommandName } from './commands/commands.ts';
import { EXIT } from './exit-codes.ts';
import { commandHelp, generalHelp } from './help.ts';
import { Given } from './options.ts';
import { processShell, type Shell } from './shell.ts';
import { systemFault } from './system-fault.ts';
import { Terminal } from './terminal.ts';
import { languages, speak, systemLanguage, type Language } from './words/language.ts';

/** Runs one command. @returns its exit code (exit-codes.ts) */
export async function main(
  args: readonly string[],
  shell: Shell = processShell(),
): Promise<number> {
  speak(askedLanguage(args) ?? systemLanguage(shell.env));
  const terminal = new Terminal(shell, args.includes('--json'));
  const [name = '', ...rest] = args;
  try {
    if (name === '--version') terminal.say(STUDIO_VERSION);
    else if (['--help', '-h', 'help'].includes(name)) terminal.say(helpOn(rest[0] ?? ''));
    else return await runCommand(name, rest, shell, terminal);
    return EXIT.done;
  } catch (thrown) {
    const error = systemFault(thrown);
    terminal.fault(error);
    return error.code.startsWith('command-') ? EXIT.usage : EXIT.fault;
  }
}

/** The help of a command, or of all. */
function helpOn(name: string): string {
  return isCommand(name) ? commandHelp(name) : generalHelp();
}

async function runCommand(
  name: string,
  args: readonly string[],
  shell: Shell,
  terminal: Terminal,
): Promise<number> {
  if (!isCommand(name)) {
    throw fault('command-unknown', { command: name, known: Object.keys(commands) });
  }
  const command = commands[name];
  const given = new Given(name, args, command.options);
  given.choice('language', languages);
  if (given.flag('help')) {
    terminal.say(commandHelp(name));
    return EXIT.done;
  }
  return command.run(given, shell, terminal);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** The language that was asked for, before anything can go wrong that needs words. */
function askedLanguage(args: readonly string[]): Language | undefined {
  const at = args.findIndex((arg) => /^(?:--language|-l)(?:=|$)/.test(arg));
  const value = args[at]?.includes('=') === true ? args[at].split('=')[1] : args[at + 1];
  return at < 0 ? undefined : languages.find((language) => language === value);
}
