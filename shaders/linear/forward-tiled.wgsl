// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, staged in workgroup memory (tile.wgsl).
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: (⌈outputs / 64⌉, ⌈rows / 64⌉). Each of the inner loops sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

// Four rows of x, transposed; zero past the last inner index.
fn x_block(first: u32, k: u32) -> Block {
  if (k >= sizes.inputs) {
    return Block();
  }
  let last = sizes.rows - 1u;
  return transpose(Block(
    load_x(min(first, last), k),
    load_x(min(first + 1u, last), k),
    load_x(min(first + 2u, last), k),
    load_x(min(first + 3u, last), k),
  ));
}

// Four rows of w, transposed; zero past the last inner index.
fn w_block(first: u32, k: u32) -> Block {
  if (k >= sizes.inputs) {
    return Block();
  }
  let last = sizes.outputs - 1u;
  return transpose(Block(
    load_w(min(first, last), k),
    load_w(min(first + 1u, last), k),
    load_w(min(first + 2u, last), k),
    load_w(min(first + 3u, last), k),
  ));
}

// Four rows of h, transposed; zero past the last inner index.
fn h_block(first: u32, k: u32) -> Block {
  if (k >= sizes.rank) {
    return Block();
  }
  let last = sizes.rows - 1u;
  return transpose(Block(
    load_h(min(first, last), k),
    load_h(min(first + 1u, last), k),
    load_h(min(first + 2u, last), k),
    load_h(min(first + 3u, last), k),
  ));
}

// Four rows of b, transposed; zero past the last inner index.
fn b_block(first: u32, k: u32) -> Block {
  if (k >= sizes.rank) {
    return Block();
  }
  let last = sizes.outputs - 1u;
  return transpose(Block(
    load_b(min(first, last), k),
    load_b(min(first + 1u, last), k),
    load_b(min(first + 2u, last), k),
    load_b(min(first + 3u, last), k),
  ));
}

// sums += x · wᵀ
fn add_base(sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_inner(thread - 64u);
  if (is_left) {
    position = along_inner(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = 0u; k < sizes.inputs + 16u; k += 16u) {
    let chunk = add_base_block(is_left, rows, columns, position, k);
    if (k > 0u) {
      multiply_tiles(sums, local);
    }
    workgroupBarrier();
    stage(thread, position, chunk);
    workgroupBarrier();
  }
}

fn add_base_block(
  is_left: bool,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (is_left) {
    return x_block(rows + position.group * 4u, inner);
  }
  return w_block(columns + position.group * 4u, inner);
}

// sums += h · bᵀ
fn add_branch(sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_inner(thread - 64u);
  if (is_left) {
    position = along_inner(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = 0u; k < sizes.rank + 16u; k += 16u) {
    let chunk = add_branch_block(is_left, rows, columns, position, k);
    if (k > 0u) {
      multiply_tiles(sums, local);
    }
    workgroupBarrier();
    stage(thread, position, chunk);
    workgroupBarrier();
  }
}

fn add_branch_block(
  is_left: bool,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (is_left) {
    return h_block(rows + position.group * 4u, inner);
  }
  return b_block(columns + position.group * 4u, inner);
}

@compute @workgroup_size(16, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let first = group.y * 64u;
  let columns = group.x * 64u;
  let column = columns + local.x * 4u;
  var sums: Sums;
  add_base(&sums, first, columns, local.xy);
  if (is_set(has_scale)) {
    let scale = load_column_scale(min(column, sizes.outputs - 1u));
    sums.row0 *= scale;
    sums.row1 *= scale;
    sums.row2 *= scale;
    sums.row3 *= scale;
    sums.row4 *= scale;
    sums.row5 *= scale;
    sums.row6 *= scale;
    sums.row7 *= scale;
  }
  if (sizes.rank > 0u) {
    add_branch(&sums, first, columns, local.xy);
  }
  if (column >= sizes.outputs) {
    return;
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  let row = first + local.y * 8u;
  for (var i = 0u; i < 8u && row + i < sizes.rows; i += 1u) {
    var value = results[i];
    if (is_set(has_bias)) {
      value += load_bias(column);
    }
    if (is_set(has_residual)) {
      value += load_residual(row + i, column);
    }
    store_y(row + i, column, value);
  }
}
