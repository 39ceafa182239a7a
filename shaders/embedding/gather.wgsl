// Rows by index: y[c, :] = x[rows[c], :]; an index beyond x (0xffffffff: padding) gives zeros.
//
// x [sources, size], rows u32 [count], y [count, size].
// Grid: a thread per element of y, 64 per workgroup, folded. Exact.
struct Shape {
  elements: u32,
  size: u32,
  sources: u32,
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
  var value = 0.0;
  if (row < shape.sources) {
    value = x[row * shape.size + element % shape.size];
  }
  y[element] = value;
}
