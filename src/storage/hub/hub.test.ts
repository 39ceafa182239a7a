import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  commitOf,
  folderModel,
  startHub,
  type HubModel,
  type TestHub,
} from '../../../test/hub/test-hub.ts';
import { faultFrom, StudioError } from '../../faults/fault.ts';
import type { HubFile } from '../../contract/hub.ts';
import { type FileStore, readWhole } from '../files/file-store.ts';
import { downloadFile, type Patience } from './hub-download.ts';
import { candidatesOf } from './hub-files.ts';
import { parseHubAddress, parseHubName } from './hub-name.ts';
import { openBody } from './hub-body.ts';
import { contentHash } from './hub-content.ts';
import { listRepository } from './hub.ts';
import { memoryStore } from '../files/memory-store.ts';

const NAME = 'tests/stories';
const WEIGHTS = 'model.safetensors';
const never = new AbortController().signal;
const quick: Patience = { attempts: 4, silenceMs: 300_000, pause: () => 1 };

let model: HubModel;
let hub: TestHub;

beforeEach(async () => {
  model = await folderModel(NAME, 'public/models/stories260k', {
    'README.md': '---\nlicense: mit\n---\n',
    'pytorch_model.bin': new Uint8Array(10),
  });
  hub = await startHub([
    model,
    { name: 'tests/gated', files: model.files, listing: { gated: 'manual' } },
    { name: 'tests/private', files: model.files, listing: { private: true } },
    { name: 'tests/pickle', files: { 'pytorch_model.bin': new Uint8Array(10) } },
    { name: 'tests/outside', files: { '../config.json': new Uint8Array(10) } },
  ]);
});

afterEach(() => hub.close());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

const list = (name: string) => listRepository(hub.address, parseHubName(name, hub.address), never);

async function weights(): Promise<HubFile> {
  const candidate = candidatesOf(await list(NAME), null)[0];
  const file = candidate?.files.find(({ path }) => path === WEIGHTS);
  if (!file) throw new Error('no weights are listed');
  return file;
}

interface Outcome {
  readonly received: number[];
  readonly waits: string[];
  readonly code: string;
}

/** Downloads the weights into a store and returns what happened on the way. */
async function download(
  store: FileStore,
  {
    signal = never,
    patience = quick,
    etag = null,
    path = WEIGHTS,
    received = [],
  }: {
    signal?: AbortSignal;
    patience?: Patience;
    etag?: string | null;
    path?: string;
    /** Filled during the download. */
    received?: number[];
  } = {},
): Promise<Outcome> {
  const waits: string[] = [];
  const place = { hub: hub.address, name: NAME, commit: commitOf(model) };
  const candidate = candidatesOf(await list(NAME), null)[0];
  const file = candidate?.files.find((candidateFile) => candidateFile.path === path);
  if (!file) throw new Error(`${path} is not listed`);
  const code = await codeOf(
    downloadFile({
      store,
      job: { place, file, path: 'part', etag },
      watch: {
        received: (bytes) => received.push(bytes),
        waiting: (error) => waits.push(error.code),
        connected: () => undefined,
        etag: async () => undefined,
      },
      signal,
      waits: patience,
    }),
  );
  return { received, waits, code };
}

async function expectWhole(store: FileStore, path = WEIGHTS): Promise<void> {
  const stored = await readWhole(store, 'part');
  expect(Buffer.compare(stored, model.files[path] ?? new Uint8Array())).toBe(0);
}

test('a listing gives commit, sizes, hashes and licence; only what is needed is taken', async () => {
  const repository = await list(NAME);
  expect(repository).toMatchObject({
    name: NAME,
    commit: commitOf(model),
    licence: 'apache-2.0',
  });
  const [candidate, ...rest] = candidatesOf(repository, null);
  expect(rest).toEqual([]);
  // Small files first, weights last; neither README nor pickled weights.
  expect(candidate?.files.map(({ path, purpose }) => [path, purpose])).toEqual([
    ['generation_config.json', 'generation'],
    ['tokenizer_config.json', 'tokenizer'],
    ['config.json', 'config'],
    ['tokenizer.json', 'tokenizer'],
    [WEIGHTS, 'weights'],
  ]);
  const large = candidate?.files.at(-1);
  expect(large?.hash).toEqual({
    kind: 'sha256',
    hex: createHash('sha256')
      .update(model.files[WEIGHTS] ?? '')
      .digest('hex'),
  });
  expect(candidate?.files[0]?.hash.kind).toBe('git-blob');
  expect(hub.requests.map(({ headers }) => headers['cookie'] ?? headers['authorization'])).toEqual([
    undefined,
  ]);
});

