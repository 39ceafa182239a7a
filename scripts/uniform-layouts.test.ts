import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';
import { expect, test } from 'vitest';
import { layoutsText } from './uniform-layouts.ts';

test('the layouts of uniform blocks are those of the shaders: else run `npm run layouts`', async () => {
  const path = 'src/engine/kernels/uniform-layouts.ts';
  const style = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatConfig;
  const { code, errors } = await format(path, layoutsText(), style);
  expect(errors).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(code);
});
