// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), without workgroup memory.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   One thread: 8 rows × 4 columns. Grid: (⌈inputs / (4 · LANES)⌉, ⌈rows / 8⌉).
//   Each of the inner loops sums in index order. Tolerance: 2 · (outputs + rank) ULP of
//   Σ|dy||w| + Σ|dh||a|.

override LANES: u32 = 8u;
override HAS_BRANCH: bool = false;
override HAS_SCALE: bool = false;
override HAS_DROPOUT: bool = false;
override ACCUMULATE: bool = false;

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

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let column = (group.x * LANES + local.x) * 4u;
  if (column >= sizes.inputs) {
    return;
  }
  // Rows past the end repeat the last one and are not stored.
  let first = group.y * 8u;
  let rows = min(8u, sizes.rows - first);
  let last = sizes.rows - 1u;
  let row0 = first;
  let row1 = min(first + 1u, last);
  let row2 = min(first + 2u, last);
  let row3 = min(first + 3u, last);
  let row4 = min(first + 4u, last);
  let row5 = min(first + 5u, last);
  let row6 = min(first + 6u, last);
  let row7 = min(first + 7u, last);
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  if (HAS_BRANCH) {
    // Inner indices past the end meet a zero from the left factor; their row is any valid one.
    let end = sizes.rank - 1u;
    for (var k = 0u; k < sizes.rank; k += 4u) {
      let m = mat4x4<f32>(
        load_a(k, column),
        load_a(min(k + 1u, end), column),
        load_a(min(k + 2u, end), column),
        load_a(min(k + 3u, end), column),
      );
      sum0 += m * load_dh(row0, k);
      sum1 += m * load_dh(row1, k);
      sum2 += m * load_dh(row2, k);
      sum3 += m * load_dh(row3, k);
      sum4 += m * load_dh(row4, k);
      sum5 += m * load_dh(row5, k);
      sum6 += m * load_dh(row6, k);
      sum7 += m * load_dh(row7, k);
    }
  }
  if (HAS_DROPOUT) {
    var kept = array<vec4<f32>, 8>(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
    // A loop of unknown length: drivers would unroll a known one into much slower compilation.
    for (var i = 0u; i < rows; i += 1u) {
      kept[i] *= mask(first + i, column);
    }
    sum0 = kept[0];
    sum1 = kept[1];
    sum2 = kept[2];
    sum3 = kept[3];
    sum4 = kept[4];
    sum5 = kept[5];
    sum6 = kept[6];
    sum7 = kept[7];
  }
  var scale = vec4<f32>(1.0);
  if (HAS_SCALE) {
    scale = load_column_scale(column);
  }
  let end = sizes.outputs - 1u;
  for (var k = 0u; k < sizes.outputs; k += 4u) {
    var m = mat4x4<f32>(
      load_w(k, column),
      load_w(min(k + 1u, end), column),
      load_w(min(k + 2u, end), column),
      load_w(min(k + 3u, end), column),
    );
    if (HAS_SCALE) {
      m = mat4x4<f32>(m[0] * scale, m[1] * scale, m[2] * scale, m[3] * scale);
    }
    sum0 += m * load_dy(row0, k);
    sum1 += m * load_dy(row1, k);
    sum2 += m * load_dy(row2, k);
    sum3 += m * load_dy(row3, k);
    sum4 += m * load_dy(row4, k);
    sum5 += m * load_dy(row5, k);
    sum6 += m * load_dy(row6, k);
    sum7 += m * load_dy(row7, k);
  }
  var sums = array<vec4<f32>, 8>(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
  for (var i = 0u; i < rows; i += 1u) {
    var value = sizes.alpha * sums[i];
    if (ACCUMULATE) {
      value += load_dx(first + i, column);
    }
    store_dx(first + i, column, value);
  }
}