test('shards are those of the index; GGUF files are choices of their own, parts and projectors none', () => {
  const entry = (path: string, bytes: number) => ({
    path,
    bytes,
    hash: { kind: 'sha256' as const, hex: '0'.repeat(64) },
  });
  const place = { hub: 'https://hub', name: 'a/b', commit: '0'.repeat(40), licence: null };
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const index = JSON.stringify({ weight_map: { one: shards[0], two: shards[1] } });
  const entries = [
    ...shards.map((path) => entry(path, 1000)),
    entry('consolidated.safetensors', 2000),
    entry('model.safetensors.index.json', 50),
    entry('config.json', 10),
    entry('tokenizer.json', 100),
    entry('onnx/config.json', 10),
    entry('additional_chat_templates/tool_use.jinja', 5),
    entry('b-Q8_0.gguf', 900),
    entry('gguf/b-Q4_0.gguf', 500),
    entry('b-f16-00001-of-00002.gguf', 800),
    entry('mmproj-b-f16.gguf', 100),
  ];
  const candidates = candidatesOf({ ...place, entries }, index);
  const small = [
    ...['additional_chat_templates/tool_use.jinja', 'config.json'],
    ...['model.safetensors.index.json', 'tokenizer.json'],
  ];
  expect(candidates.map(({ id, files }) => [id, files.map(({ path }) => path)])).toEqual([
    ['safetensors', [...small, ...shards]],
    ['gguf/b-Q4_0.gguf', ['gguf/b-Q4_0.gguf']],
    ['b-Q8_0.gguf', ['b-Q8_0.gguf']],
  ]);
  const unstated = entries.map((one) => ({ ...one, hash: null }));
  expect(() => candidatesOf({ ...place, entries: unstated }, index)).toThrow(
    expect.objectContaining({ code: 'hub-answer' }),
  );
});

test('what cannot be had is told apart', async () => {
  expect(await codeOf(list('tests/nothing'))).toBe('hub-missing');
  expect(await codeOf(list(`${NAME}@v9`))).toBe('hub-revision-missing');
  expect(await codeOf(list('tests/gated'))).toBe('hub-gated');
  expect(await codeOf(list('tests/private'))).toBe('hub-private');
  expect(await codeOf(list('tests/outside'))).toBe('hub-answer');
  const pickle = await list('tests/pickle');
  expect(() => candidatesOf(pickle, null)).toThrow(
    expect.objectContaining({ code: 'hub-no-weights' }),
  );
  hub.fail('listing', { kind: 'html' });
  expect(await codeOf(list(NAME))).toBe('hub-page');
  hub.fail('listing', { kind: 'status', status: 404 });
  expect(await codeOf(list(NAME))).toBe('hub-missing');
  hub.fail('listing', { kind: 'status', status: 503, retryAfter: 7 });
  await expect(list(NAME)).rejects.toMatchObject({ code: 'hub-busy', data: { seconds: 7 } });
  await hub.close();
  expect(await codeOf(list(NAME))).toBe('hub-unreachable');
});

