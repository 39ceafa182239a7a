/** Prepared records are those of a run, however they were made: in shards, by threads, after an interruption. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INDEX, parseIndex } from '../archive/prepared/prepared-index.ts';
import { recipes } from '../engine/index.ts';
import { fault } from '../faults/fault.ts';
import { EXIT } from './exit-codes.ts';
import { openBase } from './inputs/base-model.ts';
import { main } from './medcare.ts';
import { prepareSet } from './prepare/prepare-set.ts';
import { PreparingFolder } from './prepare/preparing-folder.ts';
import { openEncoders } from './prepare/threads.ts';
import { preparedWith } from './run/prepared-run.ts';

const MODEL = 'public/models/stories260k';
const DATA = [
  ...['--knowledge', 'test/package/numbers.jsonl'],
  ...['--alignment', 'test/package/rooms.jsonl'],
];

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);

/** A command on a computer without a GPU. @param interrupt at the first line of JSON of this type */
async function medcare(args: readonly string[], interrupt = '') {
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const code = await main(args, {
    out: {
      write: (text) => {
        written.out += text;
        if (interrupt !== '' && text.includes(`"type":"${interrupt}"`)) {
          for (const listener of listeners) listener();
        }
      },
    },
    err: { write: (text) => (written.err += text) },
    input: Readable.from([]),
    env: {},
    openGpu: () => Promise.reject(fault('adapter-missing')),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { code, ...written };
}

const json = async (...names: string[]) =>
  JSON.parse(await readFile(at(...names), 'utf8')) as Readonly<Record<string, unknown>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medcare-prepare-'));
  const asked = ['prepare', 'quick', '-m', MODEL, ...DATA, '-o', at('prepared'), '--threads', '1'];
  const said = await medcare(asked);
  expect(said.err).not.toContain('What to do');
  expect(said.code).toBe(EXIT.done);
  expect(said.out).toContain('numbers: 20 records, knowledge');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a bundle of prepared records', () => {
  test('is the bundle of the files themselves', async () => {
    const asked = ['hand-off', 'quick', '-m', MODEL] as const;
    const files = await medcare([...asked, ...DATA, '-o', at('of-files')]);
    const prepared = await medcare([...asked, '--prepared', at('prepared'), '-o', at('of-shards')]);
    expect([files.code, prepared.code, prepared.err]).toEqual([0, 0, expect.any(String)]);
    const [one, other] = [
      await json('of-files', 'handoff.json'),
      await json('of-shards', 'handoff.json'),
    ];
    for (const part of ['records', 'split', 'base', 'merging', 'order']) {
      expect(other[part]).toEqual(one[part]);
    }
    for (const name of ['1.safetensors', '2.safetensors']) {
      const [a, b] = [at('of-files', 'records', name), at('of-shards', 'records', name)];
      expect(await readFile(b)).toEqual(await readFile(a));
    }
    const [first, second] = [
      await json('of-files', 'run', 'manifest.json'),
      await json('of-shards', 'run', 'manifest.json'),
    ];
    for (const part of ['tasks', 'fingerprint', 'base', 'dataSets', 'stages']) {
      expect(second[part]).toEqual(first[part]);
    }
    const about = (run: unknown) => {
      const { stages, data, recipe, snapshots } = run as Record<string, unknown>;
      return { stages, data, recipe, snapshots };
    };
    expect(about(second['run'])).toEqual(about(first['run']));
  });

  test('holds hashes only where it is asked to', async () => {
    const asked = ['hand-off', 'quick', '-m', MODEL, '--prepared', at('prepared')];
    expect((await medcare([...asked, '--no-records', '-o', at('hashes')])).code).toBe(EXIT.done);
    expect(await readdir(at('hashes'))).not.toContain('records');
    expect((await json('hashes', 'handoff.json'))['records']).toEqual(
      (await json('of-shards', 'handoff.json'))['records'],
    );
  });
});

describe('what does not fit is refused', () => {
  /** A copy of the prepared folder. */
  async function copy(
    name: string,
    change: (index: Record<string, never>) => void,
  ): Promise<string> {
    await mkdir(at(name));
    for (const file of await readdir(at('prepared'))) {
      await writeFile(at(name, file), await readFile(at('prepared', file)));
    }
    const index = JSON.parse(await readFile(at(name, INDEX), 'utf8')) as Record<string, never>;
    change(index);
    await writeFile(at(name, INDEX), JSON.stringify(index));
    return at(name);
  }

  const handOff = async (prepared: string, recipe = 'quick', model = MODEL) => {
    const asked = ['hand-off', recipe, '-m', model, '--prepared', prepared, '--json'];
    const { code, out } = await medcare([...asked, '-o', `${prepared}-bundle`]);
    const last = out.trim().split('\n').at(-1) ?? '{}';
    return [code, (JSON.parse(last) as { code?: string }).code];
  };

  test('another model, another recipe, no folder', async () => {
    const prepared = at('prepared');
    expect(await handOff(prepared, 'paper')).toEqual([EXIT.fault, 'prepared-other']);
    expect(await handOff(prepared, 'quick', 'public/models/medcare-nano')).toEqual([
      ...[EXIT.fault, 'prepared-other'],
    ]);
    expect(await handOff(at('nothing'))).toEqual([EXIT.fault, 'path-missing']);
  });

  test('a shard that was changed, and one that is shorter', async () => {
    const changed = await copy('changed', () => undefined);
    const shard = join(changed, '1-000001.safetensors');
    const bytes = await readFile(shard);
    bytes[bytes.length - 4] = (bytes.at(-4) ?? 0) ^ 1;
    await writeFile(shard, bytes);
    expect(await handOff(changed)).toEqual([EXIT.fault, 'prepared-damaged']);
    await writeFile(shard, bytes.subarray(0, -8));
    expect(await handOff(changed)).toEqual([EXIT.fault, 'prepared-invalid']);
  });

  test.each<
    [string, (index: { sets: Record<string, unknown>[] } & Record<string, unknown>) => void]
  >([
    ['a version to come', (index) => (index['version'] = 2)],
    ['a path out of the folder', (index) => (first(index)['path'] = '../1-000001.safetensors')],
    ['more records than there are', (index) => (first(index)['records'] = 4_000_000_000)],
    ['other sums', (index) => Object.assign(index.sets[0] ?? {}, { tokens: 1 })],
    ['no tasks', (index) => Object.assign(index.sets[0] ?? {}, { tasks: [] })],
    ['no sets', (index) => (index.sets = [])],
  ])('an index with %s', async (name, change) => {
    const folderOf = await copy(`index ${name}`, change as never);
    expect(await handOff(folderOf)).toEqual([EXIT.fault, 'prepared-invalid']);
  });

  const first = (index: { sets: Record<string, unknown>[] }) =>
    (index.sets[0]?.['shards'] as Record<string, unknown>[])[0] ?? {};

  test('a folder that is prepared already, or holds something else', async () => {
    const asked = ['prepare', 'quick', '-m', MODEL, ...DATA, '--json', '-o'];
    for (const place of [at('prepared'), 'docs']) {
      expect((await medcare([...asked, place])).out).toContain('prepared-taken');
    }
  });
});

