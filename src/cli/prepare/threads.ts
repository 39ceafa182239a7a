/** Threads that turn batches of records into tokens; with one, the command itself does it. */
import { Worker } from 'node:worker_threads';
import { setImmediate as breathe } from 'node:timers/promises';
import type { OpenedModel } from '../../engine/face/model.ts';
import type { EncodingRules } from '../../engine/training/run/encoding-rules.ts';
import type { FaultDescription } from '../../faults/catalogue.ts';
import { faultFrom } from '../../faults/fault.ts';
import { encodeBatch, type Batch, type PackedBatch } from './batch.ts';

/** What a thread begins with. */
export interface ThreadWork {
  /** Where the model lies. */
  readonly model: string;
  readonly date: number;
  readonly rules: EncodingRules;
}

export type FromThread = { readonly packed: PackedBatch } | { readonly fault: FaultDescription };

export interface Encoders {
  /** Batches that may wait at once. */
  readonly room: number;
  readonly encode: (batch: Batch) => Promise<PackedBatch>;
  readonly close: () => Promise<void>;
}

/** @param count of threads */
export function openEncoders(count: number, model: OpenedModel, work: ThreadWork): Encoders {
  if (count > 1) return new Threads(count, work);
  return {
    room: 1,
    encode: async (batch) => {
      // An interrupt is heard in between.
      await breathe();
      return encodeBatch(model, work.rules, batch);
    },
    close: () => Promise.resolve(),
  };
}

interface Waiting {
  readonly resolve: (packed: PackedBatch) => void;
  readonly reject: (error: unknown) => void;
}

/** From source, the thread's code is TypeScript, which a script of the project loads. */
const ENTRY = import.meta.url.endsWith('.ts')
  ? '../../../scripts/cli/thread.mjs'
  : './medcare-thread.js';

class Threads implements Encoders {
  readonly room: number;
  #failure: Error | null = null;
  readonly #workers: readonly { readonly worker: Worker; readonly waiting: Waiting[] }[];

  constructor(count: number, work: ThreadWork) {
    this.room = 2 * count;
    const entry = new URL(ENTRY, import.meta.url);
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(entry, { workerData: work });
      const waiting: Waiting[] = [];
      worker.on('message', (message: FromThread) => {
        const next = waiting.shift();
        if ('packed' in message) next?.resolve(message.packed);
        else next?.reject(faultFrom(message.fault));
      });
      worker.on('error', (error) => {
        this.#failure ??= error;
        for (const { reject } of waiting.splice(0)) reject(error);
      });
      return { worker, waiting };
    });
  }

  encode(batch: Batch): Promise<PackedBatch> {
    if (this.#failure) return Promise.reject(this.#failure);
    const [idlest] = [...this.#workers].sort((a, b) => a.waiting.length - b.waiting.length);
    return new Promise((resolve, reject) => {
      idlest?.waiting.push({ resolve, reject });
      idlest?.worker.postMessage(batch);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }
}
