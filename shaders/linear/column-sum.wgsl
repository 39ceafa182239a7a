// y[c] (+)= Σ_n x[n, at(c)]: the gradient of a bias. The columns lie in blocks of `block` neighbours,
// `block_stride` apart: at(c) = ⌊c / block⌋ · block_stride + c mod block.
//   One workgroup_id: 8 columns, each summed in 32 interleaved slices of the rows, then a fixed tree.
//   Grid: (⌈columns / 8⌉). Tolerance: 2 · rows ULP of Σ|x|.

struct Sizes {
  rows: u32,
  columns: u32,
  x_offset: u32,
  x_stride: u32,
  block: u32,
  block_stride: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

const width = 8u;
const slices = 32u;

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(8, 32)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let column = group.x * width + local.x;
  var sum = 0.0;
  if (column < sizes.columns) {
    let at = sizes.x_offset + column / sizes.block * sizes.block_stride + column % sizes.block;
    for (var row = local.y; row < sizes.rows; row += slices) {
      sum += x[at + row * sizes.x_stride];
    }
  }
  let slot = local.y * width + local.x;
  partial[slot] = sum;
  for (var half = slices / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.y < half) {
      partial[slot] += partial[slot + half * width];
    }
  }
  if (local.y == 0u && column < sizes.columns) {
    var value = partial[slot];
    if (sizes.accumulate != 0u) {
      value += y[column];
    }
    y[column] = value;
  }
}
