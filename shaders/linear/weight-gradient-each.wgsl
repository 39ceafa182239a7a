// dw (+)= dyᵀ · x, one thread per result: for CPU adapters without subgroups, where a matrix is not
// aligned to four elements.
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: ⌈outputs · inputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in the order of the rows.
//   Tolerance: 2 · rows ULP of Σ|dy||x|.

//% form ACCESS scalar
//% include linear/weight-gradient-$ACCESS.wgsl

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let element = number_of(size, group, groups) * 64u + local.x;
  if (element >= size.outputs * size.inputs) {
    return;
  }
  let row = element / size.inputs;
  let column = element % size.inputs;
  let dy_column = size.dy_offset + row;
  let x_column = size.x_offset + column;
  var value = 0.0;
  for (var n = 0u; n < size.rows; n += 1u) {
    value += dy[dy_column + n * size.dy_stride] * x[x_column + n * size.x_stride];
  }
  let place = size.dw_offset + row * size.dw_stride + column;
  if (is_set(size, accumulates)) {
    value += dw[place];
  }
  dw[place] = value;
}
