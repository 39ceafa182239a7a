// Orthogonal loss, forward (paper eq. 10-12), without staging: for CPU adapters, whose barriers are
// dear. Same results as orthogonal-forward.wgsl up to rounding, same bindings.
//   grid: one workgroup of 8 per pair; invocation t takes rows t, t + 8, ... of M, four columns of it at
//   a time. Entries past a pair's ranks get sign 0.
//   tolerance: M within 2 * inputs ULP of sum |a||b|

struct Shape {
  max_rank: u32,
  first_pair: u32,
  base: u32,
}

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> pairs: array<u32>;
@group(0) @binding(2) var<storage, read_write> signs: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

var<workgroup> sums: array<f32, 8>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let pair = group.x + shape.first_pair;
  let offset_k = pairs[pair * 5u] - shape.base;
  let offset_d = pairs[pair * 5u + 1u] - shape.base;
  let rank_k = pairs[pair * 5u + 2u];
  let rank_d = pairs[pair * 5u + 3u];
  let inputs = pairs[pair * 5u + 4u];
  var sum = 0.0;
  for (var i = local; i < shape.max_rank; i += 8u) {
    for (var j = 0u; j < shape.max_rank; j += 4u) {
      var m = vec4<f32>(0.0);
      let columns = vec4<u32>(j) + vec4<u32>(0u, 1u, 2u, 3u);
      if (i < rank_k && j < rank_d) {
        let a = offset_k + i * inputs;
        let b = vec4<u32>(offset_d) + min(columns, vec4<u32>(rank_d - 1u)) * inputs;
        for (var c = 0u; c < inputs; c += 1u) {
          m += parameters[a + c] * vec4<f32>(
            parameters[b.x + c],
            parameters[b.y + c],
            parameters[b.z + c],
            parameters[b.w + c],
          );
        }
        m = select(vec4<f32>(0.0), m, columns < vec4<u32>(rank_d));
      }
      for (var part = 0u; part < 4u && j + part < shape.max_rank; part += 1u) {
        signs[(pair * shape.max_rank + i) * shape.max_rank + j + part] = sign(m[part]);
      }
      sum += (abs(m.x) + abs(m.y)) + (abs(m.z) + abs(m.w));
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  if (local == 0u) {
    partials[pair] =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }
}
