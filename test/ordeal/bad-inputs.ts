/**
 * The campaign of damaged files of every kind, in bytes and in structure. Each ends as a value or as an error
 * with a code and words, within a time and a memory that are watched from outside, and leaves nothing behind.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { root } from '../../scripts/setup.mjs';
import type { CaseRequest, ChildMessage } from './bad-inputs-child.ts';
import type { Campaign, FindingKind, OpenCampaign, Turn } from './campaign.ts';
import { INPUT_KINDS } from './inputs/bad.ts';
import type { InputKind } from './inputs/bad.ts';

/** Cases of a turn: a turn of this number has the cases from here on. */
export const CASES = 50;
/** The largest input takes a tenth of a second on a quiet machine. */
const SECONDS = 60;
const START_SECONDS = 180;
/** Heap of the child; what it needs beyond that ends it. */
const HEAP_MB = 768;
/** Of the whole process, buffers outside the heap included. */
const MOST_BYTES = 1.6e9;
const LOOK_EVERY_MS = 200;

interface Outcome {
  readonly kind: InputKind | null;
  readonly how: string;
  readonly faults: readonly { readonly kind: FindingKind; readonly what: string }[];
  /** Whether the child can take another one. */
  readonly alive: boolean;
}

/** Memory of a process on Linux; 0 where it cannot be read, and then only the heap's bound holds. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(): Promise<Child> {
    const started = fork(`${root}scripts/run-ts.mjs`, [`${root}test/ordeal/bad-inputs-child.ts`], {
      cwd: root,
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      serialization: 'advanced',
    });
    const child = new Child(started);
    const { alive } = await child.#listen(START_SECONDS, (message) => message.type === 'ready');
    if (!alive) throw new Error('the process that tries inputs did not start');
    return child;
  }

  async try(request: CaseRequest): Promise<Outcome> {
    const outcome = this.#listen(SECONDS, (message) => message.type === 'ended');
    this.#process.send(request);
    return outcome;
  }

  /** Hears the child until it said what is waited for, died, or had to be ended. */
  #listen(seconds: number, last: (message: ChildMessage) => boolean): Promise<Outcome> {
    const { pid = 0 } = this.#process;
    return new Promise((resolve) => {
      let kind: InputKind | null = null;
      let how = '';
      const end = (faults: Outcome['faults'], alive: boolean): void => {
        clearTimeout(late);
        clearInterval(look);
        this.#process.off('message', hear);
        this.#process.off('exit', gone);
        if (!alive) this.#process.kill('SIGKILL');
        resolve({ kind, how, faults, alive });
      };
      const hear = (message: ChildMessage): void => {
        if (message.type === 'begun') ({ kind, how } = message);
        if (last(message)) end(message.type === 'ended' ? message.faults : [], true);
      };
      const gone = (code: number | null, signal: string | null): void => {
        const what = `the process ended (${code ?? signal}), at most ${HEAP_MB} MB of heap`;
        end([{ kind: 'memory', what }], false);
      };
      const late = setTimeout(() => {
        end([{ kind: 'hung', what: `no answer in ${seconds} s` }], false);
      }, seconds * 1000);
      const look = setInterval(() => {
        void residentBytes(pid).then((bytes) => {
          if (bytes > MOST_BYTES) {
            end([{ kind: 'memory', what: `${Math.round(bytes / 1e6)} MB` }], false);
          }
        });
      }, LOOK_EVERY_MS);
      this.#process.on('message', hear);
      this.#process.once('exit', gone);
    });
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}

class BadInputs implements OpenCampaign {
  readonly place = `Node ${process.versions.node}`;
  readonly #seed: number;
  #child: Child | null = null;

  constructor(seed: number) {
    this.#seed = seed;
  }

  async turn(turn: Turn): Promise<void> {
    for (let i = 0; i < CASES; i += 1) {
      this.#child ??= await Child.start();
      const number = turn.number * CASES + i;
      const { kind, how, faults, alive } = await this.#child.try({ seed: this.#seed, number });
      if (kind) turn.count(kind);
      for (const fault of faults) {
        turn.find(fault.kind, `case ${number}, ${kind ?? ''}, ${how}: ${fault.what}`);
      }
      if (!alive) this.#child = null;
    }
  }

  async close(): Promise<void> {
    this.#child?.end();
    this.#child = null;
  }
}

export const badInputs: Campaign = {
  name: 'bad-inputs',
  counts: Object.fromEntries(
    Object.entries(INPUT_KINDS).map(([kind, words]) => [kind, `damaged: ${words}`]),
  ),
  inBrowser: false,
  open: async (seed) => new BadInputs(seed),
};
