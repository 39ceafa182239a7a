import { afterEach, expect, it, vi } from 'vitest';
import { saveFile } from './save-file.ts';

afterEach(() => vi.unstubAllGlobals());

const file = new Blob(['{}'], { type: 'application/json;charset=utf-8' });

function stubDownloads(): string[] {
  const names: string[] = [];
  const link = { download: '', href: '', click: () => void names.push(link.download) };
  vi.stubGlobal('document', { createElement: () => link });
  return names;
}

it('says that a closed dialog saved nothing', async () => {
  const names = stubDownloads();
  vi.stubGlobal('showSaveFilePicker', () => Promise.reject(new DOMException('', 'AbortError')));
  expect(await saveFile(file, 'a.json')).toBe('cancelled');
  expect(names).toEqual([]);
});

it.each(['SecurityError', 'NotAllowedError'])(
  'downloads where the press was too long ago (%s)',
  async (name) => {
    const names = stubDownloads();
    vi.stubGlobal('showSaveFilePicker', () => Promise.reject(new DOMException('', name)));
    expect(await saveFile(file, 'a: b.json')).toBe('saved');
    expect(names).toEqual([expect.stringMatching(/^a.*b\.json$/)]);
  },
);

it('downloads what may not be written where it was chosen', async () => {
  const names = stubDownloads();
  const createWritable = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  vi.stubGlobal('showSaveFilePicker', async () => ({ createWritable }));
  expect(await saveFile(file, 'a.json')).toBe('saved');
  expect(names).toEqual(['a.json']);
});

it('offers the name, the ending and the plain type', async () => {
  const options: unknown[] = [];
  vi.stubGlobal('showSaveFilePicker', async (asked: unknown) => {
    options.push(asked);
    return { createWritable: async () => new WritableStream() };
  });
  expect(await saveFile(file, 'a.json')).toBe('saved');
  expect(options).toEqual([
    { suggestedName: 'a.json', types: [{ accept: { 'application/json': ['.json'] } }] },
  ]);
});

it('passes on a fault of writing, also one that is called like a closed dialog', async () => {
  const fails = new DOMException('blocked', 'AbortError');
  const createWritable = async () => new WritableStream({ write: () => Promise.reject(fails) });
  vi.stubGlobal('showSaveFilePicker', async () => ({ createWritable }));
  await expect(saveFile(file, 'a.json')).rejects.toThrow('blocked');
});
