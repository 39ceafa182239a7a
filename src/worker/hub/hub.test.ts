import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  commitOf,
  folderModel,
  startHub,
  type HubModel,
  type TestHub,
} from '../../../test/hub/test-hub.ts';
import type { Patience } from '../../storage/hub/hub-download.ts';
import { localLocks } from '../../storage/locks.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import type { Download, HubListing, ModelOrigin } from '../../contract/hub.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import { codeOf, noDevice, openStudio, type Studio } from '../testing/studio.ts';

/** The hub's calls through the real client and dispatcher, against a real server on this computer. */

type HubEvent = Extract<WorkerEvent, { readonly type: 'hub.changed' | 'hub.ended' }>;

const NAME = 'tests/stories';
const WEIGHTS = 'model.safetensors';
const patient: Patience = { attempts: 3, silenceMs: 300_000, pause: () => 1 };

/** Long enough that it ends only a hanging wait. */
const POLLED = { timeout: 300_000 };

let model: HubModel;
let hub: TestHub;
let studio: Studio;
let kept: { files: ReturnType<typeof memoryStore>; name: string };
let count = 0;

const config = async (change: object): Promise<string> => {
  const text = new TextDecoder().decode(model.files['config.json']);
  return JSON.stringify({ ...(JSON.parse(text) as object), ...change });
};

const fixture = async (name: string) =>
  new Uint8Array(await readFile(`test/fixtures/gguf/${name}`));

beforeEach(async () => {
  model = await folderModel(NAME, 'public/models/stories260k', { 'README.md': '# Stories' });
  const { 'tokenizer.json': _tokenizer, ...withoutTokenizer } = model.files;
  hub = await startHub([
    model,
    { name: 'tests/bare', files: withoutTokenizer },
    await folderModel('tests/mamba', 'public/models/stories260k', {
      'config.json': await config({ architectures: ['MambaForCausalLM'], model_type: 'mamba' }),
    }),
    await folderModel('tests/wide', 'public/models/stories260k', {
      'config.json': await config({ hidden_size: 128 }),
    }),
    {
      name: 'tests/card',
      files: {
        ...model.files,
        'README.md': new TextEncoder().encode('---\nlicense: cc-by-4.0\n---\n# Stories\n'),
      },
      listing: { tags: [], cardData: null },
    },
  ]);
  kept = { files: memoryStore(), name: `hub-${count++}` };
  studio = await openStudio(noDevice, kept, patient);
});

afterEach(async () => {
  studio.close();
  await hub.close();
});

const look = (name: string): Promise<HubListing> =>
  studio.client.call('hub.look', { hub: hub.address, name, task: 'look' });

const origin = (
  { hub: address, name, commit }: HubListing,
  choice = 'safetensors',
): ModelOrigin => ({
  hub: address,
  name,
  commit,
  choice,
});

const hubEvents = (): HubEvent[] =>
  studio.events.filter((event) => event.type === 'hub.changed' || event.type === 'hub.ended');

async function ended(id: string): Promise<string | null> {
  const find = () =>
    hubEvents().find((event) => event.type === 'hub.ended' && event.id === id) ?? null;
  await expect.poll(find, POLLED).not.toBeNull();
  const event = find();
  return event?.type === 'hub.ended' ? event.modelId : null;
}

/** The download once it stopped, as the page hears of it. */
async function stopped(id: string): Promise<Download> {
  const find = () =>
    hubEvents()
      .flatMap((event) => (event.type === 'hub.changed' ? [event.download] : []))
      .findLast((download) => download.id === id);
  await expect.poll(() => find()?.state, POLLED).toMatch(/^(paused|failed)$/);
  const download = find();
  if (!download) throw new Error('no event of this download');
  return download;
}

