// RMSNorm, a workgroup per row (the GPU form: neighbouring threads read neighbouring elements).
//
//   r_n = 1 / sqrt(mean_d x[n,d]² + epsilon)        y[n,d] = weight[d] · (x[n,d] · r_n)
//
// x, y [rows, size], weight [size]; put-plain.wgsl stores the result, put-residual.wgsl adds it to another
// tensor. Grid: one workgroup of 64 threads per row, folded. The sum is a
// fixed tree: thread t adds elements t, t+64, …; then halves are added, 32 to 1.
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

var<workgroup> partial: array<f32, 64>;

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
  var sum = 0.0;
  for (var d = lane; d < shape.size; d += 64u) {
    sum += x[base + d] * x[base + d];
  }
  partial[lane] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  workgroupBarrier();
  let inverse = 1.0 / sqrt(partial[0] / f32(shape.size) + shape.epsilon);
  if (row < shape.rows) {
    for (var d = lane; d < shape.size; d += 64u) {
      put(base + d, weight[d] * (x[base + d] * inverse));
    }
  }
}
