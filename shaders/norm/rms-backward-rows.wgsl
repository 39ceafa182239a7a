// Gradient of RMSNorm with a frozen weight, a thread per row (the software-adapter form).
//
//   r_n = 1 / sqrt(mean_d x² + epsilon)             recomputed, not saved
//   dx[n,d] = r_n · weight[d] · dy[n,d] − x[n,d] · r_n³ / size · Σ_e weight[e] · dy[n,e] · x[n,e]
//   (+ the previous dx where shape.accumulate is 1: the residual path's gradient)
//
// x, dy, dx [rows, size], weight [size]. Grid: ceil(rows / 16) workgroups of 16 rows, folded.
// Tolerance against float64: relative L2 1e-5.
struct Shape {
  rows: u32,
  size: u32,
  epsilon: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

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
  var squares = vec4f(0.0);
  var products = vec4f(0.0);
  for (var b = 0u; b < blocks; b += 1u) {
    let at = base + 4u * b;
    let d = 4u * b;
    let value = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
    let scale = vec4f(weight[d], weight[d + 1u], weight[d + 2u], weight[d + 3u]);
    let gradient = vec4f(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u]);
    squares += value * value;
    products += scale * gradient * value;
  }
  var sum = (squares.x + squares.y) + (squares.z + squares.w);
  var product = (products.x + products.y) + (products.z + products.w);
  for (var d = 4u * blocks; d < shape.size; d += 1u) {
    let value = x[base + d];
    sum += value * value;
    product += weight[d] * dy[base + d] * value;
  }
  let size = f32(shape.size);
  let inverse = 1.0 / sqrt(sum / size + shape.epsilon);
  let along = product / size * inverse * inverse;
  for (var d = 0u; d < shape.size; d += 1u) {
    let at = base + d;
    var before = 0.0;
    if (shape.accumulate != 0u) {
      before = dx[at];
    }
    dx[at] = before + inverse * (weight[d] * dy[at] - x[at] * along);
  }
}
