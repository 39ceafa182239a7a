// RMSNorm, a thread per row (the software-adapter form: no barriers).
//
//   r_n = 1 / sqrt(mean_d x[n,d]² + epsilon)        y[n,d] = weight[d] · (x[n,d] · r_n)
//
// x, y [rows, size], weight [size]; put-plain.wgsl stores the result, put-residual.wgsl adds it to another
// tensor. Grid: ceil(rows / 16) workgroups of 16 rows, folded.
// Tolerance against float64: sums of `size` squares, 2·size ULP; elementwise 8 ULP beyond that.

//% form PUT plain residual
//% include norm/put-$PUT.wgsl

struct Shape {
  rows: u32,
  size: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (workgroup_id.x + workgroup_id.y * workgroups.x) * 16u + local.x;
  if (row >= shape.rows) {
    return;
  }
  let base = row * shape.size;
  let blocks = shape.size / 4u;
  // Four partial sums shorten the chain of roundings (and of dependent additions).
  var partial = vec4f(0.0);
  for (var b = 0u; b < blocks; b += 1u) {
    let at = base + 4u * b;
    let value = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
    partial += value * value;
  }
  var sum = (partial.x + partial.y) + (partial.z + partial.w);
  for (var d = 4u * blocks; d < shape.size; d += 1u) {
    sum += x[base + d] * x[base + d];
  }
  let inverse = 1.0 / sqrt(sum / f32(shape.size) + shape.epsilon);
  for (var d = 0u; d < shape.size; d += 1u) {
    put(base + d, weight[d] * (x[base + d] * inverse));
  }
}
