import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseModelConfig } from '../../engine/model/config.ts';
import { parseJsonObject } from '../../formats/texts/json.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { brought, exportBrought, openBrought } from '../testing/dialects.ts';
import { exportedConfig } from '../../engine/exports/config-export.ts';

/** Exported folders still are the ones that transformers 4 and 5 answered with (docs/exports.md). */

const checked = z
  .object({
    models: z.record(z.string(), z.object({ sha256: z.record(z.string(), z.string()) })),
  })
  .parse(JSON.parse(await readFile('test/fixtures/exports/dialects.json', 'utf8')));

describe.each(Object.keys(brought))('%s', (name) => {
  let files: Map<string, Uint8Array>;
  beforeAll(async () => {
    files = await exportBrought(await openBrought(name));
  });

  test('every file has the bytes that were loaded elsewhere', () => {
    const { sha256 } = checked.models[name] ?? { sha256: {} };
    expect(Object.keys(sha256)).toEqual(['config.json', 'model.safetensors']);
    for (const [path, due] of Object.entries(sha256)) {
      const bytes = files.get(path) ?? new Uint8Array();
      expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, due]);
    }
  });

  test('the exported configuration is that of the model, whichever dialect is read', () => {
    const text = new TextDecoder().decode(files.get('config.json'));
    const json = parseJsonObject(text);
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
  const files = await exportBrought(await openBrought('mistral'));
  const bytes = files.get('model.gguf') ?? new Uint8Array();
  const { metadata } = await readGgufHeader(memorySource('m.gguf', bytes));
  expect(metadata.get('general.architecture')).toBe('llama');
  expect(metadata.get('general.name')).toBe('Mistral');
});
