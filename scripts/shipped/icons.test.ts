/** What an installed studio shows of itself: every icon that the manifest and the page name is there, in its size. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface Icon {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
  readonly purpose: string;
}

/** Width and height as the header of a PNG file states them. */
async function pixels(path: string): Promise<string> {
  const bytes = await readFile(`public/${path}`);
  expect(bytes.subarray(1, 4).toString('latin1'), path).toBe('PNG');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

const manifest = JSON.parse(await readFile('public/manifest.webmanifest', 'utf8')) as {
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly icons: readonly Icon[];
};

test('the manifest has what browsers ask for before they offer to install, below any folder', async () => {
  expect(manifest).toMatchObject({ start_url: './', scope: './', display: 'standalone' });
  const named = manifest.icons.map(({ sizes, purpose }) => `${purpose} ${sizes}`);
  expect(named).toEqual([
    'any any',
    'any 192x192',
    'any 512x512',
    'maskable 192x192',
    'maskable 512x512',
  ]);
  for (const { src, sizes, type } of manifest.icons) {
    expect(src, 'relative to the manifest').not.toMatch(/^(?:\/|https?:)/);
    if (type === 'image/svg+xml') expect(await readFile(`public/${src}`, 'utf8')).toContain('<svg');
    else expect([type, await pixels(src)], src).toEqual(['image/png', sizes]);
  }
});

test('the page names the manifest and the icon for home screens', async () => {
  const page = await readFile('index.html', 'utf8');
  expect(page).toContain('<link rel="manifest" href="/manifest.webmanifest" />');
  const touch = /<link rel="apple-touch-icon" href="\/([^"]+)" \/>/.exec(page)?.[1] ?? '';
  expect(await pixels(touch)).toBe('180x180');
});
