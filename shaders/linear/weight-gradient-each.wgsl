// dw (+)= dyᵀ · x, one thread per result: for CPU adapters without subgroups, where a matrix is not
// aligned to four elements.
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: ⌈outputs · inputs / 64⌉ workgroups, folded (foldGrid). Sums in the order of the rows.
//   Tolerance: 2 · rows ULP of Σ|dy||x|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes.outputs * sizes.inputs) {
    return;
  }
  let row = element / sizes.inputs;
  let column = element % sizes.inputs;
  let dy_column = sizes.dy_offset + row;
  let x_column = sizes.x_offset + column;
  var value = 0.0;
  for (var n = 0u; n < sizes.rows; n += 1u) {
    value += dy[dy_column + n * sizes.dy_stride] * x[x_column + n * sizes.x_stride];
  }
  let place = sizes.dw_offset + row * sizes.dw_stride + column;
  if (is_set(accumulates)) {
    value += dw[place];
  }
  dw[place] = value;
}
