// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, without workgroup memory: for CPU adapters,
// where a barrier costs more than a load.
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   One thread: 16 rows × 4 columns. Grid: (⌈outputs / (4 · LANES)⌉, ⌈rows / 16⌉).
//   Each of the inner loops sums in index order. Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.
// The rows of a workgroup are the same for all its threads, so their loads are uniform.

override LANES: u32 = 8u;
override HAS_BIAS: bool = false;
override HAS_SCALE: bool = false;
override HAS_RESIDUAL: bool = false;

// What four results become before they are stored.
fn finish(row: u32, column: u32, product: vec4<f32>) {
  if (row >= sizes.rows) {
    return;
  }
  var value = product;
  if (HAS_BIAS) {
    value += load_bias(column);
  }
  if (HAS_RESIDUAL) {
    value += load_residual(row, column);
  }
  store_y(row, column, value);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let column = (group.x * LANES + local.x) * 4u;
  if (column >= sizes.outputs) {
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
  // Columns past the end repeat the last one and are not stored.
  let o1 = min(column + 1u, sizes.outputs - 1u);
  let o2 = min(column + 2u, sizes.outputs - 1u);
  let o3 = min(column + 3u, sizes.outputs - 1u);
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
  for (var k = 0u; k < sizes.inputs; k += 4u) {
    let m = mat4x4<f32>(load_w(column, k), load_w(o1, k), load_w(o2, k), load_w(o3, k));
    sum0 += load_x(row0, k) * m;
    sum1 += load_x(row1, k) * m;
    sum2 += load_x(row2, k) * m;
    sum3 += load_x(row3, k) * m;
    sum4 += load_x(row4, k) * m;
    sum5 += load_x(row5, k) * m;
    sum6 += load_x(row6, k) * m;
    sum7 += load_x(row7, k) * m;
    sum8 += load_x(row8, k) * m;
    sum9 += load_x(row9, k) * m;
    sum10 += load_x(row10, k) * m;
    sum11 += load_x(row11, k) * m;
    sum12 += load_x(row12, k) * m;
    sum13 += load_x(row13, k) * m;
    sum14 += load_x(row14, k) * m;
    sum15 += load_x(row15, k) * m;
  }
  if (HAS_SCALE) {
    let scale = load_column_scale(column);
    sum0 *= scale;
    sum1 *= scale;
    sum2 *= scale;
    sum3 *= scale;
    sum4 *= scale;
    sum5 *= scale;
    sum6 *= scale;
    sum7 *= scale;
    sum8 *= scale;
    sum9 *= scale;
    sum10 *= scale;
    sum11 *= scale;
    sum12 *= scale;
    sum13 *= scale;
    sum14 *= scale;
    sum15 *= scale;
  }
  for (var k = 0u; k < sizes.rank; k += 4u) {
    let m = mat4x4<f32>(load_b(column, k), load_b(o1, k), load_b(o2, k), load_b(o3, k));
    sum0 += load_h(row0, k) * m;
    sum1 += load_h(row1, k) * m;
    sum2 += load_h(row2, k) * m;
    sum3 += load_h(row3, k) * m;
    sum4 += load_h(row4, k) * m;
    sum5 += load_h(row5, k) * m;
    sum6 += load_h(row6, k) * m;
    sum7 += load_h(row7, k) * m;
    sum8 += load_h(row8, k) * m;
    sum9 += load_h(row9, k) * m;
    sum10 += load_h(row10, k) * m;
    sum11 += load_h(row11, k) * m;
    sum12 += load_h(row12, k) * m;
    sum13 += load_h(row13, k) * m;
    sum14 += load_h(row14, k) * m;
    sum15 += load_h(row15, k) * m;
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
