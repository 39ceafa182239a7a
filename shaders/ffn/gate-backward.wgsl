// The gate of a feed-forward block, backward, in place: `gate` and `up` come in as activations and leave
// as gradients.
//   s = sigmoid(bend(gate)), recomputed
//   dgate = dy * up * s * (1 + gate * (1 - s) * bend_slope(gate)); dup = dy * gate * s
//   bend: silu.wgsl or gelu-tanh.wgsl
//   gate, up, dy: [N, F], flat; `count` elements of Element (common/element-*.wgsl)
//   grid: one invocation per element, 64 per workgroup, folded over x and y
//   tolerance: relative L2 1e-6. 1 - s is formed without cancellation from exp(-|bend|).

//% form BEND silu gelu-tanh
//% form WIDTH scalar vec4
//% include common/element-$WIDTH.wgsl
//% include ffn/$BEND.wgsl

struct Shape {
  count: u32,
}

@group(0) @binding(0) var<storage, read_write> gate: array<Element>;
@group(0) @binding(1) var<storage, read_write> up: array<Element>;
@group(0) @binding(2) var<storage, read> dy: array<Element>;
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
  let one = Element(1.0);
  let g = gate[i];
  let u = up[i];
  let d = dy[i];
  let z = bend(g);
  let e = exp(-abs(z));
  let positive = z >= Element(0.0);
  let sigmoid = select(e, one, positive) / (one + e);
  let complement = select(one, e, positive) / (one + e);
  gate[i] = d * u * sigmoid * (one + g * complement * bend_slope(g));
  up[i] = d * g * sigmoid;
}
