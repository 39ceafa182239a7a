// RMSNorm of each head, then rotary positions (qwen3's queries and keys).
//
//   r = 1 / sqrt(mean_d x² + epsilon)      u = weight ∘ (x · r)      y = rotation(u), see rotary.wgsl
//
// x, y [rows, heads, headSize], weight [headSize], positions u32 [rows], cosine, sine [count, half]. A
// position beyond the tables gives zeros. Grid: a thread per head, 32 per workgroup, folded.
// Tolerance against float64: relative L2 1e-6.
struct Shape {
  vectors: u32,
  heads: u32,
  half: u32,
  count: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read> cosine: array<f32>;
@group(0) @binding(4) var<storage, read> sine: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let vector = (workgroup_id.x + workgroup_id.y * workgroups.x) * 32u + local.x;
  if (vector >= shape.vectors) {
    return;
  }
  let half = shape.half;
  let base = vector * half * 2u;
  var sum = vec2f();
  for (var d = 0u; d < half; d += 1u) {
    let value = vec2f(x[base + d], x[base + half + d]);
    sum += value * value;
  }
  let inverse = 1.0 / sqrt((sum.x + sum.y) / f32(2u * half) + shape.epsilon);
  let position = positions[vector / shape.heads];
  for (var d = 0u; d < half; d += 1u) {
    var c = 0.0;
    var s = 0.0;
    if (position < shape.count) {
      c = cosine[position * half + d];
      s = sine[position * half + d];
    }
    let a = weight[d] * (x[base + d] * inverse);
    let b = weight[half + d] * (x[base + half + d] * inverse);
    y[base + d] = a * c - b * s;
    y[base + half + d] = b * c + a * s;
  }
}
