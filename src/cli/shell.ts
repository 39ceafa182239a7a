/** What a command has of the place where it runs: its streams, its environment, a device, and how it is interrupted. */
import process from 'node:process';
import type { Readable } from 'node:stream';
import type { EngineGpu } from '../engine/index.ts';
import { openGpu } from '../engine/node/index.ts';

/** Where text goes. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Shell {
  /** Results; with `--json`, one JSON value a line and nothing else. */
  readonly out: Sink;
  /** Progress and faults. */
  readonly err: Sink;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openGpu: () => Promise<EngineGpu>;
  /** Calls the listener at each interrupt, until the result is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/** The shell that the process was started from. */
export function processShell(): Shell {
  return {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    env: process.env,
    openGpu: () => openGpu(),
    onInterrupt: (listener) => {
      // A scheduler ends a job with SIGTERM some time before it kills it.
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  };
}
