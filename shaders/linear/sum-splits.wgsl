// dw (+)= Σ_s partial[s], the second pass of a weight gradient whose rows were split.
//   partial [splits, outputs, inputs], dw [outputs, inputs]. One thread per element, in the order of the
//   splits. Grid: ⌈outputs · inputs / 64⌉ workgroups, folded (foldGrid).

struct Sizes {
  outputs: u32,
  inputs: u32,
  splits: u32,
  dw_offset: u32,
  dw_stride: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;


@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  let count = sizes.outputs * sizes.inputs;
  if (element >= count) {
    return;
  }
  var sum = partial[element];
  for (var split = 1u; split < sizes.splits; split += 1u) {
    sum += partial[split * count + element];
  }
  let row = element / sizes.inputs;
  let place = sizes.dw_offset + row * sizes.dw_stride + element % sizes.inputs;
  if (sizes.accumulate != 0u) {
    sum += dw[place];
  }
  dw[place] = sum;
}
