// Embedding: y[n, :] = scale · w[ids[n] − first, :] for ids in [first, first + count).
//
// ids u32 [rows], w [count, size] from element `start` on in any format of shaders/weights, y [rows, size]. Other ids give a row
// of zeros, or with keep = 1 leave the row alone: a table too large for one binding is looked up part by
// part. Grid: a thread per element of y, 64 per workgroup, folded. Exact, up to the rounding of the product.

//% form READER readers
//% include weights/$READER.wgsl

struct Sizes {
  elements: u32,
  size: u32,
  first: u32,
  count: u32,
  keep: u32,
  scale: f32,
  w_high: u32,
  w_scales: u32,
  w_supers: u32,
  start: u32,
  padding1: u32,
  padding2: u32,
}

@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> sizes: array<Sizes, 1>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let element = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (element >= sizes[0].elements) {
    return;
  }
  // An id below `first` wraps to a large number and so fails the comparison too.
  let index = ids[element / sizes[0].size] - sizes[0].first;
  if (index < sizes[0].count) {
    let at = sizes[0].start + index * sizes[0].size + element % sizes[0].size;
    y[element] = sizes[0].scale * weight_at(at);
  } else if (sizes[0].keep == 0u) {
    y[element] = 0.0;
  }
}
