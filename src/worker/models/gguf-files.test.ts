import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildGguf } from '../../formats/testing/gguf-bytes.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { codeOf, noDevice, openStudio } from '../testing/studio.ts';

const gguf = (name: string, bytes?: Uint8Array): File => {
  const content = bytes ?? new Uint8Array(readFileSync(`test/fixtures/gguf/${name}`));
  return new File([content as BlobPart], name);
};

function dropped(...files: readonly File[]) {
  return { files: [...files], paths: files.map(({ name }) => name), name: 'dropped', task: 'm' };
}

test('a GGUF file is a model: imported, opened again after a reload, removed', async () => {
  const kept = { files: memoryStore(), name: 'gguf' };
  const first = await openStudio(noDevice, kept);
  const model = await first.client.call('models.import', dropped(gguf('stories260k.f16.gguf')));
  expect(model).toMatchObject({
    name: 'dropped',
    source: 'folder',
    architecture: 'llama',
    parameters: 260_032,
    vocabularySize: 512,
    contextLength: 512,
    hasTemplate: false,
    template: 'plain',
    licence: 'not stated',
  });
  first.close();

  const second = await openStudio(noDevice, kept);
  expect(await second.client.call('models.list', {})).toContainEqual(model);
  const set = (template: 'model' | 'chatml' | 'plain') =>
    second.client.call('models.setTemplate', { id: model.id, template });
  // Only opening the file again shows which tokens it has.
  expect(await codeOf(set('chatml'))).toBe('template-tokens-missing');
  expect(await codeOf(set('plain'))).toBe('no error');
  await second.client.call('models.remove', { id: model.id });
  expect(await second.client.call('models.list', {})).toHaveLength(2);
  second.close();
});

test('a quantised file comes with its template, whatever else lies in the folder', async () => {
  const studio = await openStudio();
  const { client } = studio;
  const readme = new File(['---\nlicense: mit\n---\n'], 'README.md');
  const model = await client.call('models.import', dropped(readme, gguf('q256.Q4_K_S.gguf')));
  expect(model).toMatchObject({
    architecture: 'qwen2',
    hiddenSize: 256,
    layers: 1,
    template: 'model',
    licence: 'mit',
  });
  // Nine matrices in blocks of 144 bytes for 256 weights, and vectors with four bytes for each number.
  expect(model.bytes).toBeLessThan(940_000);
  studio.close();
});

test('several files, damaged files and files of something else are told apart', async () => {
  const studio = await openStudio();
  const { client } = studio;
  const bring = (...files: readonly File[]) =>
    codeOf(client.call('models.import', dropped(...files)));
  const whole = new Uint8Array(readFileSync('test/fixtures/gguf/stories260k.f16.gguf'));
  const other = buildGguf({ metadata: [['general.architecture', 'bert']] });
  const page = new TextEncoder().encode('<!doctype html><title>Sign in</title>');
  expect(await bring(gguf('a.gguf', whole), gguf('b.GGUF', whole))).toBe('gguf-several');
  expect(await bring(gguf('a.gguf', whole.slice(0, 400_000)))).toBe('gguf-offset');
  expect(await bring(gguf('a.gguf', whole.slice(0, 9000)))).toBe('gguf-truncated');
  expect(await bring(gguf('a.gguf', other))).toBe('gguf-unsupported');
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 1048576\n';
  const message = '{"error":"Repository is gated, please sign in"}';
  expect(await bring(gguf('a.gguf', page))).toBe('file-stand-in');
  for (const text of [pointer, message])
    expect(await bring(gguf('a.gguf', new TextEncoder().encode(text)))).toBe('file-stand-in');
  expect(await bring(gguf('a.gguf', whole.slice(4)))).toBe('gguf-magic');
  expect(await client.call('models.list', {})).toHaveLength(2);
  studio.close();
});
