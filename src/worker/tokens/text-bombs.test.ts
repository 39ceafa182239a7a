import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { compileTemplate } from '../../text/template/chat-template.ts';
import { openVocabulary } from '../../text/tokenizer/vocabulary.ts';
import { encoderSource } from './encoder-source.ts';
import { ModelText } from './model-text.ts';
import { TokenPool } from './token-pool.ts';
import type { TokenChannel } from './token-channel.ts';
import { codeOf, noDevice, openStudio, textFile } from '../testing/studio.ts';
import type { Studio } from '../testing/studio.ts';
import { tokenThreads } from '../testing/token-threads.ts';

/** Takes about 2⁴⁰ steps on forty x without a y after them, and none on ordinary text. */
const BOMB = { Regex: '(x+x+)+y' };
const TRIGGER = `${'x'.repeat(40)}!`;
const FOLDER = 'public/models/medcare-nano';
/** Half the usual patience: far more than honest texts here take, and a short wait. */
const PATIENCE = { seconds: 5 };

let threads: Awaited<ReturnType<typeof tokenThreads>>;
const pools: TokenPool[] = [];
function newPool(size = 1): TokenPool {
  const pool = new TokenPool(threads.spawn, size, PATIENCE);
  pools.push(pool);
  return pool;
}

beforeAll(async () => {
  threads = await tokenThreads();
});
afterAll(() => {
  for (const pool of pools) pool.close();
});

type Json = Record<string, unknown>;

async function tokenizerWith(change: (tokenizer: Json) => Json): Promise<string> {
  const tokenizer = JSON.parse(await readFile(`${FOLDER}/tokenizer.json`, 'utf8')) as Json;
  return JSON.stringify({ ...tokenizer, ...change(tokenizer) });
}

async function filesOf(tokenizerJson: string): Promise<{ files: File[]; paths: string[] }> {
  const names = ['config.json', 'tokenizer_config.json', 'model.safetensors'];
  const files = await Promise.all(
    names.map(async (name) => new File([await readFile(`${FOLDER}/${name}`)], name)),
  );
  files.push(new File([tokenizerJson], 'tokenizer.json'));
  return { files, paths: files.map(({ name }) => name) };
}

const record = (text: string): string =>
  JSON.stringify({ instruction: `What is ${text}?`, output: 'An answer.' });

async function prepared(studio: Studio, tokenizerJson: string, lines: readonly string[]) {
  const { client } = studio;
  const folder = await filesOf(tokenizerJson);
  const model = await client.call('models.import', { ...folder, name: 'bomb', task: 'import' });
  const imported = await client.call('data.import', {
    files: [textFile('set.jsonl', lines)],
    task: 'data',
  });
  return { modelId: model.id, sets: imported };
}

const reading = { labels: 'assistant', maxLength: 512 } as const;

