// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), without workgroup memory.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   One thread: 4 rows × 4 columns. Grid: (⌈inputs / (4 · LANES)⌉, ⌈rows / 4⌉, products).
//   Each of the inner loops sums in index order. Tolerance: 2 · (outputs + rank) ULP of
//   Σ|dy||w| + Σ|dh||a|.

//% form ACCESS vec4
//% form READER readers
//% include common/random.wgsl
//% include linear/input-gradient-$ACCESS.wgsl
//% include weights/rows.wgsl

override LANES: u32 = 8u;

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
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let place = place_of(size, group);
  let column = (place.x * LANES + local.x) * 4u;
  let first = place.y * 4u;
  // The grid fits the largest product.
  if (column >= size.inputs || first >= size.rows) {
    return;
  }
  // Rows past the end repeat the last one and are not stored.
  let rows = min(4u, size.rows - first);
  let last = size.rows - 1u;
  let row0 = first;
  let row1 = min(first + 1u, last);
  let row2 = min(first + 2u, last);
  let row3 = min(first + 3u, last);
  var sum0 = vec4<f32>(0.0);
  var sum1 = vec4<f32>(0.0);
  var sum2 = vec4<f32>(0.0);
  var sum3 = vec4<f32>(0.0);
  // Inner indices past the end meet a zero from the left factor; their row is any valid one.
  let rank_end = size.rank - 1u;
  for (var k = 0u; k < size.rank; k += 4u) {
    let m = mat4x4<f32>(
      load_a(size, k, column),
      load_a(size, min(k + 1u, rank_end), column),
      load_a(size, min(k + 2u, rank_end), column),
      load_a(size, min(k + 3u, rank_end), column),
    );
    sum0 += m * load_dh(size, row0, k);
    sum1 += m * load_dh(size, row1, k);
    sum2 += m * load_dh(size, row2, k);
    sum3 += m * load_dh(size, row3, k);
  }
  if (size.dropout_threshold > 0u) {
    sum0 *= mask(size, row0, column);
    sum1 *= mask(size, row1, column);
    sum2 *= mask(size, row2, column);
    sum3 *= mask(size, row3, column);
  }
  var scale = vec4<f32>(1.0);
  if (is_set(size, has_scale)) {
    scale = load_column_scale(size, column);
  }
  let end = size.outputs - 1u;
  for (var k = 0u; k < size.outputs; k += 4u) {
    var m = mat4x4<f32>(
      load_w(size, k, column),
      load_w(size, min(k + 1u, end), column),
      load_w(size, min(k + 2u, end), column),
      load_w(size, min(k + 3u, end), column),
    );
    if (is_set(size, has_scale)) {
      m = mat4x4<f32>(m[0] * scale, m[1] * scale, m[2] * scale, m[3] * scale);
    }
    sum0 += m * load_dy(size, row0, k);
    sum1 += m * load_dy(size, row1, k);
    sum2 += m * load_dy(size, row2, k);
    sum3 += m * load_dy(size, row3, k);
  }
  var sums = array<vec4<f32>, 4>(sum0, sum1, sum2, sum3);
  for (var i = 0u; i < rows; i += 1u) {
    var value = size.alpha * sums[i];
    if (is_set(size, accumulates)) {
      value += load_dx(size, first + i, column);
    }
    store_dx(size, first + i, column, value);
  }
}
