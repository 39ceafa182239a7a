import { expect, test } from 'vitest';
import { wait } from './wait.ts';

const hour = 3_600_000;

test('a wait ends by its time, by the signal before or during it, or by the event, and forgets the others', async () => {
  const running = new AbortController();
  await wait(1, running.signal);
  expect(running.signal.aborted).toBe(false);

  await wait(hour, AbortSignal.abort());

  const stopped = wait(hour, running.signal);
  running.abort();
  await stopped;

  const by = new EventTarget();
  const { signal } = new AbortController();
  const woken = wait(hour, signal, { by, event: 'online' });
  by.dispatchEvent(new Event('online'));
  await woken;
  // Where there is no such event, time alone ends it.
  await wait(1, signal, { by: {}, event: 'online' });
});