test('a look lists what would be taken, and asks for no weights', async () => {
  const listing = await look(NAME);
  expect(listing).toMatchObject({
    hub: hub.address,
    name: NAME,
    commit: commitOf(model),
    licence: 'apache-2.0',
    proposed: 'safetensors',
    others: { count: 1 },
  });
  const [choice] = listing.choices;
  expect(choice?.obstacle).toBeNull();
  expect(choice?.bytes).toBe(
    Object.entries(model.files)
      .filter(([path]) => path !== 'README.md')
      .reduce((sum, [, bytes]) => sum + bytes.length, 0),
  );
  expect(hub.ranges(WEIGHTS)).toEqual([]);
  expect((await look('tests/card')).licence).toBe('cc-by-4.0');
});

test('a quantisation that is declared counts only where the weights have it', async () => {
  const declared = await config({ quantization_config: { quant_method: 'gptq', bits: 4 } });
  const { [WEIGHTS]: plain = new Uint8Array() } = model.files;
  const text = new TextDecoder('latin1').decode(plain).replace('q_proj.weight"', 'q_proj.qweight"');
  // The text is one character longer, so the header loses one character of padding.
  const end = 8 + new DataView(plain.buffer, plain.byteOffset).getUint32(0, true);
  expect(text.slice(end, end + 1)).toBe(' ');
  const packed = Uint8Array.from(text.slice(0, end) + text.slice(end + 1), (c) => c.charCodeAt(0));
  const other = await startHub([
    await folderModel('tests/left', 'public/models/stories260k', { 'config.json': declared }),
    {
      name: 'tests/gptq',
      files: {
        ...model.files,
        'config.json': new TextEncoder().encode(declared),
        [WEIGHTS]: packed,
      },
    },
    {
      name: 'tests/adapter',
      files: {
        'adapter_config.json': new TextEncoder().encode('{"base_model_name_or_path":"some/base"}'),
        'adapter_model.safetensors': plain,
      },
    },
  ]);
  try {
    const choices = async (name: string) =>
      (await studio.client.call('hub.look', { hub: other.address, name, task: 'look' })).choices;
    expect((await choices('tests/left'))[0]?.obstacle).toBeNull();
    expect((await choices('tests/gptq'))[0]?.obstacle?.code).toBe('weights-quantised');
    expect(await codeOf(choices('tests/adapter'))).toBe('weights-adapter-alone');
    expect(other.ranges(WEIGHTS)).toEqual([]);
  } finally {
    await other.close();
  }
});

test('what the studio cannot use is named at the look', async () => {
  const obstacle = async (name: string) => (await look(name)).choices[0]?.obstacle?.code;
  expect(await obstacle('tests/mamba')).toBe('architecture-unknown');
  expect(await obstacle('tests/bare')).toBe('model-file-missing');
  const bare = await look('tests/bare');
  expect(await codeOf(studio.client.call('hub.download', origin(bare)))).toBe('model-file-missing');
  expect(await studio.client.call('hub.list', {})).toEqual([]);
});

test('a download with a cut becomes a model that knows where it came from', async () => {
  hub.fail(WEIGHTS, { kind: 'cut', after: 400_000 }, 1);
  const started = await studio.client.call('hub.download', origin(await look(NAME)));
  expect(started).toMatchObject({ state: 'running', received: 0, licence: 'apache-2.0' });
  const modelId = await ended(started.id);
  expect(modelId).toBe(started.id);
  expect(await studio.client.call('hub.list', {})).toEqual([]);
  const models = await studio.client.call('models.list', {});
  expect(models.find(({ id }) => id === modelId)).toMatchObject({
    name: 'stories',
    source: 'hub',
    licence: 'apache-2.0',
    parameters: 260032,
    origin: { hub: hub.address, name: NAME, commit: commitOf(model), choice: 'safetensors' },
  });
  const waiting = hubEvents().some(
    (event) => event.type === 'hub.changed' && event.download.state === 'waiting',
  );
  expect(waiting).toBe(true);
  expect(hub.ranges(WEIGHTS)).toHaveLength(2);

  const stored = await studio.client.call('models.stored', {});
  expect(stored).toHaveLength(1);
  expect(stored[0]?.files.map(({ name }) => name)).toContain(WEIGHTS);
  const verify = () => studio.client.call('models.verify', { id: started.id, task: 'v' });
  expect((await verify()).every(({ state }) => state === 'good')).toBe(true);

  // Files that went bad on disk are found one by one.
  const writer = await kept.files.create(`models/${started.id}/config.json`);
  await writer.write(new Uint8Array(3));
  await writer.close();
  await kept.files.remove(`models/${started.id}/tokenizer.json`);
  const bad = (await verify()).filter(({ state }) => state !== 'good');
  expect(bad.map(({ name, state }) => [name, state]).sort()).toEqual([
    ['config.json', 'damaged'],
    ['tokenizer.json', 'missing'],
  ]);
  await studio.client.call('models.remove', { id: started.id });
  expect(await kept.files.list(`models/${started.id}`)).toEqual([]);
  expect(await studio.client.call('models.stored', {})).toEqual([]);
});

