/** The end of an answer spelled by several tokens, from the model that writes it to the text that a person reads. */
import { expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { parseSafetensors } from '../../formats/weights/safetensors.ts';
import { writeSafetensors } from '../../formats/weights/safetensors-writer.ts';
import type { TensorToWrite } from '../../formats/weights/safetensors-writer.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { fieldFiles, importModelFiles } from '../testing/field.ts';
import { openStudio, textFile } from '../testing/studio.ts';

/** The text that ends an answer: ordinary characters, each a separate token. */
const STOP = '\n#U:';
const TEMPLATE = `{% for m in messages %}{% if m.role == 'assistant' %}{{ '>' + m.content + '\\n#U:' }}{% else %}{{ m.content + '\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '>' }}{% endif %}`;
const HIDDEN = 16;

/**
 * A model that writes this text after its first character, and then its last two characters in turn: attention and
 * feed-forward add nothing, each character is a separate direction, and the head names the next one.
 */
async function modelThatWrites(
  text: string,
): Promise<Map<string, string | Uint8Array<ArrayBuffer>>> {
  const files = await fieldFiles('33-end-token-not-special/model');
  const words = (name: string): string => new TextDecoder().decode(files.get(name));
  const tokenizer = loadTokenizer({ tokenizerJson: words('tokenizer.json') });
  const ids = [...tokenizer.encode(text)];
  expect(new Set(ids).size).toBe(text.length);
  expect(ids.length).toBeLessThanOrEqual(HIDDEN);
  const plain = await parseSafetensors(files.get('model.safetensors') ?? new Uint8Array());
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, { shape }] of plain.tensors) {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = new Float32Array(size).fill(name.includes('norm') ? 1 : 0);
    tensors.set(name, { dtype: 'F32', shape, data });
  }
  const shape = plain.tensors.get('model.embed_tokens.weight')?.shape ?? [];
  const table = (cells: readonly (readonly [number, number])[]): TensorToWrite => {
    const data = new Float32Array((shape[0] ?? 0) * HIDDEN);
    for (const [id, column] of cells) data[id * HIDDEN + column] = 1;
    return { dtype: 'F32', shape, data };
  };
  const after = ids.map((_, i) => ids[i + 1] ?? ids[i - 1] ?? 0);
  tensors.set('model.embed_tokens.weight', table(ids.map((id, i) => [id, i])));
  tensors.set('lm_head.weight', table(after.map((id, i) => [id, i])));
  const config = JSON.parse(words('config.json')) as object;
  return new Map<string, string | Uint8Array<ArrayBuffer>>([
    ...files,
    ['model.safetensors', writeSafetensors(tensors)],
    ['config.json', JSON.stringify({ ...config, tie_word_embeddings: false })],
    [
      'tokenizer_config.json',
      JSON.stringify({ eos_token: '<|endoftext|>', chat_template: TEMPLATE }),
    ],
  ]);
}

const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 1 };
const baseStateOf = (modelId: string) => ({ modelId, runId: null, snapshot: 'base' });

test('chat ends there and shows nothing of it; the judge and evaluation read the answer before it', async () => {
  const gpu = await openTestDevice();
  const { client, events } = await openStudio(async () => gpu);
  const modelId = await importModelFiles(client, await modelThatWrites(`>Ok${STOP}xy`));
  const state = baseStateOf(modelId);
  const messages = [{ role: 'user' as const, content: 'Well?' }];
  const chat = await client.call('chat.generate', {
    ...{ task: 'chat', state, messages, settings: { ...settings, maxTokens: 40 } },
  });
  expect(chat).toMatchObject({ text: 'Ok', stopReason: 'end', tokens: `Ok${STOP}`.length });
  const shown = events.flatMap((event) => (event.type === 'chat.text' ? [event.text] : []));
  expect(shown.join('')).toBe('Ok');

  const question = { task: 'a', description: '', question: 'Well?', reference: 'Ok' };
  const answers = client.call('judge.answers', {
    ...{ state, questions: [question], maxTokens: 24, task: 'judge' },
  });
  expect(await answers).toEqual(['Ok']);

  const items = [
    { task: 'b', kind: 'alignment', metric: 'accuracy', prompt: 'Well?', answer: 'Ok' },
  ];
  const result = await client.call('evaluation.run', {
    ...{ state, label: 'base', task: 'evaluate' },
    files: [textFile('items.jsonl', [JSON.stringify(items[0])])],
    settings: { maxItems: 0, choices: 'generated', perplexity: false },
  });
  const [sample] = await client.call('evaluation.samples', {
    ...{ id: result.id, task: 'b', order: 'best', count: 1 },
  });
  expect(sample).toMatchObject({ answer: 'Ok', value: 1 });
  gpu.close();
});

test('what only begins like the end is shown, and an answer that never ends goes to its limit', async () => {
  const gpu = await openTestDevice();
  const { client } = await openStudio(async () => gpu);
  const modelId = await importModelFiles(client, await modelThatWrites('>Ok\n#Uxy'));
  const chat = await client.call('chat.generate', {
    ...{ task: 'chat', state: baseStateOf(modelId), settings: { ...settings, maxTokens: 9 } },
    messages: [{ role: 'user', content: 'Well?' }],
  });
  expect(chat).toMatchObject({ text: 'Ok\n#Uxyxy', stopReason: 'length', tokens: 9 });

  // Evaluated, it goes to the length that was chosen, or to the one of the task; each is a result of its own.
  const item = { task: 'b', kind: 'alignment', metric: 'accuracy', prompt: 'Well?', answer: 'Ok' };
  const files = [textFile('items.jsonl', [JSON.stringify(item)])];
  const state = baseStateOf(modelId);
  const plain = { maxItems: 0, choices: 'likelihood', perplexity: false } as const;
  const evaluate = async (answerTokens: number) => {
    const chosen = { ...plain, ...(answerTokens > 0 && { answerTokens }) };
    const result = await client.call('evaluation.run', {
      ...{ state, label: 'base', task: `up to ${answerTokens}`, files, settings: chosen },
    });
    const ofResult = { id: result.id, task: 'b', order: 'best', count: 1 } as const;
    const [sample] = await client.call('evaluation.samples', ofResult);
    return { result, length: sample?.answer.length };
  };
  const [short, whole] = [await evaluate(9), await evaluate(0)];
  expect(short).toMatchObject({ length: 9, result: { answerTokens: { b: 9 } } });
  expect(short.result.settings.answerTokens).toBe(9);
  expect(whole).toMatchObject({ length: 128, result: { answerTokens: { b: 128 } } });
  expect(whole.result.id).not.toBe(short.result.id);

  // What they took tells how long the next will take on this adapter.
  const { pace } = whole.result;
  expect(pace?.methods.written?.questions).toBe(1);
  const forecast = (adapter: string) =>
    client.call('evaluation.forecast', {
      ...{ modelId, states: 2, adapter, files, settings: plain },
    });
  const known = await forecast(pace?.adapter ?? '');
  expect(known.questions).toBe(1);
  expect(known.milliseconds).toBeGreaterThan(0);
  expect((await forecast('another card')).milliseconds).toBeNull();
  gpu.close();
});
