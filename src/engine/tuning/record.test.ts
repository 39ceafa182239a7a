import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { quickRecipe } from '../training/recipe/presets.ts';
import { defaultTraits } from '../gpu/kernel.ts';
import { parseModelConfig } from '../model/config.ts';
import { classOf, kernelClass, kernelClasses } from '../kernels/kernel-classes.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { kernelsFingerprint } from '../kernels/fingerprint.ts';
import { formName, shaderForms, shaderParts } from '../kernels/shaders.ts';
import { modelNeeds, runKernels } from './model-needs.ts';
import { choicesOf, parseChoices, parseTuning, tuningDevice, type TuningRecord } from './record.ts';
import { timingSizes } from './timing-sizes.ts';

const record: TuningRecord = {
  format: 'medcare-tuning-1',
  device: 'some device',
  tunedAt: 1,
  milliseconds: 2000,
  unfinished: true,
  classes: [
    {
      kernelClass: 'norm-forward.x',
      shape: '2048 × 896',
      standard: 'groups',
      chosen: 'rows',
      candidates: [
        { variant: 'groups', state: 'timed', milliseconds: 2, error: 1e-7 },
        { variant: 'rows', state: 'timed', milliseconds: 1, error: 1e-7 },
      ],
    },
    {
      kernelClass: 'norm-backward.x',
      shape: { rows: 2048, columns: 896 },
      standard: 'groups',
      chosen: 'groups',
      candidates: [{ variant: 'groups', state: 'skipped', milliseconds: null, error: null }],
    },
  ],
};

describe('a stored tuning', () => {
  test('comes back whole, for its own device alone', () => {
    const stored: unknown = JSON.parse(JSON.stringify(record));
    expect(parseTuning(stored, 'some device')).toEqual(record);
    expect(parseTuning(stored, 'some other device')).toBeNull();
    expect(choicesOf(record)).toEqual({ 'norm-forward.x': 'rows' });
    expect(choicesOf(null)).toEqual({});
  });

  test('is refused where anything in it is not what it must be', () => {
    const [first] = record.classes;
    const [timed] = first?.candidates ?? [];
    const spoiled: unknown[] = [
      null,
      { ...record, format: 'medcare-tuning-2' },
      { ...record, more: 1 },
      { ...record, milliseconds: -1 },
      { ...record, classes: [{ ...first, chosen: '' }] },
      { ...record, classes: [{ ...first, candidates: [] }] },
      { ...record, classes: [{ ...first, candidates: [{ ...timed, state: 'fast' }] }] },
      { ...record, classes: [{ ...first, candidates: [{ ...timed, milliseconds: Infinity }] }] },
      { ...record, classes: Array.from({ length: 2001 }, () => first) },
    ];
    for (const each of spoiled) expect(parseTuning(each, 'some device')).toBeNull();
  });

  test('no value makes reading throw, and what is read is always a table of strings', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseTuning(value, 'some device')).toBeNull();
        for (const choice of Object.values(parseChoices(value)))
          expect(typeof choice).toBe('string');
      }),
    );
    expect(parseChoices({ a: 'b' })).toEqual({ a: 'b' });
    expect(parseChoices({ a: 1 })).toEqual({});
    expect(parseChoices(undefined)).toEqual({});
  });

  test('is of the adapter, its features and the kernels', () => {
    const adapter = {
      vendor: 'v',
      architecture: 'a',
      device: '',
      description: 'driver 1',
      software: false,
      features: ['subgroups'],
      maxBindingBytes: 1,
      maxBufferBytes: 1,
    };
    const name = tuningDevice(adapter);
    expect(name).toMatch(/kernels [0-9a-f]{8}$/);
    expect(tuningDevice({ ...adapter, description: 'driver 2' })).not.toBe(name);
    expect(tuningDevice({ ...adapter, features: [] })).not.toBe(name);
  });
});