test('names come as owner/name, with a revision, or as the address of a page', () => {
  const home = 'https://huggingface.co';
  const of = (text: string, at = home) => {
    const { name, revision, file } = parseHubName(text, at);
    return [name, revision, file];
  };
  const qwen = 'Qwen/Qwen2.5-0.5B';
  expect(of(` ${qwen} `)).toEqual([qwen, 'main', null]);
  expect(of(`${qwen}@refs/pr/3`)).toEqual([qwen, 'refs/pr/3', null]);
  expect(of(`https://huggingface.co/${qwen}`)).toEqual([qwen, 'main', null]);
  expect(of(`hf.co/${qwen}/`)).toEqual([qwen, 'main', null]);
  expect(of(`https://huggingface.co/${qwen}/tree/v1.0`)).toEqual([qwen, 'v1.0', null]);
  expect(of(`https://huggingface.co/${qwen}/blob/main/a/x.gguf?download=true`)).toEqual([
    qwen,
    'main',
    'a/x.gguf',
  ]);
  expect(of(`https://mirror.example/hf/${qwen}`, 'https://mirror.example/hf')).toEqual([
    qwen,
    'main',
    null,
  ]);
  for (const wrong of [
    'qwen',
    'a/b/c',
    '../b',
    'a/..',
    'a/b@',
    'a/b@../..',
    'a b/c',
    'a/b?x=1',
    '',
  ]) {
    expect(() => of(wrong), wrong).toThrow(expect.objectContaining({ code: 'hub-name' }));
  }
  expect(() => of(`https://elsewhere.example/${qwen}`)).toThrow(
    expect.objectContaining({ code: 'hub-elsewhere' }),
  );
  expect(parseHubAddress('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080');
  expect(parseHubAddress('https://mirror.example/hf/')).toBe('https://mirror.example/hf');
  for (const wrong of [
    'http://mirror.example',
    'ftp://a',
    'https://user:key@a',
    'https://a/?b',
    'a',
    'file:///etc',
  ]) {
    expect(() => parseHubAddress(wrong), wrong).toThrow(
      expect.objectContaining({ code: 'hub-address' }),
    );
  }
});

test("git's hash of a file is the one that git gives", () => {
  // printf 'hello\n' | git hash-object --stdin
  const hash = contentHash({ kind: 'git-blob', hex: '' }, 6);
  hash.update(new TextEncoder().encode('hel'));
  hash.update(new TextEncoder().encode('lo\n'));
  expect(hash.hex()).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
});

test('a file comes whole through a redirect, its length and hash checked', async () => {
  const store = memoryStore();
  const { code, received, waits } = await download(store);
  expect([code, waits]).toEqual(['no error', []]);
  expect(received.at(-1)).toBe(model.files[WEIGHTS]?.length);
  await expectWhole(store);
  expect(hub.ranges(WEIGHTS)).toEqual(['bytes=0-']);
  // The small ones are known by their blob id.
  expect((await download(store, { path: 'config.json' })).code).toBe('no error');
  await expectWhole(store, 'config.json');
});

test('a connection cut in the middle is taken up where it broke', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'cut', after: 300_000 }, 2);
  const { code, waits } = await download(store);
  expect(code).toBe('no error');
  expect(waits).toEqual(['hub-cut', 'hub-cut']);
  await expectWhole(store);
  const starts = hub.ranges(WEIGHTS).map((range) => Number(/\d+/.exec(range)?.[0]));
  expect(starts).toHaveLength(3);
  expect(starts[0]).toBe(0);
  expect(starts[1]).toBeGreaterThan(0);
  expect(starts[2]).toBeGreaterThan(starts[1] ?? 0);
});

test('a hub that ignores ranges sends the file anew from its beginning', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'cut', after: 300_000 }, 1);
  const stopping = await download(store, { patience: { ...quick, attempts: 1 } });
  expect(stopping.code).toBe('hub-cut');
  const kept = (await store.open('part')).size;
  expect(kept).toBeGreaterThan(0);
  hub.fail(WEIGHTS, { kind: 'ignore-range' });
  const { code, received } = await download(store);
  expect(code).toBe('no error');
  expect(received[0]).toBe(kept);
  expect(received[1]).toBe(0);
  await expectWhole(store);
});

test('paused: the part stays and is hashed again when it goes on', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'trickle', after: 40_000 });
  const controller = new AbortController();
  const soFar: number[] = [];
  const pausing = download(store, { signal: controller.signal, received: soFar });
  await expect.poll(() => soFar.at(-1) ?? 0, { timeout: 300_000 }).toBeGreaterThan(0);
  controller.abort(faultFrom({ code: 'cancelled', message: '', remedy: '' }));
  expect((await pausing).code).toBe('cancelled');
  const kept = (await store.open('part')).size;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(model.files[WEIGHTS]?.length ?? 0);
  hub.mend();
  const { code, received } = await download(store);
  expect(code).toBe('no error');
  expect(received[0]).toBe(kept);
  expect(hub.ranges(WEIGHTS).at(-1)).toBe(`bytes=${kept}-`);
  await expectWhole(store);
});

