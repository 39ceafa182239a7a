/** Which requests the service worker answers from the kept files, and which it leaves to the network. */
import { expect, test } from 'vitest';
import { KeptFiles } from './kept-files.ts';

const scope = 'https://ward.example/studio/';
const kept = new KeptFiles(
  {
    scope,
    // Opened only once an answer is given, which is the browser's part (e2e/offline.spec.ts).
    caches: { open: () => Promise.reject(new Error('unused')) } as unknown as CacheStorage,
    fetch: () => Promise.reject(new TypeError('no network')),
  },
  {
    version: 'v1',
    files: [
      ['', 'sha256-a'],
      ['assets/page-1.js', 'sha256-b'],
      ['models/models.json', 'sha256-c'],
    ],
  },
);

function answers(address: string, init: RequestInit & { navigate?: boolean } = {}): boolean {
  const { navigate, ...rest } = init;
  const request = new Request(new URL(address, scope), rest);
  if (navigate) Object.defineProperty(request, 'mode', { value: 'navigate' });
  const answer = kept.answer(request);
  answer?.catch(() => undefined);
  return answer !== null;
}

test('files of the build are answered, the page under both its names', () => {
  expect(answers('', { navigate: true })).toBe(true);
  expect(answers('?from=home', { navigate: true })).toBe(true);
  expect(answers('index.html', { navigate: true })).toBe(true);
  expect(answers('assets/page-1.js')).toBe(true);
  expect(answers('models/models.json')).toBe(true);
  // Parts of an earlier version, which a tab may still be using.
  expect(answers('assets/page-0.js')).toBe(true);
});

test('everything else is the network’s: other hosts and folders, parts of files, what sends something', () => {
  for (const other of [
    'https://huggingface.co/api/models/a/b',
    'https://ward.example/',
    'https://ward.example/studio-2/assets/page-1.js',
    'sw.js',
    'other.html',
    'models/models.json?x=1',
  ]) {
    expect(answers(other), other).toBe(false);
  }
  expect(answers('assets/page-1.js', { headers: { range: 'bytes=0-1' } })).toBe(false);
  expect(answers('', { method: 'POST', body: 'text' })).toBe(false);
});
