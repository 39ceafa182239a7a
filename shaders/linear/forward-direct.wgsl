// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, without workgroup memory: for CPU adapters,
// where a barrier costs more than a load.
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   One thread: 4 rows × 4 columns. Grid: (⌈outputs / (4 · LANES)⌉, ⌈rows / 4⌉, products).
//   Each of the inner loops sums in index order. Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.
// The rows of a workgroup are the same for all its threads, so their loads are uniform.

override LANES: u32 = 8u;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let column = (group.x * LANES + local.x) * 4u;
  let first = group.y * 4u;
  // The grid fits the largest product.
  if (column >= sizes[product].outputs || first >= sizes[product].rows) {
    return;
  }
  // Rows and columns past the end repeat the last one and are not stored.
  let last = sizes[product].rows - 1u;
  let row0 = first;
  let row1 = min(first + 1u, last);
  let row2 = min(first + 2u, last);
  let row3 = min(first + 3u, last);
  let o1 = min(column + 1u, sizes[product].outputs - 1u);
  let o2 = min(column + 2u, sizes[product].outputs - 1u);
  let o3 = min(column + 3u, sizes[product].outputs - 1u);
  var sum0 = vec4<f32>(0.0);
  var sum1 = vec4<f32>(0.0);
  var sum2 = vec4<f32>(0.0);
  var sum3 = vec4<f32>(0.0);
  for (var k = 0u; k < sizes[product].inputs; k += 4u) {
    let m = mat4x4<f32>(load_w(product, column, k), load_w(product, o1, k), load_w(product, o2, k), load_w(product, o3, k));
    sum0 += load_x(product, row0, k) * m;
    sum1 += load_x(product, row1, k) * m;
    sum2 += load_x(product, row2, k) * m;
    sum3 += load_x(product, row3, k) * m;
  }
  if (is_set(product, has_scale)) {
    let scale = load_column_scale(product, column);
    sum0 *= scale;
    sum1 *= scale;
    sum2 *= scale;
    sum3 *= scale;
  }
  for (var k = 0u; k < sizes[product].rank; k += 4u) {
    let m = mat4x4<f32>(load_b(product, column, k), load_b(product, o1, k), load_b(product, o2, k), load_b(product, o3, k));
    sum0 += load_h(product, row0, k) * m;
    sum1 += load_h(product, row1, k) * m;
    sum2 += load_h(product, row2, k) * m;
    sum3 += load_h(product, row3, k) * m;
  }
  // A loop of unknown length: drivers would unroll a known one into much slower compilation.
  var sums = array<vec4<f32>, 4>(sum0, sum1, sum2, sum3);
  let rows = min(4u, sizes[product].rows - first);
  for (var i = 0u; i < rows; i += 1u) {
    var value = sums[i];
    if (is_set(product, has_bias)) {
      value += load_bias(product, column);
    }
    if (is_set(product, has_residual)) {
      value += load_residual(product, first + i, column);
    }
    store_y(product, first + i, column, value);
  }
}
