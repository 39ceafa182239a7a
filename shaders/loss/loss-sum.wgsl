// Adds up losses in a fixed order: result[0] (+)= sum of losses[0 .. count).
//   grid: 1 workgroup of 256. Each invocation adds runs of 16 of its elements apart, so that rounding
//   grows with count / 4096 and not with count; then a fixed tree.
//   tolerance: relative 2e-6 of the sum of magnitudes

struct Shape {
  count: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  var i = local;
  while (i < shape.count) {
    var run = 0.0;
    for (var part = 0u; part < 16u && i < shape.count; part += 1u) {
      run += losses[i];
      i += 256u;
    }
    sum += run;
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width >>= 1u) {
    if (local < width) {
      sums[local] += sums[local + width];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    result[0] = select(0.0, result[0], shape.accumulate == 1u) + sums[0];
  }
}
