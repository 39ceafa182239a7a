import { expect, test, vi } from 'vitest';
import { deviceLost } from '../engine/gpu/errors.ts';
import { fault, faultFrom } from '../faults/fault.ts';
import { createClient, endedWith, type Channel } from './client.ts';
import { createDispatcher, type Handlers } from './dispatcher.ts';
import type { WorkerEvent } from '../contract/contract.ts';
import { parseFromWorker } from '../contract/arrival/from-worker.ts';
import { parseRequest } from '../contract/arrival/messages.ts';
import { heldToContract, mayEndWith } from './testing/listed-faults.ts';
import { codeOf } from './testing/studio.ts';

interface FakeChannel extends Channel {
  readonly sent: { id: number; kind: string }[];
  terminated: boolean;
  fire(type: string, event: { data?: unknown; message?: string }): void;
}

function fakeChannel(): FakeChannel {
  const listeners = new Map<string, (event: never) => void>();
  const sent: FakeChannel['sent'] = [];
  return {
    sent,
    terminated: false,
    postMessage: (message) => sent.push(message as FakeChannel['sent'][number]),
    terminate() {
      this.terminated = true;
    },
    addEventListener: (type: string, listener: (event: never) => void) => {
      listeners.set(type, listener);
    },
    fire: (type, event) => listeners.get(type)?.(event as never),
  };
}

test('answers find their calls, whatever the order', async () => {
  const channel = fakeChannel();
  const client = createClient(() => channel);
  const first = client.call('data.list', {});
  const second = client.call('runs.list', {});
  channel.fire('message', { data: { type: 'result', id: channel.sent[1]?.id, output: ['runs'] } });
  channel.fire('message', { data: { type: 'result', id: channel.sent[0]?.id, output: ['sets'] } });
  expect(await first).toEqual(['sets']);
  expect(await second).toEqual(['runs']);
});

test('it is idle once every call is answered, in whatever way; long jobs do not count', async () => {
  const channel = fakeChannel();
  const client = createClient(() => channel);
  const seen: string[] = [];
  const [first, second] = [client.call('data.list', {}), client.call('runs.list', {})];
  void client.call('archive.open', { file: new File([], 'run.zip'), task: 'open' });
  const idle = client.idle().then(() => seen.push('idle'));
  channel.fire('message', { data: { type: 'result', id: channel.sent[0]?.id, output: [] } });
  await first.then(() => seen.push('first'));
  const error = fault('cancelled', {}, { kept: 'all-before' }).describe();
  channel.fire('message', { data: { type: 'failure', id: channel.sent[1]?.id, error } });
  await second.catch(() => seen.push('second'));
  await idle;
  expect(seen).toEqual(['first', 'second', 'idle']);
  await client.idle();
});

test('a failure comes back as the StudioError that it was', async () => {
  const channel = fakeChannel();
  const client = createClient(() => channel);
  const call = client.call('data.list', {});
  const error = faultFrom({
    code: 'storage-full',
    message: 'm',
    kept: 'k',
    remedy: 'r',
    data: { path: 'p' },
  }).describe();
  channel.fire('message', { data: { type: 'failure', id: channel.sent[0]?.id, error } });
  await expect(call).rejects.toMatchObject({ ...error, name: 'StudioError' });
});

test('when the worker dies every call fails, the page is told, and the next call starts a new one', async () => {
  const channels: FakeChannel[] = [];
  const client = createClient(() => {
    const channel = fakeChannel();
    channels.push(channel);
    return channel;
  });
  const events: WorkerEvent[] = [];
  client.subscribe((event) => events.push(event));
  const calls = [client.call('data.list', {}), client.call('runs.list', {})];
  channels[0]?.fire('error', { message: 'out of memory' });
  expect(await Promise.all(calls.map(codeOf))).toEqual(['worker-crashed', 'worker-crashed']);
  expect(channels[0]?.terminated).toBe(true);
  expect(events).toMatchObject([{ type: 'device.fault', error: { code: 'worker-crashed' } }]);
  const next = client.call('data.list', {});
  channels[1]?.fire('message', {
    data: { type: 'result', id: channels[1].sent[0]?.id, output: [] },
  });
  expect(await next).toEqual([]);
  // A late message from the dead worker changes nothing.
  channels[0]?.fire('error', { message: 'again' });
  expect(events).toHaveLength(1);
});