describe('a pattern that never comes to an end', () => {
  const patterns: readonly (readonly [string, (tokenizer: Json) => Json])[] = [
    [
      'in a Split of the pre-tokenizer',
      ({ pre_tokenizer: own }) => ({
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: BOMB, behavior: 'Isolated', invert: false },
            ...(own ? [own] : []),
          ],
        },
      }),
    ],
    [
      'in a Replace of the normalizer',
      () => ({ normalizer: { type: 'Replace', pattern: BOMB, content: '' } }),
    ],
  ];

  test.concurrent.each(patterns)(
    '%s puts the model aside; everything else goes on, after a reload too',
    async (_where, change) => {
      const kept = { files: memoryStore(), name: `bombs-${crypto.randomUUID()}` };
      const studio = await openStudio(noDevice, kept, undefined, newPool());
      const { client, events } = studio;
      const lines = [record('asthma'), record(TRIGGER)];
      const { modelId } = await prepared(studio, await tokenizerWith(change), lines);
      const [set] = await client.call('data.list', {});
      const id = set?.id ?? '';

      // Ordinary records are read as usual.
      const rendered = await client.call('data.render', {
        ...{ id, index: 0, modelId },
        ...reading,
      });
      expect(rendered.targets).toBeGreaterThan(0);

      const stuck = client.call('data.render', { ...{ id, index: 1, modelId }, ...reading });
      expect(await codeOf(stuck)).toBe('text-stuck');
      const told = events.find((event) => event.type === 'models.changed');
      expect(told).toMatchObject({ model: { id: modelId, aside: { code: 'text-stuck' } } });
      // From now on nobody waits for this model.
      const again = client.call('data.render', { ...{ id, index: 0, modelId }, ...reading });
      expect(await codeOf(again)).toBe('model-aside');
      studio.close();

      const next = await openStudio(noDevice, kept, undefined, newPool());
      const models = await next.client.call('models.list', {});
      expect(models.find((model) => model.id === modelId)?.aside).toMatchObject({
        code: 'text-stuck',
        data: { seconds: 5 },
      });
      const still = next.client.call('data.render', { ...{ id, index: 0, modelId }, ...reading });
      expect(await codeOf(still)).toBe('model-aside');
      const tried = await next.client.call('models.tryAgain', { id: modelId });
      expect(tried.aside ?? null).toBeNull();
      const back = await next.client.call('data.render', {
        ...{ id, index: 0, modelId },
        ...reading,
      });
      expect(back.tokens).toEqual(rendered.tokens);
      next.close();
    },
    60_000,
  );

  test.concurrent('in a Replace of the decoder ends the decoding', async () => {
    const tokenizerJson = await tokenizerWith(({ added_tokens: added }) => ({
      decoder: { type: 'Replace', pattern: BOMB, content: '' },
      added_tokens: [...(added as Json[]), { id: 2000, content: TRIGGER, special: false }],
    }));
    const tokenizerConfigJson = await readFile(`${FOLDER}/tokenizer_config.json`, 'utf8');
    const texts = { tokenizerJson, tokenizerConfigJson };
    const vocabulary = openVocabulary(texts);
    expect(vocabulary.kind).toBe('opaque');
    const side = { vocabulary, tokenizerHash: 'bomb', tokenizerFiles: async () => texts };
    const stuck = vi.fn();
    const source = encoderSource(side, { source: 'x', now: new Date(0) }, stuck);
    const text = new ModelText(vocabulary, source, newPool());
    const letter = vocabulary.idOf('a') ?? -1;
    expect(await text.decode([letter])).toBe('a');
    expect(await codeOf(text.decode([letter, 2000]))).toBe('text-stuck');
    expect(stuck).toHaveBeenCalledTimes(1);
    expect(await text.decode([letter])).toBe('a');
  }, 60_000);

  test.concurrent('holds nobody else, and is left at once when its task is cancelled', async () => {
    let sent = (): void => undefined;
    let ended = (): void => undefined;
    const isSent = new Promise<void>((resolve) => (sent = resolve));
    const isEnded = new Promise<void>((resolve) => (ended = resolve));
    const spawn = (): TokenChannel => {
      const channel = threads.spawn();
      return {
        ...channel,
        postMessage: (message, transfer) => {
          channel.postMessage(message, transfer);
          if (message.type === 'job' && message.job.what === 'records') sent();
        },
        terminate: () => {
          channel.terminate();
          ended();
        },
      };
    };
    // Only Cancel ends it.
    const pool = new TokenPool(spawn, 1, { seconds: 1e6 });
    pools.push(pool);
    const studio = await openStudio(noDevice, undefined, undefined, pool);
    const { client } = studio;
    const bomb = await tokenizerWith(patterns[1]?.[1] ?? (() => ({})));
    const { modelId } = await prepared(studio, bomb, [record(TRIGGER), record('asthma')]);
    const [set] = await client.call('data.list', {});
    const id = set?.id ?? '';
    const counted = codeOf(
      client.call('data.histogram', { id, modelId, ...reading, all: true, task: 'count' }),
    );
    await isSent;
    // The only worker is held, yet another model can be used.
    const other = { id, index: 0, modelId: 'medcare-nano' };
    const rendered = await client.call('data.render', { ...other, ...reading });
    expect(rendered.targets).toBeGreaterThan(0);
    await client.call('tasks.cancel', { task: 'count' });
    expect(await counted).toBe('cancelled');
    await isEnded;
    const [model] = (await client.call('models.list', {})).filter((one) => one.id === modelId);
    expect(model?.aside ?? null).toBeNull();
    studio.close();
  }, 60_000);
});

test('a template that loops or doubles its text is stopped, and the model stays in use', async () => {
  const loops = [
    '{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}',
    "{% set ns = namespace(t='ab') %}{% for a in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}",
    "{{ 'ab' * 99999999 }}",
    "{{ (['ab'] * 9999999)|join('ab') }}",
    "{{ messages[0].content|replace('', 'ab' * 9999)|replace('', 'ab' * 9999) }}",
  ];
  for (const source of loops) {
    const template = compileTemplate(source);
    const options = { addGenerationPrompt: true, bosToken: '', eosToken: '' };
    const code = await codeOf(
      (async () => template.render([{ role: 'user', content: 'x'.repeat(999) }], options))(),
    );
    expect(['template-limit', 'template-failed']).toContain(code);
  }
});
