// dw (+)= dyᵀ · x, staged in workgroup memory (tile.wgsl).
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: (⌈inputs / tile_columns⌉, ⌈outputs / tile_rows⌉, products · splits). A split sums `split_rows` rows; with more than one,
//   dw is the partial results [splits, outputs, inputs], which sum-splits.wgsl adds up.
//   Sums in the order of the rows. Tolerance: 2 · rows ULP of Σ|dy||x|.

//% form ACCESS vec4 scalar
//% include linear/weight-gradient-$ACCESS.wgsl
//% include linear/tiles/tile.wgsl
//% include linear/tiles/tile-float32.wgsl
//% include linear/tiles/sum.wgsl LEFT=dy RIGHT=x PLACE=both_outer

// Four columns of dy for four inner indices; zero past the last of these.
fn dy_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, size.outputs - 1u);
  return Block(
    load_dy(size, k, column),
    select(vec4<f32>(0.0), load_dy(size, min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_dy(size, min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_dy(size, min(k + 3u, last), column), k + 3u <= last),
  );
}

// Four columns of x for four inner indices; zero past the last of these.
fn x_block(size: Sizes, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, size.inputs - 1u);
  return Block(
    load_x(size, k, column),
    select(vec4<f32>(0.0), load_x(size, min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_x(size, min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_x(size, min(k + 3u, last), column), k + 3u <= last),
  );
}

@compute @workgroup_size(THREADS_X, THREADS_Y)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let splits = sizes[0].splits;
  let size = sizes[group.z / splits];
  let split = group.z % splits;
  let place = place_of(size, group);
  let first = place.y * tile_rows;
  let columns = place.x * tile_columns;
  // The grid fits the largest product.
  if (first >= size.outputs || columns >= size.inputs) {
    return;
  }
  let start = split * size.split_rows;
  let end = min(start + size.split_rows, size.rows);
  var sums: Sums;
  add_dy(size, &sums, first, columns, local.xy, start, end);
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let row = first + local.y * 8u;
  for (var c = 0u; c < WIDTH; c += 1u) {
    let column = columns + column_of(local.xy, c);
    if (column >= size.inputs) {
      return;
    }
    for (var i = 0u; i < 8u && row + i < size.outputs; i += 1u) {
      var value = results[c * 8u + i];
      if (is_set(size, accumulates)) {
        value += load_dw(size, row + i, column, split);
      }
      store_dw(size, row + i, column, split, value);
    }
  }
}
