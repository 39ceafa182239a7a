import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { productHeaders } from './headers.mjs';

function directives(path: string): Map<string, string> {
  const policy = productHeaders(path)['Content-Security-Policy'] ?? '';
  return new Map(
    policy.split('; ').map((part) => {
      const [name = '', ...values] = part.split(' ');
      return [name, values.join(' ')];
    }),
  );
}

test('nothing inline and nothing evaluated is allowed, in the page and in its workers', () => {
  for (const path of [
    '/',
    '/assets/worker-a1.js',
    '/assets/token-worker-a1.js',
    '/assets/finder-worker-a1.js',
  ]) {
    const policy = directives(path);
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(policy.get('trusted-types')).toBe('default');
    expect([...policy.values()].join(' ')).not.toContain('unsafe');
  }
});

test('the one style element that is allowed is the one that sonner writes', async () => {
  const source = await readFile('node_modules/sonner/dist/index.mjs', 'utf8');
  const written = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source)?.[1];
  const css = JSON.parse(written ?? '""') as string;
  expect(css.length).toBeGreaterThan(1000);
  const [empty, own] = ['', css].map((text) => createHash('sha256').update(text).digest('base64'));
  expect(directives('/').get('style-src')).toBe(`'self' 'sha256-${empty}' 'sha256-${own}'`);
});

test('the nginx of the container sends the same headers', async () => {
  const conf = await readFile('deploy/nginx.conf', 'utf8');
  const mapped = (name: string): string[] =>
    [
      ...(new RegExp(`\\$${name} \\{([^}]*)\\}`).exec(conf)?.[1] ?? '').matchAll(/ "([^"]*)";/g),
    ].map(([, value = '']) => value);
  const [page, worker] = ['/', '/assets/worker-a1.js'].map(productHeaders);
  expect(mapped('studio_policy')).toEqual([
    page?.['Content-Security-Policy'],
    worker?.['Content-Security-Policy'],
  ]);
  const sent = [...conf.matchAll(/add_header (\S+) "([^"]*)" always;/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  const { 'Content-Security-Policy': _byFile, ...others } = page ?? {};
  expect(Object.fromEntries(sent)).toEqual(others);
});
