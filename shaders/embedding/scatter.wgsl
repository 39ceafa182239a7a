// Rows to index: y[rows[c], :] = x[c, :]; an index beyond y (0xffffffff: padding) is skipped and the
// rows of y that no index names stay as they are. Indices are distinct, so no two threads share a row.
//
// x [count, size], rows u32 [count], y [targets, size].
// Grid: a thread per element of x, 64 per workgroup, folded. Exact.
struct Shape {
  elements: u32,
  size: u32,
  targets: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let element = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (element >= shape.elements) {
    return;
  }
  let row = rows[element / shape.size];
  if (row < shape.targets) {
    y[row * shape.size + element % shape.size] = x[element];
  }
}