describe('many records', () => {
  const FILE = 'many.jsonl';
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({
        instruction: `What is ${i} and ${i % 7}?`,
        output: `It is ${i + (i % 7)}.`,
        task: `sum ${i % 3}`,
      }),
    );

  beforeAll(() => writeFile(at(FILE), `${lines(1500).join('\n')}\n`));

  /** Prepares the file in small shards. @param stop after so many shards */
  async function prepare(name: string, threads: number, stop = Number.POSITIVE_INFINITY) {
    const base = await openBase(MODEL, {}, { now: new Date(0) });
    const begun = {
      ...{ ...preparedWith(base, recipes.quick()), date: 0 },
      files: [{ name: FILE, kind: null, bytes: 1 }],
    };
    const preparing = await PreparingFolder.open(at(name), begun);
    const { rules } = begun;
    const encoders = openEncoders(threads, base.model, { model: base.path, date: 0, rules });
    const ending = new AbortController();
    let known = 0;
    try {
      const set = await prepareSet({ path: at(FILE), kind: null }, 0, {
        ...{ folder: preparing, encoders, signal: ending.signal, shardTokens: 5000 },
        hear: (heard) => {
          ({ known } = heard);
          if (preparing.kept(0).length >= stop) ending.abort();
        },
      });
      await preparing.end([set]);
      return known;
    } finally {
      await encoders.close();
    }
  }

  const shards = async (name: string) => {
    const { sets } = parseIndex(await readFile(at(name, INDEX), 'utf8'), INDEX);
    for (const set of sets) {
      for (const { path, bytes } of set.shards) {
        expect((await readFile(at(name, path))).length).toBe(bytes);
      }
    }
    return sets;
  };

  test('are the same shards by threads, and after an interruption', async () => {
    await prepare('whole', 1);
    const due = await shards('whole');
    expect(due[0]?.shards.length).toBeGreaterThan(2);
    expect(due[0]?.tasks.map(([, records]) => records)).toEqual([500, 500, 500]);
    await prepare('threads', 2);
    expect(await shards('threads')).toEqual(due);
    await expect(prepare('broken', 1, 2)).rejects.toThrow();
    expect((await readdir(at('broken'))).sort()).toEqual([
      ...['1-000001.safetensors', '1-000002.safetensors', 'preparing.jsonl'],
    ]);
    // A crash in the middle of a line.
    const journal = await readFile(at('broken', 'preparing.jsonl'), 'utf8');
    await writeFile(at('broken', 'preparing.jsonl'), `${journal}{"set":0,"sha`);
    expect(await prepare('broken', 1)).toBeGreaterThan(500);
    expect(await shards('broken')).toEqual(due);
  }, 300_000);

  test('do not go on where the file was changed', async () => {
    await expect(prepare('other', 1, 1)).rejects.toThrow();
    const changed = lines(1500);
    changed[3] = changed[3]?.replace('What', 'Which') ?? '';
    await writeFile(at(FILE), `${changed.join('\n')}\n`);
    await expect(prepare('other', 1)).rejects.toMatchObject({ code: 'prepared-changed' });
  });

  test('Ctrl+C keeps whole shards, and the same command goes on', async () => {
    const [one, two] = [at('one.jsonl'), at('two.jsonl')];
    await writeFile(one, `${lines(300).join('\n')}\n`);
    await writeFile(two, `${lines(290).reverse().join('\n')}\n`);
    const asked = ['prepare', 'quick', '-m', MODEL, '-d', one, '-d', two, '-o', at('stopped')];
    const said = await medcare([...asked, '--threads', '1', '--json'], 'shard');
    expect(said.code).toBe(EXIT.interrupted);
    expect(said.out.trim().split('\n').at(-1)).toContain('"type":"interrupted"');
    const again = await medcare([...asked, '--threads', '1']);
    expect([again.code, again.err]).toEqual([
      EXIT.done,
      expect.stringContaining('Goes on after 1'),
    ]);
    expect((await shards('stopped')).map(({ records }) => records)).toEqual([300, 290]);
  });
});
