/** A terminal for tests: what a command wrote, and a person who interrupts it. */
import { Readable } from 'node:stream';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { main } from '../medcare.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The JSON lines of the result. */
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

interface Person {
  /** Sees each JSON line as it comes; `true` interrupts the command. */
  readonly sees?: (value: Readonly<Record<string, unknown>>) => boolean;
  readonly types?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command on the device under test. */
export async function medcare(
  args: readonly string[],
  { sees, types = '', env = {} }: Person = {},
): Promise<Ran> {
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const values: Readonly<Record<string, unknown>>[] = [];
  const code = await main(args, {
    out: {
      write: (text) => {
        written.out += text;
        if (!args.includes('--json')) return;
        const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
        values.push(value);
        if (sees?.(value) === true) for (const listener of listeners) listener();
      },
    },
    err: { write: (text) => (written.err += text) },
    input: Readable.from([types]),
    env,
    openGpu: () => openTestDevice(),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { code, ...written, values };
}
