// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, one thread per result: for CPU adapters without
// subgroups, where a matrix is not aligned to four elements.
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: ⌈rows · outputs / 64⌉ workgroups, folded (foldGrid). Sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes.rows * sizes.outputs) {
    return;
  }
  let row = element / sizes.outputs;
  let column = element % sizes.outputs;
  let x_row = sizes.x_offset + row * sizes.x_stride;
  let w_row = sizes.w_offset + column * sizes.w_stride;
  var value = 0.0;
  for (var k = 0u; k < sizes.inputs; k += 1u) {
    value += x[x_row + k] * weight_at(w_row + k);
  }
  if (is_set(has_scale)) {
    value *= column_scale[column];
  }
  let h_row = sizes.h_offset + row * sizes.h_stride;
  let b_row = sizes.b_offset + column * sizes.b_stride;
  for (var k = 0u; k < sizes.rank; k += 1u) {
    value += h[h_row + k] * b[b_row + k];
  }
  if (is_set(has_bias)) {
    value += bias[column];
  }
  if (is_set(has_residual)) {
    value += residual[sizes.residual_offset + row * sizes.residual_stride + column];
  }
  y[sizes.y_offset + row * sizes.y_stride + column] = value;
}
