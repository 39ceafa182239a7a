/** The studio without a network, and how it changes to a newer version. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { serve } from '../scripts/serve.mjs';
import { expect, test } from './studio.ts';

test.use({ serviceWorkers: 'allow' });

/** Files kept by the service worker, per version. */
const kept = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const names = await caches.keys();
    return Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
  });

test('after one visit it opens without a network, behind the same headers; a newer version waits for a press', async ({
  page,
  watched,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'medcare-offline-'));
  const dist = join(folder, 'dist');
  await cp('dist', dist, { recursive: true });
  let server = await serve({ folder: dist, port: 0, strictPort: false });
  const { address } = server;
  try {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    expect(await kept(page)).toHaveLength(1);

    server.close();
    await page.context().setOffline(true);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
    await page.getByRole('button', { name: 'Use the sample data' }).click();
    await expect(page.getByRole('table', { name: 'Data sets' })).toBeVisible();
    const guarded = await page.evaluate(async () => {
      const refused = async (attempt: () => unknown): Promise<boolean> => {
        try {
          await attempt();
          return false;
        } catch {
          return true;
        }
      };
      const { headers } = await fetch('./');
      return {
        isolated: crossOriginIsolated,
        policy: headers.get('content-security-policy')?.includes("connect-src 'self'") ?? false,
        worker: await refused(() => new Worker('./assets/page.js')),
        markup: await refused(() => (document.createElement('p').innerHTML = '<b>text</b>')),
      };
    });
    expect(guarded).toEqual({ isolated: true, policy: true, worker: true, markup: true });

    expect(watched.faults.filter((met) => met.startsWith('policy: '))).toHaveLength(2);
    watched.faults.length = 0;

    // The next version: one file differs.
    await page.context().setOffline(false);
    const worker = join(dist, 'sw.js');
    const script = await readFile(worker, 'utf8');
    const icon = join(dist, 'manifest.webmanifest');
    const before = await readFile(icon);
    const after = Buffer.concat([before, Buffer.from('\n')]);
    await writeFile(icon, after);
    const hash = async (bytes: Buffer): Promise<string> =>
      Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('base64');
    const renewed = script
      .replace(await hash(before), await hash(after))
      .replace(/(version:\s*["'`])[0-9a-f]+/, '$10123456789abcdef');
    expect(renewed).not.toBe(script);
    await writeFile(worker, renewed);
    server = await serve({ folder: dist, port: Number(new URL(address).port), strictPort: true });
    await page.reload();
    const offer = page.getByText('A new version of the studio is ready');
    await expect(offer).toBeVisible();
    expect(await kept(page)).toHaveLength(2);
    const old = await page.evaluate(() => navigator.serviceWorker.controller?.state);
    expect(old, 'the version in use goes on until the press').toBe('activated');
    await page.evaluate(() => Reflect.set(globalThis, 'before', true));
    await page.getByRole('button', { name: 'Load the new version' }).click();
    await page.waitForFunction(() => Reflect.get(globalThis, 'before') === undefined);
    await expect(page.getByRole('table', { name: 'Data sets' })).toBeVisible();
    expect(
      await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return registration?.waiting ?? null;
      }),
    ).toBeNull();

    // What docs/deploy.md has a host do whose build turned out to be broken.
    await writeFile(
      worker,
      `addEventListener('install', () => skipWaiting());
      addEventListener('activate', (event) => event.waitUntil(registration.unregister()));`,
    );
    await page.reload();
    await expect
      .poll(() =>
        page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length),
      )
      .toBe(0);
    expect(watched.faults).toEqual([]);
    // This journey has a server of its own.
    expect(watched.elsewhere.filter((url) => !url.startsWith(address))).toEqual([]);
    watched.elsewhere.length = 0;
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
