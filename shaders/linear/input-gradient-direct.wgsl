// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), without workgroup memory.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   One thread: 16 rows × 4 columns. Grid: (⌈inputs / (4 · LANES)⌉, ⌈rows / 16⌉).
//   Each of the inner loops sums in index order. Tolerance: 2 · (outputs + rank) ULP of
//   Σ|dy||w| + Σ|dh||a|.

override LANES: u32 = 8u;
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

fn finish(row: u32, column: u32, product: vec4<f32>) {
  if (row >= sizes.rows) {
    return;
  }
  var value = sizes.alpha * product;
  if (ACCUMULATE) {
    value += load_dx(row, column);
  }
  store_dx(row, column, value);
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
  let first = group.y * 16u;
  let last = sizes.rows - 1u;
  let row0 = first;
  let row1 = min(first + 1u, last);
  let row2 = min(first + 2u, last);
  let row3 = min(first + 3u, last);
  let row4 = min(first + 4u, last);
  let row5 = min(first + 5u, last);
  let row6 = min(first + 6u, last);
  let row7 = min(first + 7u, last);
  let row8 = min(first + 8u, last);
  let row9 = min(first + 9u, last);
  let row10 = min(first + 10u, last);
  let row11 = min(first + 11u, last);
  let row12 = min(first + 12u, last);
  let row13 = min(first + 13u, last);
  let row14 = min(first + 14u, last);
  let row15 = min(first + 15u, last);
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  var sum8 = vec4<f32>();
  var sum9 = vec4<f32>();
  var sum10 = vec4<f32>();
  var sum11 = vec4<f32>();
  var sum12 = vec4<f32>();
  var sum13 = vec4<f32>();
  var sum14 = vec4<f32>();
  var sum15 = vec4<f32>();
  // Inner indices past the end meet a zero from the left factor; their row is any valid one.
  for (var k = 0u; k < sizes.rank; k += 4u) {
    let end = sizes.rank - 1u;
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
    sum8 += m * load_dh(row8, k);
    sum9 += m * load_dh(row9, k);
    sum10 += m * load_dh(row10, k);
    sum11 += m * load_dh(row11, k);
    sum12 += m * load_dh(row12, k);
    sum13 += m * load_dh(row13, k);
    sum14 += m * load_dh(row14, k);
    sum15 += m * load_dh(row15, k);
  }
  if (HAS_DROPOUT) {
    sum0 *= mask(row0, column);
    sum1 *= mask(row1, column);
    sum2 *= mask(row2, column);
    sum3 *= mask(row3, column);
    sum4 *= mask(row4, column);
    sum5 *= mask(row5, column);
    sum6 *= mask(row6, column);
    sum7 *= mask(row7, column);
    sum8 *= mask(row8, column);
    sum9 *= mask(row9, column);
    sum10 *= mask(row10, column);
    sum11 *= mask(row11, column);
    sum12 *= mask(row12, column);
    sum13 *= mask(row13, column);
    sum14 *= mask(row14, column);
    sum15 *= mask(row15, column);
  }
  var scale = vec4<f32>(1.0);
  if (HAS_SCALE) {
    scale = load_column_scale(column);
  }
  for (var k = 0u; k < sizes.outputs; k += 4u) {
    let end = sizes.outputs - 1u;
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
    sum8 += m * load_dy(row8, k);
    sum9 += m * load_dy(row9, k);
    sum10 += m * load_dy(row10, k);
    sum11 += m * load_dy(row11, k);
    sum12 += m * load_dy(row12, k);
    sum13 += m * load_dy(row13, k);
    sum14 += m * load_dy(row14, k);
    sum15 += m * load_dy(row15, k);
  }
  finish(first + 0u, column, sum0);
  finish(first + 1u, column, sum1);
  finish(first + 2u, column, sum2);
  finish(first + 3u, column, sum3);
  finish(first + 4u, column, sum4);
  finish(first + 5u, column, sum5);
  finish(first + 6u, column, sum6);
  finish(first + 7u, column, sum7);
  finish(first + 8u, column, sum8);
  finish(first + 9u, column, sum9);
  finish(first + 10u, column, sum10);
  finish(first + 11u, column, sum11);
  finish(first + 12u, column, sum12);
  finish(first + 13u, column, sum13);
  finish(first + 14u, column, sum14);
  finish(first + 15u, column, sum15);
}