test('that a device was lost is known to the page, whichever worker says that there is none', async () => {
  const channels: FakeChannel[] = [];
  const client = createClient(() => {
    const channel = fakeChannel();
    channels.push(channel);
    return channel;
  });
  /** Asks for a device; the newest worker answers that there is none. */
  const ask = async (): Promise<string> => {
    const call = client.call('device.open', {});
    const [id] =
      channels
        .at(-1)
        ?.sent.slice(-1)
        .map((request) => request.id) ?? [];
    const error = fault('adapter-missing').describe();
    channels.at(-1)?.fire('message', { data: { type: 'failure', id, error } });
    return codeOf(call);
  };
  expect(await ask()).toBe('adapter-missing');
  const lost = deviceLost('unknown', 'gone').describe();
  channels[0]?.fire('message', { data: { type: 'device.fault', error: lost } });
  channels[0]?.fire('error', { message: 'out of memory' });
  expect(await ask()).toBe('adapter-gone');
  expect(channels).toHaveLength(2);
});

test('a message of an unknown kind is an error, not an event', () => {
  const channel = fakeChannel();
  const client = createClient(() => channel);
  const events: WorkerEvent[] = [];
  client.subscribe((event) => events.push(event));
  void client.call('data.list', {});
  channel.fire('message', { data: { type: 'run.exploded' } });
  channel.fire('message', { data: { type: 'runs.steps', runId: 3, steps: [] } });
  expect(events.map(({ type }) => type)).toEqual(['device.fault', 'device.fault']);
  expect(parseFromWorker({ type: 'experts.changed', runId: 'a' })).not.toBeNull();
});

test('requests are checked whole before a handler sees them', async () => {
  expect(parseRequest({ id: 1, kind: 'data.list', input: {} })).toMatchObject({ ok: true });
  expect(parseRequest('data.list')).toEqual({ ok: false, id: null, reason: 'it is no request' });
  expect(parseRequest({ id: 1, kind: 'constructor', input: {} })).toMatchObject({
    ok: false,
    id: 1,
  });
  const bad = { id: 2, kind: 'data.rows', input: { id: 'a', from: -1, count: 5 } };
  const parsed = parseRequest(bad);
  expect(parsed.ok ? '' : parsed.reason).toMatch(/^data\.rows\.from: /);
  expect(parseRequest({ id: 3, kind: 'data.list', input: { more: 1 } }).ok).toBe(false);

  const posted: unknown[] = [];
  const failing = {
    'data.list': () => Promise.reject(new TypeError('deep inside')),
  } as unknown as Handlers;
  const dispatch = createDispatcher(
    async () => failing,
    (message) => posted.push(message),
  );
  await dispatch(bad);
  await dispatch({ id: 4, kind: 'data.list', input: {} });
  await dispatch(null);
  expect(posted).toMatchObject([
    { type: 'failure', id: 2, error: { code: 'request-invalid' } },
    { type: 'failure', id: 4, error: { code: 'internal' } },
    { type: 'device.fault', error: { code: 'request-invalid' } },
  ]);
});

test('storage that cannot be opened fails each call with its reason', async () => {
  const posted: unknown[] = [];
  const error = faultFrom({ code: 'storage-newer', message: '', remedy: '' });
  const dispatch = createDispatcher(
    () => Promise.reject(error),
    (message) => posted.push(message),
  );
  await dispatch({ id: 1, kind: 'data.list', input: {} });
  expect(posted).toMatchObject([{ type: 'failure', id: 1, error: { code: 'storage-newer' } }]);
});

test('a call may end with what its contract lists, by code or by area, and with what any call may', () => {
  expect(mayEndWith('runs.curves', 'run-missing')).toBe(true);
  expect(mayEndWith('runs.curves', 'storage-full')).toBe(true);
  expect(mayEndWith('models.import', 'gguf-magic')).toBe(true);
  expect(mayEndWith('chat.generate', 'device-lost')).toBe(true);
  expect(mayEndWith('runs.curves', 'gguf-magic')).toBe(false);
  expect(mayEndWith('runs.curves', 'cancelled')).toBe(false);
  const gone = fault('run-missing', { id: 'x' });
  expect(endedWith<'runs.curves'>(gone, 'run-missing')).toBe(true);
  // @ts-expect-error -- another call's fault: a page that asks for it waits in vain
  expect(endedWith<'runs.curves'>(gone, 'cancelled')).toBe(false);
});

test('a handler that throws what its call does not list fails the run of tests', async () => {
  vi.useFakeTimers();
  const throwing = async (): Promise<never> => {
    throw fault('pairs-missing', { runId: 'r', id: 'x' });
  };
  const held = heldToContract({
    'runs.curves': throwing,
    'experts.resumePairs': throwing,
  } as unknown as Handlers);
  const input = { runId: 'r', id: 'x', task: 't' };
  expect(await codeOf(held['experts.resumePairs'](input))).toBe('pairs-missing');
  expect(() => vi.runAllTimers()).not.toThrow();
  expect(await codeOf(held['runs.curves'](input))).toBe('pairs-missing');
  expect(() => vi.runAllTimers()).toThrow('runs.curves ended with pairs-missing');
  vi.useRealTimers();
});
