// Global gradient norm, second stage: one workgroup adds the partial sums in a fixed order.
//   partials: [groups, 2] of gradient-norm-partial.wgsl
//   result[0] = norm, [1] = clip factor min(1, clip / (norm + 1e-6)) (1 where clip is 0),
//   [2] = 1 if a gradient, or the sum of squares, is not finite, [3] = 0
//   grid: 1 workgroup of 256
//   tolerance: relative 2e-6

struct Shape {
  groups: u32,
  clip: f32,
}

@group(0) @binding(0) var<storage, read> partials: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;

var<workgroup> sums: array<vec2<f32>, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  var broken = 0.0;
  for (var i = local; i < shape.groups; i += 256u) {
    let value = partials[i];
    sum += value.x;
    broken = max(broken, value.y);
  }
  sums[local] = vec2<f32>(sum, broken);
  workgroupBarrier();
  for (var width = 128u; width > 0u; width >>= 1u) {
    if (local < width) {
      let other = sums[local + width];
      sums[local] = vec2<f32>(sums[local].x + other.x, max(sums[local].y, other.y));
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    let total = sums[0];
    let overflow = (bitcast<u32>(total.x) & 0x7f800000u) == 0x7f800000u;
    let norm = sqrt(total.x);
    result[0] = norm;
    result[1] = select(1.0, min(1.0, shape.clip / (norm + 1e-6)), shape.clip > 0.0);
    result[2] = select(total.y, 1.0, overflow);
    result[3] = 0.0;
  }
}
