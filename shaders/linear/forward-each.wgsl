// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, one thread per result: for CPU adapters without
// subgroups, where a matrix is not aligned to four elements.
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: ⌈rows · outputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes[product].rows * sizes[product].outputs) {
    return;
  }
  let row = element / sizes[product].outputs;
  let column = element % sizes[product].outputs;
  let x_row = sizes[product].x_offset + row * sizes[product].x_stride;
  let w_row = sizes[product].w_offset + column * sizes[product].w_stride;
  var value = 0.0;
  for (var k = 0u; k < sizes[product].inputs; k += 1u) {
    value += x[x_row + k] * weight_at(w_row + k);
  }
  if (is_set(product, has_scale)) {
    value *= column_scale[sizes[product].scale_offset + column];
  }
  let h_row = sizes[product].h_offset + row * sizes[product].h_stride;
  let b_row = sizes[product].b_offset + column * sizes[product].b_stride;
  for (var k = 0u; k < sizes[product].rank; k += 1u) {
    value += h[h_row + k] * b[b_row + k];
  }
  if (is_set(product, has_bias)) {
    value += bias[sizes[product].bias_offset + column];
  }
  if (is_set(product, has_residual)) {
    value += residual[sizes[product].residual_offset + row * sizes[product].residual_stride + column];
  }
  y[sizes[product].y_offset + row * sizes[product].y_stride + column] = value;
}
