// SiLU gate, forward (paper eq. 2): y = silu(gate) * up, silu(g) = g / (1 + exp(-g)).
//   gate, up, y: [N, F], flat; `count` elements of Element (common/element-*.wgsl)
//   grid: one invocation per element, 64 per workgroup, folded over x and y
//   tolerance: 34 ULP of |y| (exp); exact limits for large |g|: exp is only taken of -|g|

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
  let g = gate[i];
  let e = exp(-abs(g));
  let sigmoid = select(e, Element(1.0), g >= Element(0.0)) / (Element(1.0) + e);
  y[i] = g * sigmoid * up[i];
}
