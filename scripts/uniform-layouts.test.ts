import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';
import { expect, test } from 'vitest';
import { kernelClasses } from '../src/engine/kernels/kernel-classes.ts';
import { uniformLayouts } from '../src/engine/kernels/uniform-layouts.ts';
import { layoutsText } from './uniform-layouts.ts';

test('the layouts of uniform blocks are those of the shaders: else run `npm run layouts`', async () => {
  const path = 'src/engine/kernels/uniform-layouts.ts';
  const style = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatConfig;
  const { code, errors } = await format(path, layoutsText(), style);
  expect(errors).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(code);
});

/** Kernels that a variant runs beside a product, or several in turn: they have uniforms of their own. */
const inTurn: Readonly<Record<string, readonly string[]>> = {
  'forward-normed': ['norm/rms-rows', 'norm/rms-groups'],
  'forward-gated': ['norm/rms-rows', 'norm/rms-groups', 'ffn/gate-forward'],
  'cached-attention': ['attention/cached-split', 'attention/cache/join-slices'],
};

test('the variants of a pass take the same uniforms', () => {
  const layouts: Readonly<Record<string, unknown>> = uniformLayouts;
  for (const { kind, shaders } of kernelClasses) {
    const own = inTurn[kind] ?? [];
    expect(shaders, kind).toEqual(expect.arrayContaining([...own]));
    for (const shader of shaders.filter((name) => !own.includes(name)))
      expect(layouts[shader], shader).toEqual(layouts[shaders[0] ?? '']);
  }
});
