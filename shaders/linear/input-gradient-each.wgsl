// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), one thread per result: for CPU adapters
// without subgroups, where a matrix is not aligned to four elements.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: ⌈rows · inputs / 64⌉ workgroups, folded (foldGrid). Sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes.rows * sizes.inputs) {
    return;
  }
  let row = element / sizes.inputs;
  let column = element % sizes.inputs;
  let dh_row = sizes.dh_offset + row * sizes.dh_stride;
  let a_column = sizes.a_offset + column;
  var value = 0.0;
  for (var k = 0u; k < sizes.rank; k += 1u) {
    value += dh[dh_row + k] * a[a_column + k * sizes.a_stride];
  }
  if (sizes.dropout_threshold > 0u) {
    value *= keep_scale(
      step_state[4],
      step_state[5],
      sizes.dropout_stream,
      step_state[6],
      element,
      sizes.dropout_threshold,
      sizes.dropout_scale,
    );
  }
  var scale = 1.0;
  if (is_set(has_scale)) {
    scale = column_scale[column];
  }
  let dy_row = sizes.dy_offset + row * sizes.dy_stride;
  let w_column = sizes.w_offset + column;
  for (var k = 0u; k < sizes.outputs; k += 1u) {
    value += dy[dy_row + k] * (weight_at(w_column + k * sizes.w_stride) * scale);
  }
  value *= sizes.alpha;
  let place = sizes.dx_offset + row * sizes.dx_stride + column;
  if (is_set(accumulates)) {
    value += dx[place];
  }
  dx[place] = value;
}