test('a part that went bad on disk is noticed by its hash and fetched anew', async () => {
  const store = memoryStore();
  const writer = await store.create('part');
  await writer.write(new Uint8Array(200_000).fill(7));
  await writer.close();
  const { code } = await download(store);
  expect(code).toBe('no error');
  expect(hub.ranges(WEIGHTS)).toEqual(['bytes=200000-', 'bytes=0-']);
  await expectWhole(store);
});

test('a part of other content, known by its etag, is not gone on with', async () => {
  const store = memoryStore();
  const writer = await store.create('part');
  await writer.write((model.files[WEIGHTS] ?? new Uint8Array()).subarray(0, 1000));
  await writer.close();
  const { code, received } = await download(store, { etag: '"another"' });
  expect(code).toBe('no error');
  expect(received).toContain(0);
  expect(hub.ranges(WEIGHTS)).toEqual(['bytes=1000-', 'bytes=0-']);
  await expectWhole(store);
});

test('the wrong bytes are refused and deleted', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'flip', at: 500_000 });
  const { code } = await download(store);
  expect(code).toBe('hub-hash');
  expect(await store.list('')).toEqual([]);
  expect(hub.ranges(WEIGHTS)).toEqual(['bytes=0-']);
});

test('wrong bytes after a cut may be a mixture of two: the file is fetched once more from its start', async () => {
  const store = memoryStore();
  hub.failInTurn(WEIGHTS, [
    { kind: 'cut', after: 300_000 },
    { kind: 'flip', at: 900_000 },
  ]);
  const { code, waits } = await download(store);
  expect([code, waits]).toEqual(['no error', ['hub-cut']]);
  expect(hub.ranges(WEIGHTS).at(-1)).toBe('bytes=0-');
  expect(hub.ranges(WEIGHTS)).toHaveLength(3);
  await expectWhole(store);
});

test('the wrong length is refused before a byte is taken', async () => {
  const store = memoryStore();
  const { bytes } = await weights();
  for (const wrong of [bytes - 10, bytes + 10]) {
    hub.fail(WEIGHTS, { kind: 'length', bytes: wrong });
    const { code, received } = await download(store);
    expect(code).toBe('hub-length');
    expect(received).toEqual([0]);
  }
});

test('a body that ends early without a stated length is a cut, and given up in the end', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'short', bytes: 1000 }, 1);
  expect((await download(store)).waits).toEqual(['hub-cut']);
  await expectWhole(store);
  await store.remove('part');
  hub.fail(WEIGHTS, { kind: 'short', bytes: 0 });
  const { code, waits } = await download(store);
  expect([code, waits.length]).toEqual(['hub-cut', quick.attempts - 1]);
});

test('pages, messages and pointers in place of weights are refused', async () => {
  const store = memoryStore();
  for (const kind of ['html', 'json', 'pointer'] as const) {
    hub.fail(WEIGHTS, { kind });
    const { code, received } = await download(store);
    expect([kind, code]).toEqual([kind, 'hub-page']);
    expect(received).toEqual([0]);
  }
  hub.fail('config.json', { kind: 'html' });
  expect((await download(store, { path: 'config.json' })).code).toBe('hub-page');
});

test('statuses of a file: missing and gated end it, busy is waited for', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'status', status: 404, code: 'EntryNotFound' });
  expect((await download(store)).code).toBe('hub-file-missing');
  hub.fail(WEIGHTS, { kind: 'status', status: 401, code: 'GatedRepo' });
  expect((await download(store)).code).toBe('hub-gated');
  hub.fail(WEIGHTS, { kind: 'status', status: 503 }, 2);
  const { code, waits } = await download(store);
  expect([code, waits]).toEqual(['no error', ['hub-busy', 'hub-busy']]);
});

test('a connection that falls silent is cut and taken up again', async () => {
  const store = memoryStore();
  hub.fail(WEIGHTS, { kind: 'silent', after: 400_000 }, 1);
  // A slow machine may mistake a pause for silence and try once more.
  const impatient = { ...quick, attempts: 100, silenceMs: 1000 };
  const { code, waits } = await download(store, { patience: impatient });
  expect(code).toBe('no error');
  expect(waits).toContain('hub-cut');
  await expectWhole(store);
});

test('a hub may only be where it is encrypted, or on this computer', async () => {
  const place = { hub: 'http://example.com', name: NAME, commit: commitOf(model) };
  expect(await codeOf(openBody(place, await weights(), never))).toBe('hub-unreachable');
});
