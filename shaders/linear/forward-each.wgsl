// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, one thread per result: for CPU adapters without
// subgroups, where a matrix is not aligned to four elements.
//   h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1 (docs/method.md).
//   Grid: ⌈rows · outputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

//% form ACCESS scalar
//% form READER readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let element = number_of(size, group, groups) * 64u + local.x;
  if (element >= size.rows * size.outputs) {
    return;
  }
  let row = element / size.outputs;
  let column = element % size.outputs;
  let x_row = size.x_offset + row * size.x_stride;
  let w_row = size.w_offset + column * size.w_stride;
  var value = 0.0;
  for (var k = 0u; k < size.inputs; k += 1u) {
    value += x[x_row + k] * weight_at(w_row + k);
  }
  if (is_set(size, has_scale)) {
    value *= column_scale[size.scale_offset + column];
  }
  let h_row = size.h_offset + row * size.h_stride;
  let b_row = size.b_offset + column * size.b_stride;
  for (var k = 0u; k < size.rank; k += 1u) {
    value += h[h_row + k] * b[b_row + k];
  }
  if (is_set(size, has_bias)) {
    value += bias[size.bias_offset + column];
  }
  if (is_set(size, has_residual)) {
    value += residual[size.residual_offset + row * size.residual_stride + column];
  }
  y[size.y_offset + row * size.y_stride + column] = value;
}
