// The gate of a feed-forward block, forward (paper eq. 2): y = gate * sigmoid(bend(gate)) * up.
//   bend: silu.wgsl or gelu-tanh.wgsl
//   gate, up, y: [N, F], flat; `count` elements of Element (common/element-*.wgsl)
//   grid: one invocation per element, 64 per workgroup, folded over x and y
//   tolerance: (34 + 8 |bend|) ULP of |y| (exp); exact limits for large |gate|: exp is only taken of -|bend|

//% form BEND silu gelu-tanh
//% form WIDTH scalar vec4
//% include common/element-$WIDTH.wgsl
//% include ffn/$BEND.wgsl
//% include ffn/gated.wgsl

struct Shape {
  count: u32,
}

@group(0) @binding(0) var<storage, read> gate: array<Element>;
@group(0) @binding(1) var<storage, read> up: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
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
  y[i] = gated(gate[i], bend(gate[i]), up[i]);
}
