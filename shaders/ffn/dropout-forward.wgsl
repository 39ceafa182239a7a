// Dropout, forward: y_s = mask_s * x, mask_s = 0 with the given probability, else 1 / (1 - probability), for up
// to three streams s of random words, each of which draws a separate mask.
//   x, y_s: [N, D]; the mask of element (row, column) is keep_scale of common/random.wgsl with
//   element = row * D + column, so that the backward pass draws it again instead of storing it
//   grid: one invocation per element, 64 per workgroup, folded over x and y; z: streams
//   tolerance: exact (one multiplication)

//% include common/random.wgsl

struct Stream {
  stream: u32,
  threshold: u32,
  scale: f32,
  // Elements before y_s.
  start: u32,
}

struct Shape {
  streams: array<Stream, 3>,
  count: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> step_state: array<u32>;
@group(0) @binding(3) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (group.x + group.y * groups.x) * 64u + local;
  if (i >= shape.count) {
    return;
  }
  let mask = keep_scale(
    step_state[4],
    step_state[5],
    shape.streams[group.z].stream,
    step_state[6],
    i,
    shape.streams[group.z].threshold,
    shape.streams[group.z].scale,
  );
  y[shape.streams[group.z].start + i] = x[i] * mask;
}
