// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, staged in workgroup memory (tile.wgsl).
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: (⌈outputs / 64⌉, ⌈rows / 64⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

// Four rows of x, transposed; zero past the last inner index.
fn x_block(product: u32, first: u32, k: u32) -> Block {
  if (k >= sizes[product].inputs) {
    return Block();
  }
  let last = sizes[product].rows - 1u;
  return transpose(Block(
    load_x(product, min(first, last), k),
    load_x(product, min(first + 1u, last), k),
    load_x(product, min(first + 2u, last), k),
    load_x(product, min(first + 3u, last), k),
  ));
}

// Four rows of w, transposed; zero past the last inner index.
fn w_block(product: u32, first: u32, k: u32) -> Block {
  if (k >= sizes[product].inputs) {
    return Block();
  }
  let last = sizes[product].outputs - 1u;
  return transpose(Block(
    load_w(product, min(first, last), k),
    load_w(product, min(first + 1u, last), k),
    load_w(product, min(first + 2u, last), k),
    load_w(product, min(first + 3u, last), k),
  ));
}

// Four rows of h, transposed; zero past the last inner index.
fn h_block(product: u32, first: u32, k: u32) -> Block {
  if (k >= sizes[product].rank) {
    return Block();
  }
  let last = sizes[product].rows - 1u;
  return transpose(Block(
    load_h(product, min(first, last), k),
    load_h(product, min(first + 1u, last), k),
    load_h(product, min(first + 2u, last), k),
    load_h(product, min(first + 3u, last), k),
  ));
}

// Four rows of b, transposed; zero past the last inner index.
fn b_block(product: u32, first: u32, k: u32) -> Block {
  if (k >= sizes[product].rank) {
    return Block();
  }
  let last = sizes[product].outputs - 1u;
  return transpose(Block(
    load_b(product, min(first, last), k),
    load_b(product, min(first + 1u, last), k),
    load_b(product, min(first + 2u, last), k),
    load_b(product, min(first + 3u, last), k),
  ));
}

// sums += x · wᵀ
fn add_base(product: u32, sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_inner(thread - 64u);
  if (is_left) {
    position = along_inner(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = 0u; k < sizes[product].inputs + 16u; k += 16u) {
    let chunk = add_base_block(product, is_left, rows, columns, position, k);
    if (k > 0u) {
      multiply_tiles(sums, local);
    }
    workgroupBarrier();
    stage(thread, position, chunk);
    workgroupBarrier();
  }
}

fn add_base_block(
  product: u32,
  is_left: bool,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (is_left) {
    return x_block(product, rows + position.group * 4u, inner);
  }
  return w_block(product, columns + position.group * 4u, inner);
}

// sums += h · bᵀ
fn add_branch(product: u32, sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_inner(thread - 64u);
  if (is_left) {
    position = along_inner(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = 0u; k < sizes[product].rank + 16u; k += 16u) {
    let chunk = add_branch_block(product, is_left, rows, columns, position, k);
    if (k > 0u) {
      multiply_tiles(sums, local);
    }
    workgroupBarrier();
    stage(thread, position, chunk);
    workgroupBarrier();
  }
}

fn add_branch_block(
  product: u32,
  is_left: bool,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (is_left) {
    return h_block(product, rows + position.group * 4u, inner);
  }
  return b_block(product, columns + position.group * 4u, inner);
}

@compute @workgroup_size(16, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let first = group.y * 64u;
  let columns = group.x * 64u;
  // The grid fits the largest product.
  if (first >= sizes[product].rows || columns >= sizes[product].outputs) {
    return;
  }
  let column = columns + local.x * 4u;
  var sums: Sums;
  add_base(product, &sums, first, columns, local.xy);
  if (is_set(product, has_scale)) {
    let scale = load_column_scale(product, min(column, sizes[product].outputs - 1u));
    sums.row0 *= scale;
    sums.row1 *= scale;
    sums.row2 *= scale;
    sums.row3 *= scale;
    sums.row4 *= scale;
    sums.row5 *= scale;
    sums.row6 *= scale;
    sums.row7 *= scale;
  }
  if (sizes[product].rank > 0u) {
    add_branch(product, &sums, first, columns, local.xy);
  }
  if (column >= sizes[product].outputs) {
    return;
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let row = first + local.y * 8u;
  for (var i = 0u; i < 8u && row + i < sizes[product].rows; i += 1u) {
    var value = results[i];
    if (is_set(product, has_bias)) {
      value += load_bias(product, column);
    }
    if (is_set(product, has_residual)) {
      value += load_residual(product, row + i, column);
    }
    store_y(product, row + i, column, value);
  }
}
