import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reminder } from './reminder.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
/** Firefox on iOS is WebKit. */
const IOS =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/153.0 Mobile/15E148 Safari/604.1';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A queue that tells of finished work only when it is submitted to, as Firefox's does between its looks. */
function queueThatLooks(): {
  readonly submissions: number[];
  submit(buffers: Iterable<GPUCommandBuffer>): undefined;
  finish(value: string): Promise<string>;
} {
  const told: (() => void)[] = [];
  const submissions: number[] = [];
  return {
    submissions,
    submit: (buffers) => {
      expect([...buffers]).toEqual([]);
      submissions.push(Date.now());
      for (const tell of told.splice(0)) tell();
      return undefined;
    },
    finish: (value) =>
      new Promise((resolve) => {
        told.push(() => resolve(value));
      }),
  };
}

test('in Firefox a wait ends within milliseconds, and nothing is submitted when nobody waits', async () => {
  const queue = queueThatLooks();
  const reminder = new Reminder(queue, FIREFOX);
  const begun = Date.now();
  const answer = reminder.during(queue.finish('done'));
  await vi.advanceTimersByTimeAsync(2);
  expect(await answer).toBe('done');
  expect(queue.submissions.map((time) => time - begun)).toEqual([1]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(queue.submissions).toHaveLength(1);
});

test('a long wait is reminded seldom, a new one at once, and a failure ends it too', async () => {
  const queue = queueThatLooks();
  const reminder = new Reminder(queue, FIREFOX);
  let fail = (_reason: Error): void => undefined;
  const long = reminder.during(
    new Promise<string>((_resolve, reject) => {
      fail = reject;
    }),
  );
  await vi.advanceTimersByTimeAsync(2000);
  const often = queue.submissions.length;
  expect(often).toBeGreaterThan(100);
  expect(often).toBeLessThan(160);
  const short = reminder.during(queue.finish('done'));
  await vi.advanceTimersByTimeAsync(1);
  expect(await short).toBe('done');
  expect(queue.submissions.length).toBe(often + 1);
  fail(new Error('lost'));
  await expect(long).rejects.toThrow('lost');
  const last = queue.submissions.length;
  await vi.advanceTimersByTimeAsync(2000);
  expect(queue.submissions).toHaveLength(last);
});

test.each([CHROME, IOS, ''])('other browsers are left alone: %s', async (userAgent) => {
  const queue = queueThatLooks();
  const work = Promise.resolve('done');
  expect(new Reminder(queue, userAgent).during(work)).toBe(work);
  await vi.advanceTimersByTimeAsync(1000);
  expect(queue.submissions).toEqual([]);
});
