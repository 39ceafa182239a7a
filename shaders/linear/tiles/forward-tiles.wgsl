// The forward product in tiles, whatever their type (forward-tiled.wgsl, forward-float16.wgsl).

override SPLITS: u32 = 1u;

// Four rows of x, transposed; zero past the last inner index.
fn x_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
    return Block();
  }
  let last = size.rows - 1u;
  return transpose(Block(
    load_x(size, min(first, last), k),
    load_x(size, min(first + 1u, last), k),
    load_x(size, min(first + 2u, last), k),
    load_x(size, min(first + 3u, last), k),
  ));
}

// Four rows of w, transposed; zero past the last inner index.
fn w_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
    return Block();
  }
  let last = size.outputs - 1u;
  return transpose(Block(
    load_w(size, min(first, last), k),
    load_w(size, min(first + 1u, last), k),
    load_w(size, min(first + 2u, last), k),
    load_w(size, min(first + 3u, last), k),
  ));
}

// Four rows of h, transposed; zero past the last inner index.
fn h_block(size: Sizes, first: u32, k: u32) -> Block {
  if (k >= size.rank) {
    return Block();
  }
  let last = size.rows - 1u;
  return transpose(Block(
    load_h(size, min(first, last), k),
    load_h(size, min(first + 1u, last), k),
    load_h(size, min(first + 2u, last), k),
    load_h(size, min(first + 3u, last), k),
  ));
}

// Four rows of b, transposed; zero past the last inner index.
fn b_block(size: Sizes, first: u32, k: u32) -> Block {
  if (k >= size.rank) {
    return Block();
  }
  let last = size.outputs - 1u;
  return transpose(Block(
    load_b(size, min(first, last), k),
    load_b(size, min(first + 1u, last), k),
    load_b(size, min(first + 2u, last), k),
    load_b(size, min(first + 3u, last), k),
  ));
}

// sums += x · wᵀ over the inputs start..end
fn add_base(
  size: Sizes,
  sums: ptr<function, Sums>,
  rows: u32,
  columns: u32,
  local: vec2<u32>,
  start: u32,
  end: u32,
) {
  let position = both_inner(local.y * THREADS_X + local.x);
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = start; k < end + INNER; k += INNER) {
    let chunk = add_base_block(size, rows, columns, position, k, end);
    if (k > start) {
      multiply_tiles(sums, local);
    }
    stage(position, chunk);
  }
}

fn add_base_block(
  size: Sizes,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
  end: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (position.factor == 0u) {
    return x_block(size, rows + position.group * 4u, inner, end);
  }
  if (position.factor == 1u) {
    return w_block(size, columns + position.group * 4u, inner, end);
  }
  return Block();
}

// sums += h · bᵀ
fn add_branch(size: Sizes, sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let position = both_inner(local.y * THREADS_X + local.x);
  // As in add_base.
  for (var k = 0u; k < size.rank + INNER; k += INNER) {
    let chunk = add_branch_block(size, rows, columns, position, k);
    if (k > 0u) {
      multiply_tiles(sums, local);
    }
    stage(position, chunk);
  }
}

fn add_branch_block(
  size: Sizes,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (position.factor == 0u) {
    return h_block(size, rows + position.group * 4u, inner);
  }
  if (position.factor == 1u) {
    return b_block(size, columns + position.group * 4u, inner);
  }
  return Block();
}

// One tile of a result: `group` counts tiles, `local` is the thread.
fn make_tile(group: vec3<u32>, local: vec2<u32>) {
  let size = sizes[group.z / SPLITS];
  let split = group.z % SPLITS;
  let place = place_of(size, group);
  let first = place.y * tile_rows;
  let columns = place.x * tile_columns;
  // The grid fits the largest product.
  if (first >= size.rows || columns >= size.outputs) {
    return;
  }
  // Whole inner tiles for each split.
  let inputs = size.inputs;
  let part = (inputs + SPLITS * INNER - 1u) / (SPLITS * INNER) * INNER;
  let start = min(split * part, inputs);
  let end = min(start + part, inputs);
  var sums: Sums;
  add_base(size, &sums, first, columns, local, start, end);
  let last = size.outputs - 1u;
  if (is_set(size, has_scale)) {
    scale_columns(
      &sums,
      load_column_scale(size, min(columns + column_of(local, 0u), last)),
      load_column_scale(size, min(columns + column_of(local, WIDTH - 1u), last)),
    );
  }
  if (size.rank > 0u) {
    add_branch(size, &sums, first, columns, local);
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let row = first + local.y * 8u;
  let start_row = split * size.rows;
  for (var c = 0u; c < WIDTH; c += 1u) {
    let column = columns + column_of(local, c);
    if (column > last) {
      return;
    }
    for (var i = 0u; i < 8u && row + i < size.rows; i += 1u) {
      var value = results[c * 8u + i];
      if (is_set(size, has_bias)) {
        value += load_bias(size, column);
      }
      if (is_set(size, has_residual)) {
        value += load_residual(size, row + i, column);
      }
      store_y(size, start_row + row + i, column, value);
    }
  }
}
