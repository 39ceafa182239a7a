// What the backward pass needs of each query row and head besides q and dOutput:
//
//   statistics[n,h] = (log_sum_exp[n,h], Σ_d d_output[n,h,d] · output[n,h,d])
//
// output, d_output [vectors, size], log_sum_exp [vectors], statistics [vectors, 2], vectors = rows · heads.
// Grid: a thread per vector, 64 per workgroup, folded.
// Tolerance against float64: 2 · size ULP of Σ |d_output · output|.
struct Shape {
  vectors: u32,
  size: u32,
}

@group(0) @binding(0) var<storage, read> output: array<f32>;
@group(0) @binding(1) var<storage, read> d_output: array<f32>;
@group(0) @binding(2) var<storage, read> log_sum_exp: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(4) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let vector = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (vector >= shape.vectors) {
    return;
  }
  let base = vector * shape.size;
  // Head sizes are even: two chains of additions instead of one.
  var sum = vec2f();
  for (var d = 0u; d < shape.size; d += 2u) {
    sum += vec2f(output[base + d], output[base + d + 1u]) *
      vec2f(d_output[base + d], d_output[base + d + 1u]);
  }
  statistics[vector] = vec2f(log_sum_exp[vector], sum.x + sum.y);
}
