// dw (+)= dyᵀ · x, one thread per result: for CPU adapters without subgroups, where a matrix is not
// aligned to four elements.
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: ⌈outputs · inputs / 64⌉ workgroups, folded (foldGrid), z: products. Sums in the order of the rows.
//   Tolerance: 2 · rows ULP of Σ|dy||x|.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  if (element >= sizes[product].outputs * sizes[product].inputs) {
    return;
  }
  let row = element / sizes[product].inputs;
  let column = element % sizes[product].inputs;
  let dy_column = sizes[product].dy_offset + row;
  let x_column = sizes[product].x_offset + column;
  var value = 0.0;
  for (var n = 0u; n < sizes[product].rows; n += 1u) {
    value += dy[dy_column + n * sizes[product].dy_stride] * x[x_column + n * sizes[product].x_stride];
  }
  let place = sizes[product].dw_offset + row * sizes[product].dw_stride + column;
  if (is_set(product, accumulates)) {
    value += dw[place];
  }
  dw[place] = value;
}
