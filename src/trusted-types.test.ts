import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rules } from './trusted-types.ts';

beforeEach(() => {
  const href = 'http://127.0.0.1:4173/studio/';
  vi.stubGlobal('location', { href, origin: new URL(href).origin });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('only the workers of the build are started', () => {
  for (const own of [
    'http://127.0.0.1:4173/studio/assets/worker-DrceSPRl.js',
    '/studio/assets/token-worker-a_B-9.js',
    '/studio/assets/finder-worker-a_B-9.js',
    '/studio/assets/search-worker-a_B-9.js',
    './sw.js',
  ]) {
    expect(rules.createScriptURL(own)).toBe(own);
  }
  for (const other of [
    'https://elsewhere.example/assets/worker-DrceSPRl.js',
    '//elsewhere.example/assets/worker-DrceSPRl.js',
    'blob:http://127.0.0.1:4173/assets/worker-a.js',
    'data:text/javascript,1//assets/worker-a.js',
    '/studio/assets/page-DrceSPRl.js',
    '/studio/assets/worker-a.js/b.js',
    '/studio/?/assets/worker-a.js',
    'https://elsewhere.example/sw.js',
    '/studio/not-sw.js',
  ]) {
    expect(rules.createScriptURL(other), other).toBeNull();
  }
});

test('markup is a character reference or nothing', () => {
  expect(rules.createHTML('&eacute;')).toBe('&eacute;');
  for (const other of ['', '<b>', '&eacute;<img src=x>', '&a;&b;', '&a', '<script></script>']) {
    expect(rules.createHTML(other), other).toBeNull();
  }
});
