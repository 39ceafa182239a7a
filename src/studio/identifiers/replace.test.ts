import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ways } from '../../contract/identifiers.ts';
import type { CallKind } from '../../contract/contract.ts';
import { openMapping } from '../../text/identifiers/replace/mapping-file.ts';
import { allBy } from '../../text/identifiers/replace/replacer.ts';
import { openStudio, textFile, type Studio } from '../../worker/testing/studio.ts';
import { trainingSets, useDataSets } from '../data/data-sets.ts';
import { stubStorage } from '../testing/stub-storage.ts';
import { replaceIdentifiers } from './replace.ts';

/** What the page does, in its order, with the real worker; only the system's dialog is simulated. */
let done: string[] = [];
let client: Studio['client'];
vi.mock(import('../../worker/client.ts'), async (original) => ({
  ...(await original()),
  worker: {
    call: (kind: CallKind, input: never) => {
      done.push(kind);
      return client.call(kind, input) as never;
    },
    subscribe: () => () => undefined,
    idle: async () => undefined,
  },
}));

const ways: Ways = allBy('surrogate');
const PHRASE = 'a long enough phrase';
const NOTE = JSON.stringify({ prompt: 'Patient: Adaeze Nwosu.', response: 'Seen.' });

let id = '';
beforeEach(async () => {
  stubStorage();
  done = [];
  ({ client } = await openStudio());
  const files = [textFile('notes.jsonl', [NOTE])];
  const [set] = await client.call('data.import', { files, identifiers: true, task: 'import' });
  id = set?.id ?? '';
});
afterEach(() => vi.unstubAllGlobals());

const asked = (change: { passphrase?: string | null; name?: string } = {}) =>
  replaceIdentifiers(
    { id, ways, name: 'replaced', removeOriginal: true, passphrase: PHRASE, ...change },
    () => undefined,
  );
const acts = () => done.filter((act) => act !== 'data.list');
const isThere = async (wanted: string) =>
  (await client.call('data.list', {})).some((set) => set.id === wanted);

/** A dialog that gives a file, which fails to be written if told so. */
function stubPicker(fails?: Error): Blob[] {
  const chunks: BlobPart[] = [];
  const written: Blob[] = [];
  const into = () =>
    new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (chunk) => {
        if (fails) throw fails;
        chunks.push(chunk);
      },
      close: () => {
        done.push('written');
        written.push(new Blob(chunks));
      },
    });
  vi.stubGlobal('showSaveFilePicker', async () => {
    done.push('asked');
    return {
      createWritable: async () => into(),
      getFile: async () => new Blob(chunks),
      remove: async () => void done.push('taken back'),
    };
  });
  return written;
}

function stubRefusal(name: string): void {
  vi.stubGlobal('showSaveFilePicker', async () => {
    done.push('asked');
    throw new DOMException('no', name);
  });
}

/** Where downloads go. */
function stubDownloads(): string[] {
  const names: string[] = [];
  const link = {
    ...{ download: '', href: '' },
    click: () => {
      done.push('downloaded');
      names.push(link.download);
    },
  };
  vi.stubGlobal('document', { createElement: () => link });
  return names;
}

test('the place is asked for first, and the original goes only once the mapping is written', async () => {
  const written = stubPicker();
  expect(await asked()).toMatchObject({ status: 'done', value: { original: 'removed' } });
  expect(acts()).toEqual(['asked', 'identifiers.replace', 'written', 'data.remove']);
  const entries = await openMapping((await written[0]?.text()) ?? '', PHRASE);
  expect(entries.map(({ original }) => original)).toEqual(['Adaeze Nwosu']);
  expect(await isThere(id)).toBe(false);
});

test('a closed dialog changes nothing', async () => {
  stubRefusal('AbortError');
  expect(await asked()).toEqual({ status: 'no-place' });
  expect(done).toEqual(['asked']);
});

test.each(['SecurityError', 'NotAllowedError', 'TypeError', null])(
  'where no place can be chosen (%s), the mapping is downloaded before the original goes',
  async (refusal) => {
    if (refusal !== null) stubRefusal(refusal);
    const names = stubDownloads();
    expect(await asked({ name: 'ward: notes' })).toMatchObject({ status: 'done' });
    expect(acts().filter((act) => act !== 'asked')).toEqual([
      'identifiers.replace',
      'downloaded',
      'data.remove',
    ]);
    expect(names).toEqual([expect.stringMatching(/^ward.*notes\.mapping\.json$/)]);
  },
);

test('a mapping that cannot be written keeps the original, and the original trains', async () => {
  // Also what Chromium throws where it does not let a file be kept.
  const written = stubPicker(new DOMException('The disk is full.', 'AbortError'));
  const outcome = await asked();
  expect(outcome).toMatchObject({
    status: 'failed',
    error: {
      code: 'mapping-not-saved',
      kept: 'original-records',
      data: { set: 'replaced', detail: 'The disk is full.' },
    },
  });
  expect(acts()).toEqual(['asked', 'identifiers.replace', 'taken back']);
  expect(written).toEqual([]);
  expect(await isThere(id)).toBe(true);
  expect(trainingSets(useDataSets.getState()).map((set) => set.id)).toEqual([id]);
});

test('work that fails leaves no empty file behind', async () => {
  stubPicker();
  const outcome = await asked({ passphrase: 'short' });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'mapping-passphrase-short' } });
  expect(acts()).toEqual(['asked', 'identifiers.replace', 'taken back']);
});

test('without a mapping, nothing is asked', async () => {
  stubPicker();
  expect(await asked({ passphrase: null })).toMatchObject({ value: { original: 'removed' } });
  expect(acts()).toEqual(['identifiers.replace', 'data.remove']);
});
