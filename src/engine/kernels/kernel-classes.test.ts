import { describe, expect, test } from 'vitest';
import { traitsIn } from '../gpu/kernel-mode.ts';
import { defaultTraits, type DeviceTraits, type SubgroupMatrices } from '../gpu/kernel.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { asMatrix, persistentTensor } from '../gpu/tensor.ts';
import { candidateVariants, chooseVariant } from './kernel-class.ts';
import { classOf, describeClass, kernelClass, type KernelSizes } from './kernel-classes.ts';
import { forwardProductClass, linearForward } from './linear/forward-product.ts';
import type { ProductSizes } from './linear/product-class.ts';
import { productSplits } from './linear/product-splits.ts';
import { productTile, tiledVariants } from './linear/linear-kernels.ts';

const software: DeviceTraits = defaultTraits;
const hardware: DeviceTraits = { ...defaultTraits, software: false, maxWorkgroupBytes: 2 ** 15 };
const narrow: DeviceTraits = { ...hardware, maxWorkgroupBytes: 2 ** 14 };

const candidates = (traits: DeviceTraits, sizes: KernelSizes): readonly string[] =>
  candidateVariants(classOf(sizes), traits, sizes);
const runnable = (traits: DeviceTraits, sizes: KernelSizes): readonly string[] =>
  classOf(sizes).variants(traits, sizes);

type PlainSizes = ProductSizes<'forward' | 'input' | 'weight' | 'forward-float16'>;

const product = (change: Partial<PlainSizes> = {}): PlainSizes => ({
  kind: 'forward',
  reader: 'f32',
  rows: 512,
  columns: 896,
  inner: 896,
  aligned: true,
  ...change,
});

describe('kernel classes', () => {
  test('name the computation, how weights are read, and the least bounds that hold its sizes', () => {
    expect(kernelClass(product())).toBe('forward.f32.512-1024-1024.vec4');
    const odd = product({ kind: 'input', rows: 1, columns: 65, inner: 1025, aligned: false });
    expect(kernelClass(odd)).toBe('input.f32.1-1024-x.scalar');
    expect(kernelClass(product({ reader: 'q4_0', rows: 9, columns: 64 }))).toBe(
      'forward.q4_0.64-64-1024.vec4',
    );
    expect(kernelClass({ kind: 'norm-backward', rows: 513, columns: 8 })).toBe('norm-backward.x');
  });

  test('a name says what it stands for, also one that comes from storage', () => {
    const describe = (sizes: KernelSizes): ReturnType<typeof describeClass> =>
      describeClass(kernelClass(sizes));
    expect(describe(product({ reader: 'f16-native', rows: 513, aligned: false }))).toEqual({
      kind: 'forward',
      sizes: [
        { measure: 'weights', value: 'f16-native' },
        { measure: 'rows', value: '> 512' },
        { measure: 'columns', value: '≤ 1024' },
        { measure: 'sums', value: '≤ 1024' },
        { measure: 'alignment', value: 'scalar' },
      ],
    });
    const heads = { rows: 64, heads: 8, groups: 2, headSize: 64 };
    expect(describe({ kind: 'cached-attention', ...heads, capacity: 512, half: true })).toEqual({
      kind: 'cached-attention',
      sizes: [
        { measure: 'heads', value: '64' },
        { measure: 'cache', value: 'f16' },
      ],
    });
    expect(describeClass('of-another-version.8')).toBeNull();
    expect(describeClass('')).toBeNull();
  });
});

