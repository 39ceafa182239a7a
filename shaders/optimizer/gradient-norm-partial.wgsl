// Global gradient norm, first stage: squares of 4096 neighbouring gradients per workgroup_id.
//   gradients: [count]; partials: [groups, 2] = sum of squares, 1 if any gradient is not finite
//   grid: ceil(count / 4096) workgroups of WORKGROUP (a power of two up to 256), folded over x and y
//   order: invocation t takes elements t, t + WORKGROUP, ... of its workgroup's range, in runs of 16
//   that are added apart so that rounding does not grow with the range, then a fixed tree
//   tolerance: relative 2e-6. Finiteness is read from the bits: compilers may assume there is no NaN.

override WORKGROUP: u32 = 256u;

struct Shape {
  count: u32,
}

@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> partials: array<vec2<f32>>;
@group(0) @binding(2) var<uniform> shape: Shape;

var<workgroup> sums: array<vec2<f32>, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = group.x + group.y * groups.x;
  var sum = 0.0;
  var broken = 0.0;
  let end = min((index + 1u) * 4096u, shape.count);
  var i = index * 4096u + local;
  while (i < end) {
    var run = 0.0;
    for (var part = 0u; part < 16u && i < end; part += 1u) {
      let value = gradients[i];
      run += value * value;
      if ((bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u) {
        broken = 1.0;
      }
      i += WORKGROUP;
    }
    sum += run;
  }
  sums[local] = vec2<f32>(sum, broken);
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      let other = sums[local + width];
      sums[local] = vec2<f32>(sums[local].x + other.x, max(sums[local].y, other.y));
    }
    workgroupBarrier();
  }
  // A folded grid may hold workgroups past the end; their sums are nobody's.
  if (local == 0u && index * 4096u < shape.count) {
    partials[index] = sums[0];
  }
}
