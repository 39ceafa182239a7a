// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), one thread per result: for CPU adapters
// without subgroups, where a matrix is not aligned to four elements.
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: ⌈rows · inputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes[product].rows * sizes[product].inputs) {
    return;
  }
  let row = element / sizes[product].inputs;
  let column = element % sizes[product].inputs;
  let dh_row = sizes[product].dh_offset + row * sizes[product].dh_stride;
  let a_column = sizes[product].a_offset + column;
  var value = 0.0;
  for (var k = 0u; k < sizes[product].rank; k += 1u) {
    value += dh[dh_row + k] * a[a_column + k * sizes[product].a_stride];
  }
  if (sizes[product].dropout_threshold > 0u) {
    value *= keep_scale(
      step_state[4],
      step_state[5],
      sizes[product].dropout_stream,
      step_state[6],
      element,
      sizes[product].dropout_threshold,
      sizes[product].dropout_scale,
    );
  }
  var scale = 1.0;
  if (is_set(product, has_scale)) {
    scale = column_scale[sizes[product].scale_offset + column];
  }
  let dy_row = sizes[product].dy_offset + row * sizes[product].dy_stride;
  let w_column = sizes[product].w_offset + column;
  for (var k = 0u; k < sizes[product].outputs; k += 1u) {
    value += dy[dy_row + k] * (weight_at(w_column + k * sizes[product].w_stride) * scale);
  }
  value *= sizes[product].alpha;
  let place = sizes[product].dx_offset + row * sizes[product].dx_stride + column;
  if (is_set(product, accumulates)) {
    value += dx[place];
  }
  dx[place] = value;
}
