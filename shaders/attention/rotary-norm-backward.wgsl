// Gradient of RMSNorm of each head followed by rotary positions; the norm's weight is frozen.
//
//   du = rotation⁻¹(dy)      dx = r · weight ∘ du − x · r³ / headSize · Σ weight ∘ du ∘ x
//
// with r = 1 / sqrt(mean_d x² + epsilon) of the input x before the norm.
// x, dy, dx [rows, heads, headSize], weight [headSize], positions u32 [rows], cosine, sine [count, half].
// A position beyond the tables gives zeros. Grid: a thread per head, 32 per workgroup, folded.
// Tolerance against float64: relative L2 1e-5.
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
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;
@group(0) @binding(7) var<uniform> shape: Shape;

// (weight ∘ du)[d] and [d + half] of the head that starts at `base`
fn unrotated(base: u32, position: u32, d: u32) -> vec2f {
  if (position >= shape.count) {
    return vec2f();
  }
  let c = cosine[position * shape.half + d];
  let s = sine[position * shape.half + d];
  let a = dy[base + d];
  let b = dy[base + shape.half + d];
  return vec2f(weight[d] * (a * c + b * s), weight[shape.half + d] * (b * c - a * s));
}

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
  let position = positions[vector / shape.heads];
  var squares = vec2f();
  var products = vec2f();
  for (var d = 0u; d < half; d += 1u) {
    let value = vec2f(x[base + d], x[base + half + d]);
    squares += value * value;
    products += value * unrotated(base, position, d);
  }
  let size = f32(2u * half);
  let inverse = 1.0 / sqrt((squares.x + squares.y) / size + shape.epsilon);
  let along = (products.x + products.y) / size * inverse * inverse;
  for (var d = 0u; d < half; d += 1u) {
    let gradient = unrotated(base, position, d);
    dx[base + d] = inverse * (gradient.x - x[base + d] * along);
    dx[base + half + d] = inverse * (gradient.y - x[base + half + d] * along);
  }
}
