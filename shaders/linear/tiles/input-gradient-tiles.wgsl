// The input gradient in tiles, whatever their type (input-gradient-tiled.wgsl, input-gradient-float16.wgsl).

//% include linear/tiles/sum.wgsl LEFT=dy RIGHT=w PLACE=left_inner
//% include linear/tiles/sum.wgsl LEFT=dh RIGHT=a PLACE=left_inner

override SPLITS: u32 = 1u;

fn mask(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  let element = row * size.inputs + column;
  let seed = step_state[4];
  let step = step_state[5];
  let micro_batch = step_state[6];
  let stream = size.dropout_stream;
  let threshold = size.dropout_threshold;
  let scale = size.dropout_scale;
  return vec4<f32>(
    keep_scale(seed, step, stream, micro_batch, element, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 1u, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 2u, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 3u, threshold, scale),
  );
}

// Four rows of dy, transposed; zero past the last inner index.
fn dy_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
    return Block();
  }
  let last = size.rows - 1u;
  return transpose(Block(
    load_dy(size, min(first, last), k),
    load_dy(size, min(first + 1u, last), k),
    load_dy(size, min(first + 2u, last), k),
    load_dy(size, min(first + 3u, last), k),
  ));
}

// Four columns of w for four inner indices; zero past the last of these.
fn w_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, size.inputs - 1u);
  var scale = vec4<f32>(1.0);
  if (is_set(size, has_scale)) {
    scale = load_column_scale(size, column);
  }
  return Block(
    load_w(size, k, column) * scale,
    select(vec4<f32>(0.0), load_w(size, min(k + 1u, last), column) * scale, k + 1u <= last),
    select(vec4<f32>(0.0), load_w(size, min(k + 2u, last), column) * scale, k + 2u <= last),
    select(vec4<f32>(0.0), load_w(size, min(k + 3u, last), column) * scale, k + 3u <= last),
  );
}

// Four rows of dh, transposed; zero past the last inner index.
fn dh_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  if (k >= end) {
    return Block();
  }
  let last = size.rows - 1u;
  return transpose(Block(
    load_dh(size, min(first, last), k),
    load_dh(size, min(first + 1u, last), k),
    load_dh(size, min(first + 2u, last), k),
    load_dh(size, min(first + 3u, last), k),
  ));
}

// Four columns of a for four inner indices; zero past the last of these.
fn a_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, size.inputs - 1u);
  return Block(
    load_a(size, k, column),
    select(vec4<f32>(0.0), load_a(size, min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_a(size, min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_a(size, min(k + 3u, last), column), k + 3u <= last),
  );
}

// One tile of a result: `group` counts tiles, `local` is the thread.
fn make_tile(group: vec3<u32>, local: vec2<u32>) {
  let size = sizes[group.z / SPLITS];
  let split = group.z % SPLITS;
  let place = place_of(size, group);
  let first = place.y * tile_rows;
  let columns = place.x * tile_columns;
  // The grid fits the largest product.
  if (first >= size.rows || columns >= size.inputs) {
    return;
  }
  let row = first + local.y * 8u;
  var sums: Sums;
  if (size.rank > 0u) {
    add_dh(size, &sums, first, columns, local, 0u, size.rank);
  }
  if (size.dropout_threshold > 0u) {
    let column = columns + column_of(local, 0u);
    sums.row0 *= mask(size, row + 0u, column);
    sums.row1 *= mask(size, row + 1u, column);
    sums.row2 *= mask(size, row + 2u, column);
    sums.row3 *= mask(size, row + 3u, column);
    sums.row4 *= mask(size, row + 4u, column);
    sums.row5 *= mask(size, row + 5u, column);
    sums.row6 *= mask(size, row + 6u, column);
    sums.row7 *= mask(size, row + 7u, column);
    if (WIDTH == 2u) {
      let far = columns + column_of(local, 1u);
      sums.far0 *= mask(size, row + 0u, far);
      sums.far1 *= mask(size, row + 1u, far);
      sums.far2 *= mask(size, row + 2u, far);
      sums.far3 *= mask(size, row + 3u, far);
      sums.far4 *= mask(size, row + 4u, far);
      sums.far5 *= mask(size, row + 5u, far);
      sums.far6 *= mask(size, row + 6u, far);
      sums.far7 *= mask(size, row + 7u, far);
    }
  }
  // Whole inner tiles for each split.
  let outputs = size.outputs;
  let part = (outputs + SPLITS * INNER - 1u) / (SPLITS * INNER) * INNER;
  let start = min(split * part, outputs);
  let end = min(start + part, outputs);
  add_dy(size, &sums, first, columns, local, start, end);
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let start_row = split * size.rows;
  for (var c = 0u; c < WIDTH; c += 1u) {
    let column = columns + column_of(local, c);
    if (column >= size.inputs) {
      return;
    }
    for (var i = 0u; i < 8u && row + i < size.rows; i += 1u) {
      var value = size.alpha * results[c * 8u + i];
      if (is_set(size, accumulates)) {
        value += load_dx(size, row + i, column);
      }
      store_dx(size, start_row + row + i, column, value);
    }
  }
}
