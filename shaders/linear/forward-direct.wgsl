// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, without workgroup memory: for CPU adapters,
// where a barrier costs more than a load.
//   h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1 (docs/method.md).
//   One thread: 4 rows × 4 columns. Grid: (⌈outputs / (4 · LANES)⌉, ⌈rows / 4⌉, products).
//   Each of the inner loops sums in index order. Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.
// The rows of a workgroup are the same for all its threads, so their loads are uniform.

//% form ACCESS vec4
//% form READER readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl

override LANES: u32 = 8u;

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
  if (column >= size.outputs || first >= size.rows) {
    return;
  }
  // Rows and columns past the end repeat the last one and are not stored.
  let last = size.rows - 1u;
  let row0 = first;
  let row1 = min(first + 1u, last);
  let row2 = min(first + 2u, last);
  let row3 = min(first + 3u, last);
  let o1 = min(column + 1u, size.outputs - 1u);
  let o2 = min(column + 2u, size.outputs - 1u);
  let o3 = min(column + 3u, size.outputs - 1u);
  var sum0 = vec4<f32>(0.0);
  var sum1 = vec4<f32>(0.0);
  var sum2 = vec4<f32>(0.0);
  var sum3 = vec4<f32>(0.0);
  for (var k = 0u; k < size.inputs; k += 4u) {
    let m = mat4x4<f32>(load_w(size, column, k), load_w(size, o1, k), load_w(size, o2, k), load_w(size, o3, k));
    sum0 += load_x(size, row0, k) * m;
    sum1 += load_x(size, row1, k) * m;
    sum2 += load_x(size, row2, k) * m;
    sum3 += load_x(size, row3, k) * m;
  }
  if (is_set(size, has_scale)) {
    let scale = load_column_scale(size, column);
    sum0 *= scale;
    sum1 *= scale;
    sum2 *= scale;
    sum3 *= scale;
  }
  for (var k = 0u; k < size.rank; k += 4u) {
    let m = mat4x4<f32>(load_b(size, column, k), load_b(size, o1, k), load_b(size, o2, k), load_b(size, o3, k));
    sum0 += load_h(size, row0, k) * m;
    sum1 += load_h(size, row1, k) * m;
    sum2 += load_h(size, row2, k) * m;
    sum3 += load_h(size, row3, k) * m;
  }
  // A loop of unknown length: drivers would unroll a known one into much slower compilation.
  var sums = array<vec4<f32>, 4>(sum0, sum1, sum2, sum3);
  let rows = min(4u, size.rows - first);
  for (var i = 0u; i < rows; i += 1u) {
    var value = sums[i];
    if (is_set(size, has_bias)) {
      value += load_bias(size, column);
    }
    if (is_set(size, has_residual)) {
      value += load_residual(size, first + i, column);
    }
    store_y(size, first + i, column, value);
  }
}
