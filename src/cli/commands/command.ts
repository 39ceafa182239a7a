/** What every command is: its arguments, its options, and what it does. */
import type { Given, OptionName } from '../options.ts';
import type { Shell } from '../shell.ts';
import type { Terminal } from '../terminal.ts';

export interface Command {
  /** What follows the command in the line of usage. */
  readonly usage: string;
  readonly options: readonly OptionName[];
  /** @returns the exit code @throws StudioError what goes wrong */
  readonly run: (given: Given, shell: Shell, terminal: Terminal) => Promise<number>;
}
