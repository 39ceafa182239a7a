// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), one thread per result: for CPU adapters
// without subgroups, where a matrix is not aligned to four elements.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: ⌈rows · inputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

//% form ACCESS scalar
//% form READER readers
//% include common/random.wgsl
//% include linear/input-gradient-$ACCESS.wgsl
//% include weights/rows.wgsl

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let element = number_of(size, group, groups) * 64u + local.x;
  if (element >= size.rows * size.inputs) {
    return;
  }
  let row = element / size.inputs;
  let column = element % size.inputs;
  let dh_row = size.dh_offset + row * size.dh_stride;
  let a_column = size.a_offset + column;
  var value = 0.0;
  for (var k = 0u; k < size.rank; k += 1u) {
    value += dh[dh_row + k] * a[a_column + k * size.a_stride];
  }
  if (size.dropout_threshold > 0u) {
    value *= keep_scale(
      step_state[4],
      step_state[5],
      size.dropout_stream,
      step_state[6],
      element,
      size.dropout_threshold,
      size.dropout_scale,
    );
  }
  var scale = 1.0;
  if (is_set(size, has_scale)) {
    scale = column_scale[size.scale_offset + column];
  }
  let dy_row = size.dy_offset + row * size.dy_stride;
  let w_column = size.w_offset + column;
  for (var k = 0u; k < size.outputs; k += 1u) {
    value += dy[dy_row + k] * (weight_at(w_column + k * size.w_stride) * scale);
  }
  value *= size.alpha;
  let place = size.dx_offset + row * size.dx_stride + column;
  if (is_set(size, accumulates)) {
    value += dx[place];
  }
  dx[place] = value;
}