test('paused, reloaded, resumed: nothing is fetched twice', async () => {
  hub.fail(WEIGHTS, { kind: 'trickle', after: 40_000 });
  const { id } = await studio.client.call('hub.download', origin(await look(NAME)));
  const received = async (): Promise<number> => {
    const downloads = await studio.client.call('hub.list', {});
    const files = downloads.find((each) => each.id === id)?.files ?? [];
    return files.find(({ path }) => path === WEIGHTS)?.received ?? 0;
  };
  await expect.poll(received, POLLED).toBeGreaterThan(0);
  await studio.client.call('hub.pause', { id });
  const paused = await stopped(id);
  expect(paused).toMatchObject({ state: 'paused', error: null });
  const part = paused.files.find(({ path }) => path === WEIGHTS);
  expect(part?.received).toBeGreaterThan(0);
  expect(part?.done).toBe(false);
  studio.close();

  studio = await openStudio(noDevice, kept, patient);
  const [offered] = await studio.client.call('hub.list', {});
  expect(offered).toMatchObject({ id, state: 'paused', received: paused.received });
  // A second request by name goes on with the same download.
  hub.mend();
  const again = await studio.client.call('hub.download', origin(await look(NAME)));
  expect(again.id).toBe(id);
  expect(await ended(id)).toBe(id);
  expect(hub.ranges(WEIGHTS)).toEqual(['bytes=0-', `bytes=${part?.received ?? 0}-`]);
  // The file is read at both looks and both starts; its download was not repeated.
  expect(hub.ranges('tokenizer.json')).toEqual(['bytes=0-']);
});

test('a download in the hands of another tab is followed until it is let go', async () => {
  const { locks, name } = { locks: localLocks(), name: kept.name };
  hub.fail(WEIGHTS, { kind: 'trickle', after: 40_000 });
  studio.close();
  studio = await openStudio(noDevice, { ...kept, locks }, patient);
  const { id } = await studio.client.call('hub.download', origin(await look(NAME)));
  const other = await openStudio(noDevice, { files: kept.files, name, locks }, patient);
  const [seen] = await other.client.call('hub.list', {});
  expect(seen?.state).toBe('elsewhere');
  expect(await codeOf(other.client.call('hub.resume', { id }))).toBe('download-elsewhere');
  expect(await codeOf(other.client.call('hub.discard', { id }))).toBe('download-elsewhere');
  await studio.client.call('hub.pause', { id });
  await expect
    .poll(() =>
      other.events.flatMap((event) => (event.type === 'hub.changed' ? [event.download.state] : [])),
    )
    .toEqual(['paused']);
  other.close();
});

