// The inner step shared by the tiled kernels, for GPUs: a workgroup of THREADS_X × THREADS_Y threads makes
// 8 · THREADS_Y rows by 4 · WIDTH · THREADS_X columns, staged INNER inner indices at a time in workgroup
// memory; a thread has 8 rows of WIDTH groups of 4 columns.
//   Threads load a block of 4 × 4 values each, the first of them from the left factor, others from the right;
//   there are at least as many threads as blocks. The next block is fetched while the present ones are
//   multiplied.

override THREADS_X: u32 = 16u;
override THREADS_Y: u32 = 8u;
// A multiple of 4.
override INNER: u32 = 16u;
// 1 or 2.
override WIDTH: u32 = 1u;

override tile_rows: u32 = 8u * THREADS_Y;
override tile_columns: u32 = 4u * WIDTH * THREADS_X;
override left_groups: u32 = 2u * THREADS_Y;
override right_groups: u32 = WIDTH * THREADS_X;
override left_blocks: u32 = left_groups * INNER / 4u;
override right_blocks: u32 = right_groups * INNER / 4u;

// Vectors from one inner index to the next: one more than there are, against bank conflicts.
override left_stride: u32 = left_groups + 1u;
override right_stride: u32 = right_groups + 1u;
override left_size: u32 = INNER * left_stride;
override right_size: u32 = INNER * right_stride;

// A block of 4 × 4 values: one vector over rows or columns for each of four inner indices.
alias Block = mat4x4<f32>;

// A thread's block: of which factor, and where in its tile, as which four rows or columns and which four
// inner indices. `factor` is 0 for the left, 1 for the right, 2 for none.
struct Position {
  factor: u32,
  group: u32,
  inner: u32,
}

fn factor_of(thread: u32) -> u32 {
  if (thread < left_blocks) {
    return 0u;
  }
  if (thread < left_blocks + right_blocks) {
    return 1u;
  }
  return 2u;
}

// For factors that are contiguous along the inner dimension: neighbours read on along it.
fn along_inner(factor: u32, chunk: u32) -> Position {
  let quads = INNER / 4u;
  return Position(factor, chunk / quads, chunk % quads);
}

// For factors that are contiguous along rows or columns of the result.
fn along_outer(factor: u32, chunk: u32, groups: u32) -> Position {
  return Position(factor, chunk % groups, chunk / groups);
}

// The thread's block where both factors are contiguous along the inner dimension, where only the left one is,
// and where neither is.
fn both_inner(thread: u32) -> Position {
  let factor = factor_of(thread);
  return along_inner(factor, select(thread - left_blocks, thread, factor == 0u));
}

fn left_inner(thread: u32) -> Position {
  let factor = factor_of(thread);
  if (factor == 0u) {
    return along_inner(factor, thread);
  }
  return along_outer(factor, thread - left_blocks, right_groups);
}

fn both_outer(thread: u32) -> Position {
  let factor = factor_of(thread);
  if (factor == 0u) {
    return along_outer(factor, thread, left_groups);
  }
  return along_outer(factor, thread - left_blocks, right_groups);
}

// Rows 0 to 7 of a thread's first group of columns, and of its second.
struct Sums {
  row0: vec4<f32>,
  row1: vec4<f32>,
  row2: vec4<f32>,
  row3: vec4<f32>,
  row4: vec4<f32>,
  row5: vec4<f32>,
  row6: vec4<f32>,
  row7: vec4<f32>,
  far0: vec4<f32>,
  far1: vec4<f32>,
  far2: vec4<f32>,
  far3: vec4<f32>,
  far4: vec4<f32>,
  far5: vec4<f32>,
  far6: vec4<f32>,
  far7: vec4<f32>,
}

// Every row of the first group of columns times `near`, of the second times `far`.
fn scale_columns(sums: ptr<function, Sums>, near: vec4<f32>, far: vec4<f32>) {
  (*sums).row0 *= near;
  (*sums).row1 *= near;
  (*sums).row2 *= near;
  (*sums).row3 *= near;
  (*sums).row4 *= near;
  (*sums).row5 *= near;
  (*sums).row6 *= near;
  (*sums).row7 *= near;
  if (WIDTH == 2u) {
    (*sums).far0 *= far;
    (*sums).far1 *= far;
    (*sums).far2 *= far;
    (*sums).far3 *= far;
    (*sums).far4 *= far;
    (*sums).far5 *= far;
    (*sums).far6 *= far;
    (*sums).far7 *= far;
  }
}

// The first column of a thread's group of columns (0 or 1) in the tile.
fn column_of(local: vec2<u32>, group: u32) -> u32 {
  return (group * THREADS_X + local.x) * 4u;
}

fn rows_of(sums: Sums) -> array<vec4<f32>, 16> {
  return array<vec4<f32>, 16>(
    sums.row0, sums.row1, sums.row2, sums.row3, sums.row4, sums.row5, sums.row6, sums.row7,
    sums.far0, sums.far1, sums.far2, sums.far3, sums.far4, sums.far5, sums.far6, sums.far7,
  );
}
