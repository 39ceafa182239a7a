import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from './serve.mjs';

let root: string;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medcare-serve-'));
  await mkdir(join(root, 'dist', 'assets'), { recursive: true });
  await writeFile(join(root, 'secret.txt'), 'secret');
  await writeFile(join(root, 'dist', 'index.html'), '<p>studio</p>');
  await writeFile(join(root, 'dist', 'assets', 'worker-ab12.js'), 'worker');
  await writeFile(join(root, 'dist', 'assets', 'page-ab12.js'), 'page');
  server = await serve({ folder: join(root, 'dist'), port: 0, strictPort: true });
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true });
});

/** As fetch, without its tidying of the path. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(server.address);
      const sent = request({ hostname, port, path, headers, method, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (part) => (text += String(part)));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        );
      });
      sent.on('error', reject);
      sent.end();
    },
  );
}

test('files come with their policy; hashed ones for good, the page is asked for again', async () => {
  const page = await get('/');
  expect(page).toMatchObject({ status: 200, text: '<p>studio</p>' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.headers['cache-control']).toBe('no-cache');
  const script = await get('/assets/page-ab12.js?x=1');
  expect(script.headers['cache-control']).toContain('immutable');
  expect(script.headers['content-security-policy']).not.toContain('https:');
  const worker = await get('/assets/worker-ab12.js');
  expect(worker.headers['content-security-policy']).toContain('https:');
  const again = await get('/', { 'If-None-Match': String(page.headers['etag']) });
  expect(again).toMatchObject({ status: 304, text: '' });
  await writeFile(join(root, 'dist', 'index.html'), '<p>built again</p>');
  expect(await get('/', { 'If-None-Match': String(page.headers['etag']) })).toMatchObject({
    status: 200,
    text: '<p>built again</p>',
  });
  expect(await get('/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
});

test('nothing beside the build, no folders, and only reading', async () => {
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets']) {
    expect((await get(path)).status).toBe(404);
  }
  expect((await get('/%')).status).toBe(400);
  expect((await get('/%00')).status).toBe(404);
  expect((await get('/', {}, 'POST')).status).toBe(405);
});
