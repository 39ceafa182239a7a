import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseModelConfig } from '../../engine/model/config.ts';
import { parseJsonObject, type JsonObject } from '../../formats/texts/json.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { brought, exportBrought, exportBroughtGguf, openBrought } from '../testing/dialects.ts';
import { exportedConfig } from '../../engine/exports/config-export.ts';

/** Exported folders are still the folders with which transformers 4 and 5 answered (docs/exports.md). */

const checked = z
  .object({
    models: z.record(z.string(), z.object({ sha256: z.record(z.string(), z.string()) })),
  })
  .parse(JSON.parse(await readFile('test/fixtures/exports/dialects.json', 'utf8')));

function hashOf(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? new Uint8Array())
    .digest('hex');
}

function jsonOf(files: ReadonlyMap<string, Uint8Array>): JsonObject {
  return parseJsonObject(new TextDecoder().decode(files.get('config.json')));
}

describe.each(Object.keys(brought))('%s', (name) => {
  let files: Map<string, Uint8Array>;
  beforeAll(async () => {
    files = await exportBrought(await openBrought(name));
  });

  test('every file has the bytes that were loaded elsewhere', () => {
    const { sha256 } = checked.models[name] ?? { sha256: {} };
    expect(Object.keys(sha256)).toEqual(['config.json', 'model.safetensors']);
    for (const [path, due] of Object.entries(sha256)) {
      expect([path, hashOf(files.get(path))]).toEqual([path, due]);
    }
  });

  test('the exported configuration is that of the model, whichever dialect is read', () => {
    const json = jsonOf(files);
    const { rope_theta, rope_scaling, rope_parameters, ...rest } = json;
    const due = parseModelConfig(brought[name]);
    expect(parseModelConfig(json)).toEqual(due);
    expect(parseModelConfig({ ...rest, rope_theta, rope_scaling })).toEqual(due);
    expect(parseModelConfig({ ...rest, rope_parameters })).toEqual(due);
    expect(json).toMatchObject({ dtype: 'float32', torch_dtype: 'float32' });
    expect(json['architectures']).toEqual([expect.stringMatching(/ForCausalLM$/)]);
    expect(json).not.toHaveProperty('quantization_config');
  });
});

test('a padding token without an embedding is not exported, one with an embedding is', () => {
  const padOf = (pad: unknown) => {
    const declared = { ...brought['qwen2'], pad_token_id: pad };
    const config = parseModelConfig(declared);
    return exportedConfig(declared as never, config, 'float32')['pad_token_id'];
  };
  expect([300, 272, 271, 0, -1, null].map(padOf)).toEqual([null, null, 271, 0, null, null]);
});

test('scaling that begins beyond the context goes along as it was declared', () => {
  const dynamic = { type: 'dynamic', factor: 4 };
  const declared = { ...brought['qwen2'], rope_parameters: null, rope_scaling: dynamic };
  const exported = exportedConfig(declared, parseModelConfig(declared), 'float32');
  expect(exported).toMatchObject({
    rope_scaling: { rope_type: 'dynamic', factor: 4 },
    rope_parameters: { rope_type: 'dynamic', factor: 4, rope_theta: 10_000 },
  });
});

test('a GGUF file is not named so that transformers takes it for another architecture', async () => {
  const bytes = await exportBroughtGguf(await openBrought('mistral'));
  const { metadata } = await readGgufHeader(memorySource('m.gguf', bytes));
  expect(metadata.get('general.architecture')).toBe('llama');
  expect(metadata.get('general.name')).toBe('Mistral');
});

describe('Gemma 3 with pictures: its text part is opened and exported', () => {
  const dueHashes = checked.models['gemma3_text']?.sha256 ?? {};
  const whole = (part: object) => ({
    ...{ model_type: 'gemma3', architectures: ['Gemma3ForConditionalGeneration'] },
    ...{ text_config: part, vision_config: { model_type: 'siglip_vision_model' } },
  });
  test.each([
    ['as its files name the tensors', (name: string) => `language_model.${name}`],
    [
      'as transformers 5 holds them',
      (name: string) => name.replace(/^model\./, 'model.language_model.'),
    ],
  ])('%s', async (_name, named) => {
    const model = await openBrought('gemma3_text', { stated: whole, named });
    expect(model.config).toEqual(parseModelConfig(brought['gemma3_text']));
    const files = await exportBrought(model);
    expect(hashOf(files.get('model.safetensors'))).toBe(dueHashes['model.safetensors']);
    expect(jsonOf(files)).toEqual(jsonOf(await exportBrought(await openBrought('gemma3_text'))));
  });
});