describe('what a model needs', () => {
  const config = parseModelConfig({
    model_type: 'qwen2',
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 2,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    vocab_size: 151936,
    max_position_embeddings: 32768,
    rms_norm_eps: 1e-6,
    rope_theta: 1e6,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  });
  const traits = {
    ...defaultTraits,
    software: false,
    maxBindingBytes: 2 ** 31,
    maxBufferBytes: 2 ** 31,
  };
  const needs = modelNeeds(config, quickRecipe(), traits);

  test('each class once, those with most work first; training and generating both', () => {
    const names = needs.map(({ sizes }) => kernelClass(sizes));
    expect(new Set(names).size).toBe(names.length);
    const work = needs.map((need) => need.work);
    expect(work).toEqual([...work].sort((a, b) => b - a));
    const kinds = new Set(needs.map(({ sizes }) => sizes.kind));
    const all = kernelClasses.map(({ kind }) => kind).sort();
    expect([...kinds].sort()).toEqual(all.filter((kind) => !kind.endsWith('-float16')));
    const half = { ...quickRecipe(), products: 'float16' } as const;
    const more = modelNeeds(config, half, { ...traits, f16: true });
    expect([...new Set(more.map(({ sizes }) => sizes.kind))].sort()).toEqual(all);
    expect(names.some((name) => name.startsWith('forward.f32.1-'))).toBe(true);
  });

  test('a class names the shaders of all its variants: what a tuning holds for', () => {
    for (const { sizes } of needs) {
      const of = classOf(sizes);
      const names = of.shaders.flatMap((shader) =>
        shaderForms(shader).map((form) => formName(shader, form)),
      );
      const small = of.checkSizes(sizes);
      for (const variant of of.variants(traits, small)) {
        const recorder = new PlanRecorder('plan', traits);
        of.knownCase(small).record(recorder, variant);
        const asked = recorder
          .finish()
          .commands.flatMap((each) => (each.kind === 'dispatch' ? [each.call] : []))
          .filter(({ request }) => request !== undefined || variant === 'apart');
        // Attention over a short cache is checked without a window and over one; its backward pass has two kernels.
        const twice = sizes.kind === 'cached-attention' || sizes.kind === 'attention-backward';
        const wanted = twice ? [variant, variant] : [variant];
        // Dispatches of a product apart are of other classes, which have their own variants.
        if (variant === 'apart') expect(asked.length).toBeGreaterThan(0);
        else expect(asked.map(({ request }) => request?.variant)).toEqual(wanted);
        for (const { kernel } of asked) expect(names).toContain(kernel.name);
      }
    }
  });

  test('the parts of shaders are all the files that their forms are made of', () => {
    const parts = shaderParts(['linear/forward-tiled']).map(({ name }) => name);
    expect(parts).toEqual(
      expect.arrayContaining([
        'linear/forward-tiled.wgsl',
        'linear/forward-scalar.wgsl',
        'linear/tiles/tile.wgsl',
        'weights/f32-vec4.wgsl',
        'weights/packed-rows.wgsl',
        'weights/q6_k.wgsl',
        'weights/planes/scale-of-256.wgsl',
      ]),
    );
    expect(parts.some((name) => name.startsWith('attention/'))).toBe(false);
  });

  test('a run is known by the kernels that its plans name, no others', () => {
    const run = { config, recipe: quickRecipe(), traits };
    const named = runKernels(run);
    expect(named.size).toBeGreaterThan(10);
    expect([...named].some(({ name }) => name.startsWith('sampling'))).toBe(false);
    const fingerprint = kernelsFingerprint(named);
    expect(kernelsFingerprint(runKernels(run))).toBe(fingerprint);
    const elsewhere = { ...run, traits: { ...traits, software: true } };
    expect(kernelsFingerprint(runKernels(elsewhere))).not.toBe(fingerprint);
  });

  test('what is timed is of the same class and short; what is checked is small', () => {
    for (const { sizes } of needs) {
      const timed = timingSizes(sizes, traits);
      expect(kernelClass(timed)).toBe(kernelClass(sizes));
      const of = classOf(sizes);
      expect(of.work(timed)).toBeLessThanOrEqual(2 ** 31);
      expect(of.work(of.checkSizes(sizes))).toBeLessThan(2 ** 24);
    }
  });
});
