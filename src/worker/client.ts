/** The page's end of the worker: calls with one answer each, and events in between. */
import type { FaultDescription } from '../faults/catalogue.ts';
import { fault, faultFrom, type StudioError } from '../faults/fault.ts';
import { requestPersistence } from '../storage/files/quota.ts';
import type {
  CallFault,
  CallInput,
  CallKind,
  CallOutput,
  WorkerEvent,
} from '../contract/contract.ts';
import { parseFromWorker } from '../contract/arrival/from-worker.ts';
import { takeWorker } from './start.ts';
import type { WorkerChannel } from './worker-channel.ts';

/** The page's end: calls with one answer each, and events in between. */
export interface WorkerClient {
  /** Rejects with a StudioError, whatever went wrong. */
  call<K extends CallKind>(kind: K, input: CallInput<K>): Promise<CallOutput<K>>;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: WorkerEvent) => void): () => void;
}

/** A client that says when it has nothing to wait for. */
interface IdleClient extends WorkerClient {
  /** Resolves once no call waits for its answer, long jobs aside: for questions that let all others go first. */
  idle(): Promise<void>;
}

export interface Channel extends WorkerChannel {
  postMessage(message: unknown): void;
}

interface Pending {
  /** A job that may take minutes, and mostly waits itself. */
  readonly long: boolean;
  resolve(output: unknown): void;
  reject(error: StudioError): void;
}

function crashed(detail: string): StudioError {
  return fault('worker-crashed', { detail }, { kept: 'stored-and-runs' });
}

function unreadable(kind: string): StudioError {
  return fault('message-unreadable', { kind }, { kept: 'stored' });
}

/** Whether a call ended with this fault, which its contract must list. */
export function endedWith<K extends CallKind>(
  { code }: Pick<FaultDescription, 'code'>,
  wanted: CallFault<K>,
): boolean {
  return code === wanted;
}

/** Calls that store something a person would miss: they make the client ask the browser to keep stored data. */
const BRINGS_DATA: ReadonlySet<CallKind> = new Set([
  'data.import',
  'models.import',
  'hub.download',
  'runs.start',
]);

/**
 * A client over a worker that is started at the first call, and again after a crash.
 * @param start makes the worker
 */
export function createClient(start: () => Channel): IdleClient {
  return new ChannelClient(start);
}

class ChannelClient implements IdleClient {
  readonly #start: () => Channel;
  readonly #listeners = new Set<(event: WorkerEvent) => void>();
  readonly #pending = new Map<number, Pending>();
  #idleWaiters: (() => void)[] = [];
  #channel: Channel | null = null;
  #nextId = 1;
  /** Whether this page lost a device in any of its workers. */
  #deviceLost = false;

  constructor(start: () => Channel) {
    this.#start = start;
  }

  call<K extends CallKind>(kind: K, input: CallInput<K>): Promise<CallOutput<K>> {
    if (BRINGS_DATA.has(kind)) askForPersistence();
    return new Promise<CallOutput<K>>((resolve, reject) => {
      const id = this.#nextId++;
      // Request and answer carry the same id, so the answer is of this call's type.
      const long = 'task' in (input as object);
      this.#pending.set(id, { long, resolve: (output) => resolve(output), reject });
      try {
        this.#connect().postMessage({ id, kind, input });
      } catch (cause) {
        this.#settled(id);
        const detail = cause instanceof Error ? cause.message : String(cause);
        reject(this.#channel ? unreadable(kind) : crashed(detail));
      }
    });
  }

  subscribe(listener: (event: WorkerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async idle(): Promise<void> {
    while (this.#isBusy()) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    }
  }

  #isBusy(): boolean {
    return [...this.#pending.values()].some(({ long }) => !long);
  }

  #settled(id: number): void {
    this.#pending.delete(id);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#idleWaiters.length === 0 || this.#isBusy()) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #connect(): Channel {
    if (this.#channel) return this.#channel;
    const started = this.#start();
    started.addEventListener('message', ({ data }) => this.#receive(data));
    started.addEventListener('error', (event) => {
      event.preventDefault?.();
      this.#fail(started, crashed(event.message ?? ''));
    });
    started.addEventListener('messageerror', () =>
      this.#fail(started, unreadable('from the worker')),
    );
    this.#channel = started;
    return started;
  }

  #receive(data: unknown): void {
    const message = parseFromWorker(data);
    if (!message) {
      this.#emit({ type: 'device.fault', error: unreadable('unknown message').describe() });
      return;
    }
    if (message.type === 'result') {
      this.#pending.get(message.id)?.resolve(message.output);
      this.#settled(message.id);
    } else if (message.type === 'failure') {
      this.#pending.get(message.id)?.reject(this.#failure(message.error));
      this.#settled(message.id);
    } else {
      this.#emit(message);
    }
  }

  /** The worker is gone: every open call fails, and the next one gets a new worker. */
  #fail(dead: Channel, error: StudioError): void {
    if (this.#channel !== dead) return;
    this.#channel = null;
    dead.terminate();
    const open = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of open) call.reject(error);
    this.#tellIdle();
    this.#emit({ type: 'device.fault', error: error.describe() });
  }

  /**
   * After a lost device a browser gives the page no other before a reload, not even to a new worker.
   * Chromium gives one after the second crash when the person reloads the page, not when the page reloads itself;
   * after the third it gives none.
   */
  #failure(error: FaultDescription): StudioError {
    return this.#deviceLost && error.code === 'adapter-missing'
      ? fault('adapter-gone', {}, { kept: 'stored-runs-to-checkpoint' })
      : faultFrom(error);
  }

  #emit(event: WorkerEvent): void {
    if (event.type === 'device.fault') this.#deviceLost ||= event.error.code === 'device-lost';
    for (const listener of this.#listeners) listener(event);
  }
}

let asked = false;

function askForPersistence(): void {
  if (asked || typeof document === 'undefined') return;
  asked = true;
  // A refusal is shown by storage.estimate; nothing fails because of it.
  requestPersistence().catch(() => undefined);
}

/** The studio's one worker. */
export const worker: IdleClient = createClient(takeWorker);
