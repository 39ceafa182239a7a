// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), with w and a broadcast (broadcast.wgsl): a thread
// has four rows of dx, and the workgroup WIDTH of their columns.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: (⌈inputs / WIDTH⌉, ⌈rows / (4 · LANES)⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include linear/broadcast.wgsl
//% include common/random.wgsl
//% include linear/input-gradient-$ACCESS.wgsl
//% include weights/rows.wgsl

// sums += dh · a; `column`: the first of the thread's columns of a.
fn add_branch(size: Sizes, sums: ptr<function, Sums>, rows: vec4<u32>, column: u32) {
  let end = size.rank;
  let inputs = size.inputs;
  let own = vec4<u32>(
    dh_start(size, rows.x), dh_start(size, rows.y),
    dh_start(size, rows.z), dh_start(size, rows.w),
  );
  let first = a_start(size, 0u);
  let step = a_step(size);
  let last = first + (end - 1u) * step;
  for (var k = 0u; k < end; k += 4u) {
    let left = Quad(
      dh_four(own.x, k / 4u, end), dh_four(own.y, k / 4u, end),
      dh_four(own.z, k / 4u, end), dh_four(own.w, k / 4u, end),
    );
    let start = first + k * step;
    // Inner indices past the end meet a zero from the left factor; their row of a is any valid one.
    let mine = Quad(
      a_four(start, column / 4u, inputs),
      a_four(min(start + step, last), column / 4u, inputs),
      a_four(min(start + 2u * step, last), column / 4u, inputs),
      a_four(min(start + 3u * step, last), column / 4u, inputs),
    );
    add_indices(sums, mine, left);
  }
}

// sums += (dy · w) ∘ scale; `column` as above.
fn add_base(
  size: Sizes,
  sums: ptr<function, Sums>,
  rows: vec4<u32>,
  column: u32,
  scale: vec4<f32>,
) {
  let end = size.outputs;
  let inputs = size.inputs;
  let own = vec4<u32>(
    dy_start(size, rows.x), dy_start(size, rows.y),
    dy_start(size, rows.z), dy_start(size, rows.w),
  );
  let first = w_start(size, 0u);
  let step = w_step(size);
  let last = first + (end - 1u) * step;
  for (var k = 0u; k < end; k += 4u) {
    let left = Quad(
      dy_four(own.x, k / 4u, end), dy_four(own.y, k / 4u, end),
      dy_four(own.z, k / 4u, end), dy_four(own.w, k / 4u, end),
    );
    let start = first + k * step;
    // Inner indices past the end meet a zero from the left factor; their row of w is any valid one.
    let mine = Quad(
      w_four(start, column / 4u, inputs) * scale,
      w_four(min(start + step, last), column / 4u, inputs) * scale,
      w_four(min(start + 2u * step, last), column / 4u, inputs) * scale,
      w_four(min(start + 3u * step, last), column / 4u, inputs) * scale,
    );
    add_indices(sums, mine, left);
  }
}

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

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let size = sizes[group.z];
  let place = place_of(size, group);
  let first = place.x * WIDTH;
  let above = place.y * 4u * LANES;
  // The grid fits the largest product.
  if (first >= size.inputs || above >= size.rows) {
    return;
  }
  // Rows past the end repeat the last one, groups of columns past the end the first one; they are not stored.
  let row = above + lane * 4u;
  let last = vec4<u32>(size.rows - 1u);
  let rows = min(row + vec4<u32>(0u, 1u, 2u, 3u), last);
  let column = select(first, first + lane * 4u, first + lane * 4u < size.inputs);
  // Loops of unknown length: drivers would unroll known ones into much slower compilation.
  let width = min(WIDTH, size.inputs - first);
  var sums: Sums;
  add_branch(size, &sums, rows, column);
  if (size.dropout_threshold > 0u) {
    var kept = quads_of(sums);
    for (var q = 0u; q < width; q += 4u) {
      for (var c = 0u; c < 4u && row + c < size.rows; c += 1u) {
        kept[q / 4u][c] *= mask(size, row + c, first + q);
      }
    }
    sums = Sums(kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], kept[6], kept[7]);
  }
  var scale = vec4<f32>(1.0);
  if (is_set(size, has_scale)) {
    scale = load_column_scale(size, column);
  }
  add_base(size, &sums, rows, column, scale);
  var quads = quads_of(sums);
  for (var c = 0u; c < 4u && row + c < size.rows; c += 1u) {
    for (var q = 0u; q < width; q += 4u) {
      var value = size.alpha * quads[q / 4u][c];
      if (is_set(size, accumulates)) {
        value += load_dx(size, row + c, first + q);
      }
      store_dx(size, row + c, first + q, value);
    }
  }
}