describe('variants', () => {
  test('the first is what the device takes without tuning', () => {
    expect(candidates(software, product())[0]).toBe('direct');
    expect(candidates(hardware, product())[0]).toBe('tiled');
    expect(candidates(hardware, product({ rows: 1 }))[0]).toBe('vector-workgroup');
    const lanes = { ...software, subgroups: true, subgroupMinSize: 8, subgroupMaxSize: 8 };
    expect(candidates(lanes, product())[0]).toBe('broadcast');
    expect(candidates(lanes, product({ reader: 'bf16' }))[0]).toBe('broadcast');
    const heads = { rows: 64, heads: 8, groups: 2 };
    const attention = { kind: 'attention-forward', ...heads, headSize: 64 } as const;
    expect(candidates(software, attention)).toEqual(['tiled']);
    expect(candidates(software, { ...attention, headSize: 32 })).toEqual(['direct', 'tiled']);
  });

  test('only tiles that fit the device and the result are timed', () => {
    expect(candidates(hardware, product())).toContain('tiled-128x128');
    expect(runnable(narrow, product())).not.toContain('tiled-128x128');
    expect(candidates(hardware, product({ columns: 16 }))).not.toContain('tiled-64x128');
    expect(runnable(hardware, product({ columns: 16 }))).toContain('tiled-64x128');
    expect(candidates(hardware, product({ columns: 16 }))).toContain('split-32x32');
    expect(candidates(hardware, product({ kind: 'weight', columns: 16 }))).not.toContain(
      'split-32x32',
    );
  });

  test('subgroup matrices are candidates where the device has them, and never what it takes without tuning', () => {
    const matrices: SubgroupMatrices = {
      ...{ float32: ['8x8x8'], float16: ['16x16x16', '8x16x16'] },
      ...{ lanes: 32, pinned: false },
    };
    const sizes = { subgroupMinSize: 32, subgroupMaxSize: 32 };
    const able = { ...hardware, ...sizes, f16: true, subgroups: true, matrices };
    const half = product({ kind: 'forward-float16' });
    const found = (traits: DeviceTraits, of: PlainSizes): readonly string[] =>
      candidates(traits, of).filter((variant) => variant.startsWith('matrix'));
    expect(found(able, product())).toEqual(['matrix-8x8x8']);
    expect(found(able, half)).toEqual(['matrix-16x16x16', 'matrix-8x16x16']);
    expect([candidates(able, product())[0], candidates(able, half)[0]]).toEqual(['tiled', 'tiled']);
    // In choosing without a table the default is taken; a table may name one, and no other device follows it.
    const choices = { 'forward.f32.512-1024-1024.vec4': 'matrix-8x8x8' };
    const chosen = (traits: DeviceTraits): string =>
      chooseVariant(forwardProductClass, traits, { ...product(), kind: 'forward' }).variant;
    expect(chosen(able)).toBe('tiled');
    expect(chosen({ ...able, choices })).toBe('matrix-8x8x8');
    expect(chosen({ ...hardware, choices })).toBe('tiled');
    const few = product({ rows: 8 });
    const unfit = { ...able, maxInvocations: 64 };
    expect([found(able, few), found(able, product({ aligned: false }))]).toEqual([[], []]);
    expect([found(unfit, product()), found({ ...able, f16: false }, half)]).toEqual([[], []]);
    expect(found(traitsIn('basic', able), product())).toEqual([]);
  });

  test('a kernel asks for subgroups of its size where the device has several', () => {
    const asked = (pinned: boolean): string => {
      const matrices = { float32: ['8x8x8'], float16: [], lanes: 32, pinned } as const;
      const recorder = new PlanRecorder('plan', {
        ...{ ...hardware, subgroups: true, subgroupMinSize: 16, subgroupMaxSize: 32, matrices },
      });
      const [x, w, y] = ['x', 'w', 'y'].map((name) =>
        asMatrix(persistentTensor(name, 'activations', [64, 64])),
      );
      if (!x || !w || !y) throw new Error('three matrices');
      linearForward(recorder, { x, w, y, variant: 'matrix-8x8x8' });
      const [command] = recorder.finish().commands;
      return command?.kind === 'dispatch' ? command.call.kernel.source : '';
    };
    expect(asked(true)).toContain('@subgroup_size(LANES)');
    expect(asked(false)).not.toContain('@subgroup_size');
  });

  test('every tile has a thread for each block that it loads', () => {
    for (const variant of tiledVariants) {
      const tile = productTile(variant);
      if (!tile) throw new Error(`${variant} has no tile`);
      // Vectors of both factors and one more each against bank conflicts, 16 bytes each.
      const perInner = tile.rows / 4 + tile.columns / 4 + 2;
      const inner = tile.bytes / 16 / perInner;
      expect(((tile.rows + tile.columns) / 4) * (inner / 4)).toBeLessThanOrEqual(tile.threads);
    }
  });

  test('sums are split where few tiles have long ones, in powers of two', () => {
    const tile = { rows: 64, columns: 64 };
    expect(productSplits(product({ columns: 8, inner: 896 }), tile)).toBe(8);
    expect(productSplits(product({ columns: 8, inner: 127 }), tile)).toBe(1);
    expect(productSplits(product({ rows: 4096, columns: 4096 }), tile)).toBe(1);
  });
});

describe('the table of choices', () => {
  const sizes = { ...product(), kind: 'forward' } as const;
  const choose = (choices: Record<string, string>, traits = hardware): string =>
    chooseVariant(forwardProductClass, { ...traits, choices }, sizes).variant;

  test('decides its class, and no other', () => {
    expect(choose({ [kernelClass(sizes)]: 'tiled-128x128' })).toBe('tiled-128x128');
    expect(choose({ [kernelClass(product({ rows: 8 }))]: 'direct' })).toBe('tiled');
  });

  test('what a device cannot run, or what is no variant at all, gives the default', () => {
    expect(choose({ [kernelClass(sizes)]: 'tiled-128x128' }, narrow)).toBe('tiled');
    expect(choose({ [kernelClass(sizes)]: 'broadcast' })).toBe('tiled');
    expect(choose({ [kernelClass(sizes)]: 'vector-workgroup' })).toBe('tiled');
    expect(choose({ [kernelClass(sizes)]: '__proto__' })).toBe('tiled');
  });

  test('plans recorded without a device follow it, and their dispatches say so', () => {
    const w = persistentTensor('w', 'weights', [896, 896]);
    const x = persistentTensor('x', 'activations', [512, 896]);
    const y = persistentTensor('y', 'activations', [512, 896]);
    const choices = { [kernelClass(sizes)]: 'tiled-64x128' };
    const recorder = new PlanRecorder('plan', { ...hardware, choices });
    linearForward(recorder, { x: asMatrix(x), w: asMatrix(w), y: asMatrix(y) });
    const [command] = recorder.finish().commands;
    if (command?.kind !== 'dispatch') throw new Error('a dispatch was recorded');
    expect(command.call.request).toMatchObject({ variant: 'tiled-64x128', sizes });
    expect(command.call.grid).toEqual([7, 8, 1]);
  });
});
