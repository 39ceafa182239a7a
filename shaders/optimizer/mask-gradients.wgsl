// Removes the gradients of frozen branches before the norm: gradients[i] *= mask[i].
//   gradients, mask: [P], flat; mask holds 0 or 1; `count` elements of Element (common/element-*.wgsl)
//   grid: one invocation per element, 64 per workgroup, folded over x and y
//   tolerance: exact

//% form WIDTH scalar vec4
//% include common/element-$WIDTH.wgsl

struct Shape {
  count: u32,
}

@group(0) @binding(0) var<storage, read_write> gradients: array<Element>;
@group(0) @binding(1) var<storage, read> mask: array<Element>;
@group(0) @binding(2) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (group.x + group.y * groups.x) * 64u + local;
  if (i < shape.count) {
    gradients[i] = gradients[i] * mask[i];
  }
}
