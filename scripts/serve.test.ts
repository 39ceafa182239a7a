import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
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
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2Fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '//../secret.txt',
    '/assets',
    '/assets/',
    '/%00',
    '/index.html%00.js',
  ]) {
    expect(await get(path), path).toMatchObject({ status: 404, text: 'Not found' });
  }
  for (const path of ['/%', '/%c0%ae%c0%ae/secret.txt', 'http://127.0.0.1/index.html']) {
    expect((await get(path)).status, path).toBe(400);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    const refused = await get('/', {}, method);
    expect(refused, method).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  }
});

test('a link is followed inside the build and refused where it leads out', async () => {
  const inside = join(root, 'dist');
  await symlink('index.html', join(inside, 'same.html'));
  await symlink('../secret.txt', join(inside, 'out.txt'));
  await symlink(root, join(inside, 'up'));
  // A folder whose name only begins like that of the build.
  await mkdir(join(root, 'dist-other'));
  await writeFile(join(root, 'dist-other', 'a.txt'), 'other');
  await symlink('../dist-other/a.txt', join(inside, 'other.txt'));
  expect((await get('/same.html')).text).toBe((await get('/index.html')).text);
  for (const path of ['/out.txt', '/up/secret.txt', '/other.txt', '/up/dist-other/a.txt']) {
    expect(await get(path), path).toMatchObject({ status: 404, text: 'Not found' });
  }
});

test('only requests addressed to this computer by name are answered', async () => {
  const { port } = new URL(server.address);
  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
    expect((await get('/', { Host: `${host}:${port}` })).status, host).toBe(200);
  }
  for (const host of [
    `studio.example:${port}`,
    `127.0.0.1.example:${port}`,
    `localhost.example:${port}`,
    `0.0.0.0:${port}`,
    '127.0.0.1',
    '127.0.0.1:1',
    `127.0.0.1:${port}@studio.example`,
  ]) {
    const refused = await get('/', { Host: host });
    expect(refused, host).toMatchObject({ status: 421 });
    expect(refused.text).toContain(server.address);
    expect(refused.text).not.toContain('<p>');
  }
});

test('a part of a file', async () => {
  const path = '/assets/ten.txt';
  await writeFile(join(root, 'dist', path), '0123456789');
  const parts: readonly (readonly [range: string, text: string, named: string])[] = [
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ];
  for (const [range, text, named] of parts) {
    const part = await get(path, { Range: range });
    expect(part, range).toMatchObject({ status: 206, text });
    expect(part.headers['content-range']).toBe(named);
    expect(part.headers['content-length']).toBe(`${text.length}`);
  }
  for (const range of ['bytes=10-', 'bytes=99-100', 'bytes=-0']) {
    const beyond = await get(path, { Range: range });
    expect(beyond, range).toMatchObject({ status: 416 });
    expect(beyond.headers['content-range']).toBe('bytes */10');
  }
  for (const range of ['bytes=0-1,4-5', 'bytes=4-2', 'bytes=-', 'bytes=a-b', 'lines=0-1', '0-1']) {
    expect(await get(path, { Range: range }), range).toMatchObject({
      status: 200,
      text: '0123456789',
    });
  }
  const whole = await get(path, { Range: 'bytes=2-4' }, 'HEAD');
  expect(whole).toMatchObject({ status: 200, text: '' });
  expect(whole.headers['content-length']).toBe('10');
  const tag = String(whole.headers['etag']);
  const range = { Range: 'bytes=2-4' };
  expect((await get(path, { ...range, 'If-Range': tag })).status).toBe(206);
  expect((await get(path, { ...range, 'If-Range': '"another"' })).status).toBe(200);
});

test('of many idle connections only some are held, and not for long', async () => {
  const { hostname, port } = new URL(server.address);
  let refused = 0;
  const sockets: Socket[] = [];
  const opened = Array.from({ length: 300 }, async () => {
    const socket = connect({ host: hostname, port: Number(port) });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => (refused += 1));
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  });
  await Promise.all(opened);
  try {
    await expect.poll(() => refused, { timeout: 60_000 }).toBeGreaterThanOrEqual(236);
    // Those that say nothing are closed in time, and then others have a place.
    await expect.poll(() => refused, { timeout: 60_000 }).toBe(300);
    expect((await get('/')).status).toBe(200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
