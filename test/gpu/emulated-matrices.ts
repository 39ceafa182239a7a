/**
 * Subgroup matrices on devices that have none: the text of a kernel with its matrix types and builtins replaced by
 * loops, everything else, addresses above all, as it is.
 */
import { expect } from 'vitest';
import type { SubgroupMatrices } from '../../src/engine/gpu/kernel.ts';

/** Threads of an emulated subgroup: those whose number divided by this is the same. */
const lanes = 8;

/** The matrices of such a device: every shape that kernels use. */
export const emulatedMatrices: SubgroupMatrices = {
  float32: ['8x8x8'],
  float16: ['16x16x16', '16x8x16', '8x16x16', '8x8x8'],
  ...{ lanes, pinned: false },
};

/** Matrices as the proposal describes them: where each begins, in elements, and whether columns or rows follow. */
const loops = `
struct Left { start: u32, stride: u32, by_column: bool }
struct Right { start: u32, stride: u32, by_column: bool }

// Of a result each thread of a subgroup holds every ${lanes}th element.
const emulated_share = matrix_rows * matrix_columns / ${lanes}u;
alias Result = array<f32, emulated_share>;
var<private> emulated_lane: u32;

// 1, as every product has a row, but unknown to compilers, which would take minutes for unrolled loops.
fn emulated_one() -> u32 {
  return min(sizes[0].rows, 1u);
}

fn emulated_place(start: u32, stride: u32, by_column: bool, row: u32, column: u32) -> u32 {
  return start + select(stride * row + column, stride * column + row, by_column);
}

fn emulated_product(left: Left, right: Right, before: Result) -> Result {
  var sums = before;
  for (var i = 0u; i < emulated_share * emulated_one(); i += 1u) {
    let element = i * ${lanes}u + emulated_lane;
    let row = element / matrix_columns;
    let column = element % matrix_columns;
    for (var k = 0u; k < matrix_inner * emulated_one(); k += 1u) {
      let a = left_tile[emulated_place(left.start, left.stride, left.by_column, row, k)];
      let b = right_tile[emulated_place(right.start, right.stride, right.by_column, k, column)];
      sums[i] += f32(a) * f32(b);
    }
  }
  return sums;
}

fn emulated_store(start: u32, sums: Result, stride: u32, by_column: bool) {
  for (var i = 0u; i < emulated_share * emulated_one(); i += 1u) {
    let element = i * ${lanes}u + emulated_lane;
    let row = element / matrix_columns;
    let column = element % matrix_columns;
    pieces[emulated_place(start, stride, by_column, row, column)] = sums[i];
  }
}
`;

/** What is replaced: every pattern has to occur. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/^enable chromium_experimental_subgroup_matrix;$/gm, ''],
  [/^enable subgroups;$/gm, ''],
  [/^alias Left = subgroup_matrix_left<Input, matrix_inner, matrix_rows>;$/gm, ''],
  [/^alias Right = subgroup_matrix_right<Input, matrix_columns, matrix_inner>;$/gm, ''],
  [/^alias Result = subgroup_matrix_result<f32, matrix_columns, matrix_rows>;$/gm, loops],
  [/subgroupMatrixLoad<(Left|Right), col_major>\(&\w+, (.+), (\w+)\)/g, '$1($2, $3, true)'],
  [/subgroupMatrixLoad<(Left|Right), row_major>\(&\w+, (.+), (\w+)\)/g, '$1($2, $3, false)'],
  [/subgroupMatrixMultiplyAccumulate\(/g, 'emulated_product('],
  [/subgroupMatrixStore<row_major>\(&pieces, (.+)\);/g, 'emulated_store($1, false);'],
  [/^ +@builtin\(subgroup_id\) subgroup: u32,$/gm, ''],
  [
    /^ +make_tile\(group, thread, subgroup\);$/gm,
    `emulated_lane = thread % ${lanes}u; make_tile(group, thread, thread / ${lanes}u);`,
  ],
];

/** The text of a kernel as a device without subgroup matrices can run it; others are left alone. */
export function withEmulatedMatrices(name: string, source: string): string {
  if (!name.includes('matrices')) return source;
  let text = source;
  for (const [pattern, loop] of replacements) {
    expect(text, String(pattern)).toMatch(pattern);
    text = text.replaceAll(pattern, loop);
  }
  expect(text).not.toMatch(/subgroup_matrix_|subgroupMatrix/);
  return text;
}
