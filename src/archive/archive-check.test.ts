import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { layOutBranches } from '../engine/branches/layout.ts';
import { parseModelConfig } from '../engine/model/config.ts';
import { stageBranches } from '../engine/training/stage/branch-plans.ts';
import { encodeCheckpoint } from '../engine/training/run/checkpoint.ts';
import { parseRecipe } from '../engine/training/recipe/recipe.ts';
import { StudioError } from '../faults/fault.ts';
import { memorySource } from '../formats/files/byte-source.ts';
import { parseSafetensors } from '../formats/weights/safetensors.ts';
import { writeSafetensors } from '../formats/weights/safetensors-writer.ts';
import type { TensorToWrite } from '../formats/weights/safetensors-writer.ts';
import { checkBranchFiles, checkCheckpoint } from './archive-check.ts';

/** Branches and checkpoints that a recipe does not imply are found before a run is entered. */

const FIXTURES = 'test/fixtures/exports';
const recipe = parseRecipe(JSON.parse(await readFile(`${FIXTURES}/recipe.json`, 'utf8')));
const config = parseModelConfig(
  JSON.parse(await readFile('public/models/medcare-nano/config.json', 'utf8')),
);
const stage1 = new Uint8Array(await readFile(`${FIXTURES}/stage-1.safetensors`));

type Tensors = Map<string, TensorToWrite>;

async function changed(change: (tensors: Tensors) => void): Promise<Uint8Array> {
  const file = await parseSafetensors(stage1);
  const tensors: Tensors = new Map();
  for (const [name, { shape }] of file.tensors) {
    tensors.set(name, { dtype: 'F32', shape, data: await file.readFloat32(name) });
  }
  change(tensors);
  return writeSafetensors(tensors);
}

async function outcome(check: Promise<void>): Promise<string> {
  try {
    await check;
    return 'accepted';
  } catch (thrown) {
    if (thrown instanceof StudioError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
}

const KA = 'layers.0.mlp.gate_proj.ka.A';
const edit = (name: string, by: (tensor: TensorToWrite) => TensorToWrite) => (tensors: Tensors) => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no ${name}`);
  tensors.set(name, by(tensor));
};
const withValue = (value: number) =>
  edit(KA, (tensor) => {
    const data = Float32Array.from(tensor.data as Float32Array);
    data[data.length - 1] = value;
    return { ...tensor, data };
  });

describe.each([
  ['with the base here', config],
  ['without it', null],
])('branches %s', (_where, base) => {
  const check = async (bytes: Uint8Array) =>
    outcome(checkBranchFiles([{ source: memorySource('b', bytes), stage: 0 }], recipe, base));

  test('as they were trained', async () => {
    expect(await check(stage1)).toBe('accepted');
  });

  test.each<[string, (tensors: Tensors) => void, string]>([
    ['a tensor is missing', (tensors) => tensors.delete(KA), 'it is not there'],
    [
      'one too many',
      (tensors) =>
        tensors.set('layers.0.mlp.gate_proj.other.A', {
          ...{ dtype: 'F32', shape: [1, 1], data: new Float32Array(1) },
        }),
      'it belongs to no branch',
    ],
    [
      'another shape of as many values',
      edit(KA, (tensor) => ({ ...tensor, shape: [...tensor.shape].reverse() })),
      'is expected',
    ],
    [
      'another rank',
      edit(KA, ({ shape: [rank = 0, inputs = 0] }) => ({
        ...{ dtype: 'F32', shape: [rank + 1, inputs] },
        data: new Float32Array((rank + 1) * inputs),
      })),
      'is expected',
    ],
    ['another type', edit(KA, (tensor) => ({ ...tensor, dtype: 'BF16' })), 'is expected'],
    ['NaN in the last value', withValue(Number.NaN), 'it holds a value that is not a number'],
    ['an infinity', withValue(Number.NEGATIVE_INFINITY), 'it holds a value that is not a number'],
    ['none at all', (tensors) => tensors.clear(), ''],
  ])('%s', async (_name, change, said) => {
    const found = await check(await changed(change));
    expect(found).toMatch(/^run-archive-invalid: /);
    expect(found).toContain(said);
  });
});

test('with the base here a whole layer too few or too many is found', async () => {
  const fewer = await changed((tensors) => {
    for (const name of [...tensors.keys()]) if (name.startsWith('layers.0.')) tensors.delete(name);
  });
  const files = [{ source: memorySource('b', fewer), stage: 0 }];
  expect(await outcome(checkBranchFiles(files, recipe, config))).toContain('it is not there');
});

describe('checkpoints', () => {
  const { elements } = layOutBranches(config, stageBranches(recipe, 1));
  const state = () => ({
    parameters: new Float32Array(elements).fill(0.25),
    firstMoment: new Float32Array(elements),
    secondMoment: new Float32Array(elements),
  });
  const place = { stage: 1, step: 3 };
  const check = async (change: object, base = config) => {
    const bytes = encodeCheckpoint({ ...place, state: { ...state(), ...change }, routing: [] });
    return outcome(checkCheckpoint(memorySource('c', bytes), place, recipe, base));
  };
  const last = (value: number) => {
    const values = new Float32Array(elements);
    values[elements - 1] = value;
    return values;
  };

  test('as one is written', async () => {
    expect(await check({})).toBe('accepted');
    expect(await check({ firstMoment: null, secondMoment: null })).toBe('accepted');
  });

  test.each<[string, object, string]>([
    ['a parameter that is none', { parameters: last(Number.NaN) }, 'not a number'],
    ['a moment that is none', { secondMoment: last(Infinity) }, 'not a number'],
    ['other parameters', { parameters: new Float32Array(64) }, '64 parameters'],
    ['a shorter moment', { firstMoment: new Float32Array(32) }, 'its moments'],
    ['a moment missing', { firstMoment: null }, 'one of its moments'],
    ['a moment in 8 bits of another length', { firstMoment: new Uint32Array(7) }, 'its moments'],
  ])('%s', async (_name, change, said) => {
    const found = await check(change);
    expect(found).toMatch(/^run-archive-invalid: /);
    expect(found).toContain(said);
  });

  test('of another step', async () => {
    const bytes = encodeCheckpoint({ stage: 1, step: 4, state: state(), routing: [] });
    const found = outcome(checkCheckpoint(memorySource('c', bytes), place, recipe, config));
    expect(await found).toContain('its step differs');
  });
});
