// Rotary positions in the half-split layout of transformers, in place: element d turns with element d + half.
//
//   x[d]        ← x[d] · cos[p,d] − x[d+half] · sin[p,d]
//   x[d + half] ← x[d+half] · cos[p,d] + x[d] · sin[p,d]            p = positions[n], half = headSize / 2
//
// shape.direction −1 turns back: the transposed rotation, which is the gradient.
// x holds up to two tensors [rows, heads, headSize] (queries and keys), positions u32 [rows], cosine, sine
// [count, half]. A position beyond the tables (0xffffffff: an inactive row) gives zeros.
// Grid: a thread per pair, 64 per workgroup, folded; z: tensors. A pair is one thread's alone.
// Tolerance against float64: 2 ULP of |x[d]| + |x[d+half]|.
struct Part {
  pairs: u32,
  heads: u32,
  offset: u32,
  padding: u32,
}

struct Shape {
  parts: array<Part, 2>,
  half: u32,
  count: u32,
  direction: f32,
}

@group(0) @binding(0) var<storage, read> positions: array<u32>;
@group(0) @binding(1) var<storage, read> cosine: array<f32>;
@group(0) @binding(2) var<storage, read> sine: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let part = workgroup_id.z;
  let pair = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (pair >= shape.parts[part].pairs) {
    return;
  }
  let head = pair / shape.half;
  let d = pair % shape.half;
  let low = shape.parts[part].offset + head * shape.half * 2u + d;
  let high = low + shape.half;
  let position = positions[head / shape.parts[part].heads];
  var c = 0.0;
  var s = 0.0;
  if (position < shape.count) {
    c = cosine[position * shape.half + d];
    s = sine[position * shape.half + d] * shape.direction;
  }
  let a = x[low];
  let b = x[high];
  x[low] = a * c - b * s;
  x[high] = b * c + a * s;
}
