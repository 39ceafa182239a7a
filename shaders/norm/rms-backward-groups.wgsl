// Gradient of RMSNorm with a frozen weight, a workgroup per row (the GPU form).
//
//   r_n = 1 / sqrt(mean_d x² + epsilon)             recomputed, not saved
//   dx[n,d] = r_n · weight[d] · dy[n,d] − x[n,d] · r_n³ / size · Σ_e weight[e] · dy[n,e] · x[n,e]
//   (+ the previous dx where shape.accumulate is 1: the residual path's gradient)
//
// x, dy, dx [rows, size], weight [size]. Grid: one workgroup of 64 threads per row, folded. Both sums
// are fixed trees: thread t adds elements t, t+64, …; then halves are added, 32 to 1.
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

// .x: sum of squares, .y: sum of weight · dy · x
var<workgroup> partial: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = workgroup_id.x + workgroup_id.y * workgroups.x;
  // Rows beyond the last take part in the barriers on the last row's data and write nothing.
  let base = min(row, shape.rows - 1u) * shape.size;
  let lane = local.x;
  var sums = vec2f();
  for (var d = lane; d < shape.size; d += 64u) {
    let value = x[base + d];
    sums += vec2f(value * value, weight[d] * dy[base + d] * value);
  }
  partial[lane] = sums;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  workgroupBarrier();
  let size = f32(shape.size);
  let inverse = 1.0 / sqrt(partial[0].x / size + shape.epsilon);
  let along = partial[0].y / size * inverse * inverse;
  if (row < shape.rows) {
    for (var d = lane; d < shape.size; d += 64u) {
      let at = base + d;
      var before = 0.0;
      if (shape.accumulate != 0u) {
        before = dx[at];
      }
      dx[at] = before + inverse * (weight[d] * dy[at] - x[at] * along);
    }
  }
}
