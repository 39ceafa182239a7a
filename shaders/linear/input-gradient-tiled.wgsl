// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), staged in workgroup memory (tile.wgsl).
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: (⌈inputs / 64⌉, ⌈rows / 64⌉). Each of the inner loops sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.


fn mask(row: u32, column: u32) -> vec4<f32> {
  let element = row * sizes.inputs + column;
  let seed = step_state[4];
  let step = step_state[5];
  let micro_batch = step_state[6];
  let stream = sizes.dropout_stream;
  let threshold = sizes.dropout_threshold;
  let scale = sizes.dropout_scale;
  return vec4<f32>(
    keep_scale(seed, step, stream, micro_batch, element, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 1u, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 2u, threshold, scale),
    keep_scale(seed, step, stream, micro_batch, element + 3u, threshold, scale),
  );
}

// Four rows of dy, transposed; zero past the last inner index.
fn dy_block(first: u32, k: u32) -> Block {
  if (k >= sizes.outputs) {
    return Block();
  }
  let last = sizes.rows - 1u;
  return transpose(Block(
    load_dy(min(first, last), k),
    load_dy(min(first + 1u, last), k),
    load_dy(min(first + 2u, last), k),
    load_dy(min(first + 3u, last), k),
  ));
}

// Four columns of w for four inner indices; zero past the last of these.
fn w_block(first: u32, k: u32) -> Block {
  let last = sizes.outputs - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, sizes.inputs - 1u);
  var scale = vec4<f32>(1.0);
  if (is_set(has_scale)) {
    scale = load_column_scale(column);
  }
  return Block(
    load_w(k, column) * scale,
    select(vec4<f32>(0.0), load_w(min(k + 1u, last), column) * scale, k + 1u <= last),
    select(vec4<f32>(0.0), load_w(min(k + 2u, last), column) * scale, k + 2u <= last),
    select(vec4<f32>(0.0), load_w(min(k + 3u, last), column) * scale, k + 3u <= last),
  );
}

// Four rows of dh, transposed; zero past the last inner index.
fn dh_block(first: u32, k: u32) -> Block {
  if (k >= sizes.rank) {
    return Block();
  }
  let last = sizes.rows - 1u;
  return transpose(Block(
    load_dh(min(first, last), k),
    load_dh(min(first + 1u, last), k),
    load_dh(min(first + 2u, last), k),
    load_dh(min(first + 3u, last), k),
  ));
}

// Four columns of a for four inner indices; zero past the last of these.
fn a_block(first: u32, k: u32) -> Block {
  let last = sizes.rank - 1u;
  if (k > last) {
    return Block();
  }
  let column = min(first, sizes.inputs - 1u);
  return Block(
    load_a(k, column),
    select(vec4<f32>(0.0), load_a(min(k + 1u, last), column), k + 1u <= last),
    select(vec4<f32>(0.0), load_a(min(k + 2u, last), column), k + 2u <= last),
    select(vec4<f32>(0.0), load_a(min(k + 3u, last), column), k + 3u <= last),
  );
}

// sums += dh · a
fn add_branch(sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_outer(thread - 64u);
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
    return dh_block(rows + position.group * 4u, inner);
  }
  return a_block(columns + position.group * 4u, inner);
}

// sums += (dy · w) ∘ column_scale
fn add_base(sums: ptr<function, Sums>, rows: u32, columns: u32, local: vec2<u32>) {
  let thread = local.y * 16u + local.x;
  let is_left = thread < 64u;
  var position = along_outer(thread - 64u);
  if (is_left) {
    position = along_inner(thread);
  }
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = 0u; k < sizes.outputs + 16u; k += 16u) {
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
    return dy_block(rows + position.group * 4u, inner);
  }
  return w_block(columns + position.group * 4u, inner);
}

@compute @workgroup_size(16, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let first = group.y * 64u;
  let columns = group.x * 64u;
  let column = columns + local.x * 4u;
  let row = first + local.y * 8u;
  var sums: Sums;
  if (sizes.rank > 0u) {
    add_branch(&sums, first, columns, local.xy);
  }
  if (sizes.dropout_threshold > 0u) {
    sums.row0 *= mask(row + 0u, column);
    sums.row1 *= mask(row + 1u, column);
    sums.row2 *= mask(row + 2u, column);
    sums.row3 *= mask(row + 3u, column);
    sums.row4 *= mask(row + 4u, column);
    sums.row5 *= mask(row + 5u, column);
    sums.row6 *= mask(row + 6u, column);
    sums.row7 *= mask(row + 7u, column);
  }
  add_base(&sums, first, columns, local.xy);
  if (column >= sizes.inputs) {
    return;
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var results = rows_of(sums);
  for (var i = 0u; i < 8u && row + i < sizes.rows; i += 1u) {
    var value = sizes.alpha * results[i];
    if (is_set(accumulates)) {
      value += load_dx(row + i, column);
    }
    store_dx(row + i, column, value);
  }
}
