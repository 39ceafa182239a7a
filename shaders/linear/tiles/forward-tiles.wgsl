// The forward product in tiles, whatever their type (forward-tiled.wgsl, forward-float16.wgsl).

//% include linear/tiles/sum.wgsl LEFT=x RIGHT=w PLACE=both_inner
//% include linear/tiles/sum.wgsl LEFT=h RIGHT=b PLACE=both_inner

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
fn h_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
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
fn b_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
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
  add_x(size, &sums, first, columns, local, start, end);
  let last = size.outputs - 1u;
  if (is_set(size, has_scale)) {
    scale_columns(
      &sums,
      load_column_scale(size, min(columns + column_of(local, 0u), last)),
      load_column_scale(size, min(columns + column_of(local, WIDTH - 1u), last)),
    );
  }
  if (size.rank > 0u) {
    add_h(size, &sums, first, columns, local, 0u, size.rank);
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
