// dw (+)= dyᵀ · x, staged in workgroup memory (tile.wgsl).
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: (⌈inputs / 64⌉, ⌈outputs / 64⌉, products · splits). A split sums `split_rows` rows; with more than one,
//   dw is the partial results [splits, outputs, inputs], which sum-splits.wgsl adds up.
//   Sums in the order of the rows. Tolerance: 2 · rows ULP of Σ|dy||x|.

// Four columns of dy for four inner indices; zero past the last of these.
fn dy_block(product: u32, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, sizes[product].outputs - 1u);
  return Block(
    load_dy(product, k, column),
    select(vec4<f32>(0.0), load_dy(product, min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_dy(product, min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_dy(product, min(k + 3u, last), column), k + 3u <= last),
  );
}

// Four columns of x for four inner indices; zero past the last of these.
fn x_block(product: u32, first: u32, k: u32, end: u32) -> Block {
  let last = end - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, sizes[product].inputs - 1u);
  return Block(
    load_x(product, k, column),
    select(vec4<f32>(0.0), load_x(product, min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_x(product, min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_x(product, min(k + 3u, last), column), k + 3u <= last),
  );
}

// sums += dyᵀ · x over the rows start..end
fn add_products(product: u32, sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>, start: u32, end: u32) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_outer(thread - 64u);
  if (is_left) {
    position = along_outer(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = start; k < end + 16u; k += 16u) {
    let chunk = add_products_block(product, is_left, rows, columns, position, k, end);
    if (k > start) {
      multiply_tiles(sums, local);
    }
    workgroupBarrier();
    stage(thread, position, chunk);
    workgroupBarrier();
  }
}

fn add_products_block(
  product: u32,
  is_left: bool,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
  end: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (is_left) {
    return dy_block(product, rows + position.group * 4u, inner, end);
  }
  return x_block(product, columns + position.group * 4u, inner, end);
}

@compute @workgroup_size(16, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let splits = sizes[0].splits;
  let product = group.z / splits;
  let split = group.z % splits;
  let first = group.y * 64u;
  let columns = group.x * 64u;
  // The grid fits the largest product.
  if (first >= sizes[product].outputs || columns >= sizes[product].inputs) {
    return;
  }
  let start = split * sizes[product].split_rows;
  let end = min(start + sizes[product].split_rows, sizes[product].rows);
  let column = columns + local.x * 4u;
  var sums: Sums;
  add_products(product, &sums, first, columns, local.xy, start, end);
  if (column >= sizes[product].inputs) {
    return;
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let row = first + local.y * 8u;
  for (var i = 0u; i < 8u && row + i < sizes[product].outputs; i += 1u) {
    var value = results[i];
    if (is_set(product, accumulates)) {
      value += load_dw(product, row + i, column, split);
    }
    store_dw(product, row + i, column, split, value);
  }
}
