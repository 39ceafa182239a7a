import { expect, test } from 'vitest';
import { kernelClasses } from '../kernels/kernel-classes.ts';
import { shaderNames } from '../kernels/shaders.ts';
import { kernelChecks } from './kernel-checks.ts';

/** Run in the cases of another shader, whose results they finish, or in the self-test itself. */
const elsewhere = [
  'attention/row-statistics',
  'linear/sum-splits',
  'optimizer/gradient-norm-finish',
  'device/subgroup-size',
];

test('every shader is a variant of a class or has a check, so that no plan runs untested', () => {
  const ofClasses = kernelClasses.flatMap(({ shaders }) => shaders);
  const ofChecks = kernelChecks.map(({ shader }) => shader);
  // A gate is a kernel by itself where linears have branches, and the last of several in a variant of gated products.
  expect(ofChecks.filter((shader) => ofClasses.includes(shader))).toEqual(['ffn/gate-forward']);
  expect([...new Set([...ofClasses, ...ofChecks, ...elsewhere])].sort()).toEqual(shaderNames());
});
