/** Reads what follows a command, by Node's own parser; what is wrong with it is a typed fault. */
import { parseArgs } from 'node:util';
import { fault, type StudioError } from '../faults/fault.ts';
import type { DataKind } from '../formats/records/record-types.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
}

/** Every option of every command; the words for each are in words/option-words.ts. */
export const optionSpecs = {
  model: { type: 'string', short: 'm', value: 'DIR|owner/name' },
  data: { type: 'string', short: 'd', multiple: true, value: 'FILE|DIR' },
  knowledge: { type: 'string', multiple: true, value: 'FILE|DIR' },
  alignment: { type: 'string', multiple: true, value: 'FILE|DIR' },
  out: { type: 'string', short: 'o', value: 'DIR' },
  name: { type: 'string', value: 'NAME' },
  'no-records': { type: 'boolean' },
  prepared: { type: 'string', value: 'DIR' },
  threads: { type: 'string', value: 'N' },
  from: { type: 'string', value: 'RUN' },
  precision: { type: 'string', value: 'PRECISION' },
  state: { type: 'string', short: 's', value: 'STATE' },
  prompt: { type: 'string', short: 'p', value: 'TEXT' },
  'max-tokens': { type: 'string', value: 'N' },
  temperature: { type: 'string', value: 'T' },
  format: { type: 'string', short: 'f', value: 'FORMAT' },
  questions: { type: 'string', short: 'q', multiple: true, value: 'FILE' },
  choices: { type: 'string', value: 'HOW' },
  shots: { type: 'string', value: 'N' },
  known: { type: 'string', value: 'HOW' },
  harness: { type: 'string', value: 'FILE' },
  limit: { type: 'string', value: 'N' },
  with: { type: 'string', value: 'DIR|owner/name' },
  answers: { type: 'string', value: 'FILE' },
  language: { type: 'string', short: 'l', value: 'en|zh' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof optionSpecs;

/** Options that every command takes. */
export const everyOption = ['json', 'language', 'help'] as const satisfies readonly OptionName[];

/** A file or folder of records, in the order of the command line. */
export interface DataPlace {
  readonly path: string;
  /** Null where the records themselves say. */
  readonly kind: DataKind | null;
}

/** What was given to a command. */
export class Given {
  readonly command: string;
  readonly data: readonly DataPlace[];
  readonly #values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly #positionals: readonly string[];

  /** @throws StudioError `command-option` for an option that the command does not have, or one without its value */
  constructor(command: string, args: readonly string[], names: readonly OptionName[]) {
    this.command = command;
    const options = Object.fromEntries(
      [...names, ...everyOption].map((name) => [name, specOf(name)]),
    );
    try {
      const parsed = parseArgs({
        args: [...args],
        ...{ options, allowPositionals: true, strict: true, tokens: true },
      });
      this.#values = parsed.values;
      this.#positionals = parsed.positionals;
      this.data = parsed.tokens.flatMap((token): DataPlace[] => {
        if (token.kind !== 'option' || token.value === undefined) return [];
        const { name, value: path } = token;
        if (name === 'data') return [{ path, kind: null }];
        return name === 'knowledge' || name === 'alignment' ? [{ path, kind: name }] : [];
      });
    } catch (thrown) {
      throw optionFault(command, thrown);
    }
  }

  flag(name: OptionName): boolean {
    return this.#values[name] === true;
  }

  text(name: OptionName): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  all(name: OptionName): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  }

  /** @throws StudioError `command-option` where it is missing */
  needed(name: OptionName): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    throw this.missing(name);
  }

  missing(name: OptionName): StudioError {
    const { command } = this;
    return fault('command-option', { command, option: `--${name}`, reason: 'missing' });
  }

  /** @throws StudioError `command-option` for a value that is not among those known */
  choice<T extends string>(name: OptionName, known: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = known.find((one) => one === value);
    if (value === undefined || found !== undefined) return found;
    const about = { command: this.command, option: `--${name}` };
    throw fault('command-option', { ...about, reason: 'value', value, known });
  }

  /** @throws StudioError `command-option` unless it is a whole number above 0 */
  whole(name: OptionName): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    const about = { command: this.command, option: `--${name}` };
    throw fault('command-option', { ...about, reason: 'number', value });
  }

  /**
   * What follows the command besides options, at most `names.length` of them.
   * @param needed how many of these must be there
   * @throws StudioError `command-argument`
   */
  arguments(names: readonly string[], needed = names.length): readonly string[] {
    const { command } = this;
    const found = this.#positionals;
    const extra = found[names.length];
    if (extra !== undefined)
      throw fault('command-argument', { command, reason: 'extra', argument: extra });
    const argument = names[found.length];
    if (found.length >= needed || argument === undefined) return found;
    throw fault('command-argument', { command, reason: 'missing', argument });
  }
}

function specOf(name: OptionName): Pick<OptionSpec, 'type' | 'short' | 'multiple'> {
  const { type, short, multiple }: OptionSpec = optionSpecs[name];
  return { type, ...(short && { short }), ...(multiple && { multiple }) };
}

/** What Node's parser says, as a fault: its messages are English sentences. */
function optionFault(command: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const [, option = '?'] =
    /'(--?[^' ]+)/.exec(thrown.message) ?? /(--[\w-]+)/.exec(thrown.message) ?? [];
  switch (thrown.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return fault('command-option', { command, option, reason: 'unknown' });
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE': {
      // Of a short and a long name, the long one.
      const long = /--[\w-]+/.exec(thrown.message)?.[0] ?? option;
      return fault('command-option', { command, option: long, reason: 'value-missing' });
    }
    default:
      return thrown;
  }
}