test('discarded while it goes on: nothing is left of it', async () => {
  hub.fail(WEIGHTS, { kind: 'trickle', after: 40_000 });
  const { id } = await studio.client.call('hub.download', origin(await look(NAME)));
  await expect.poll(() => hub.ranges(WEIGHTS).length, POLLED).toBe(1);
  await studio.client.call('hub.discard', { id });
  expect(await ended(id)).toBeNull();
  expect(await studio.client.call('hub.list', {})).toEqual([]);
  expect(await kept.files.list(`models/${id}`)).toEqual([]);
  expect(await codeOf(studio.client.call('hub.resume', { id }))).toBe('download-missing');
});

test('wrong bytes stop it with what to do; going on fetches that file again', async () => {
  hub.fail(WEIGHTS, { kind: 'flip', at: 9 });
  const { id } = await studio.client.call('hub.download', origin(await look(NAME)));
  const failed = await stopped(id);
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'hub-hash' } });
  expect(failed.files.filter(({ done }) => !done).map(({ path }) => path)).toEqual([WEIGHTS]);
  hub.mend();
  await studio.client.call('hub.resume', { id });
  expect(await ended(id)).toBe(id);
});

test('weights that do not fit their config are refused by their header, before they are fetched', async () => {
  const { id } = await studio.client.call('hub.download', origin(await look('tests/wide')));
  const failed = await stopped(id);
  expect(failed.error?.code).toBe('tensor-shape');
  expect(hub.ranges(WEIGHTS)).toEqual([]);
  await studio.client.call('hub.discard', { id });
  expect(await kept.files.list(`models/${id}`)).toEqual([]);
});

test('a hub that gives no pieces: all is fetched, then refused as a dropped folder is', async () => {
  hub.fail(`piece of ${WEIGHTS}`, { kind: 'status', status: 503 });
  const { id } = await studio.client.call('hub.download', origin(await look('tests/wide')));
  const failed = await stopped(id);
  expect(failed.error?.code).toBe('tensor-shape');
  expect(failed.error?.kept).toContain('download');
  expect(failed.files.every(({ done }) => done)).toBe(true);
  expect(await studio.client.call('models.list', {})).toHaveLength(2);
});

test('a hub that ignores ranges for pieces as well', async () => {
  hub.fail(`piece of ${WEIGHTS}`, { kind: 'ignore-range' });
  hub.fail(WEIGHTS, { kind: 'ignore-range' });
  const { id } = await studio.client.call('hub.download', origin(await look(NAME)));
  expect(await ended(id)).toBe(id);
});

test('one GGUF file of several, known by the address of its page', async () => {
  const files = {
    'stories260k.f16.gguf': await fixture('stories260k.f16.gguf'),
    'other-Q8_0.gguf': await fixture('q256.Q8_0.gguf'),
    'other-00001-of-00002.gguf': new Uint8Array(10),
  };
  const ggufs: HubModel = { name: 'tests/ggufs', files };
  await hub.close();
  hub = await startHub([ggufs]);
  const listing = await look(`${hub.address}/tests/ggufs/blob/main/stories260k.f16.gguf`);
  expect(listing.choices.map(({ id }) => id).sort()).toEqual([
    'other-Q8_0.gguf',
    'stories260k.f16.gguf',
  ]);
  expect(listing.proposed).toBe('stories260k.f16.gguf');
  const { id } = await studio.client.call('hub.download', origin(listing, listing.proposed));
  expect(await ended(id)).toBe(id);
  const models = await studio.client.call('models.list', {});
  expect(models.find((one) => one.id === id)).toMatchObject({
    name: 'stories260k.f16',
    source: 'hub',
    parameters: 260032,
    origin: { choice: 'stories260k.f16.gguf' },
  });
  expect(hub.ranges('other-Q8_0.gguf')).toEqual([]);
});

test('addresses and names that are none are refused before anything is asked', async () => {
  const ask = (address: string, name: string) =>
    codeOf(studio.client.call('hub.look', { hub: address, name, task: 't' }));
  expect(await ask('http://example.com', NAME)).toBe('hub-address');
  expect(await ask(hub.address, 'stories')).toBe('hub-name');
  expect(hub.requests).toEqual([]);
});
