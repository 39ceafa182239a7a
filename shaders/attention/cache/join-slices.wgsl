// Joins attention over the slices of a cache's keys (cached-split.wgsl with `slices` above 1):
//
//   m = max_s m_s      output[v] = Σ_s exp(m_s − m) · o_s[v] / Σ_s exp(m_s − m) · w_s[v]
//
// slices [slices, vectors, size + 2]: sums o_s, their weights w_s and the largest score m_s; output [vectors, size],
// vectors = rows · heads. A vector without keys gives zeros.
// Grid: a thread per element of output, 64 per workgroup, folded. Tolerance against float64: relative L2 1e-6.
struct Shape {
  vectors: u32,
  size: u32,
  slices: u32,
}

@group(0) @binding(0) var<storage, read> slices: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let element = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (element >= shape.vectors * shape.size) {
    return;
  }
  let wide = shape.size + 2u;
  let first = element / shape.size * wide;
  let step = shape.vectors * wide;
  let dimension = element % shape.size;
  var high = -1e30;
  for (var slice = 0u; slice < shape.slices; slice += 1u) {
    high = max(high, slices[first + slice * step + shape.size + 1u]);
  }
  var sum = 0.0;
  var weights = 0.0;
  for (var slice = 0u; slice < shape.slices; slice += 1u) {
    let at = first + slice * step;
    let keep = exp(slices[at + shape.size + 1u] - high);
    sum += keep * slices[at + dimension];
    weights += keep * slices[at + shape.size];
  }
  output[element] = select(0.0, sum / weights, weights > 0.0);
}
