// dw (+)= Σ_s partial[s], the second pass of weight gradients whose rows were split.
//   partial [splits, outputs, inputs] of each product, dw [outputs, inputs]. One thread per element, in the
//   order of the splits. Grid: ⌈outputs · inputs / 64⌉ workgroups, folded (foldGrid), z: products.

struct Sizes {
  outputs: u32,
  inputs: u32,
  splits: u32,
  partial_offset: u32,
  dw_offset: u32,
  dw_stride: u32,
  accumulate: u32,
  padding0: u32,
}

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> sizes: array<Sizes, 3>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let product = group.z;
  let element = (group.x + group.y * groups.x) * 64u + local.x;
  let inputs = sizes[product].inputs;
  let count = sizes[product].outputs * inputs;
  if (element >= count) {
    return;
  }
  let place = sizes[product].partial_offset + element;
  var sum = partial[place];
  for (var split = 1u; split < sizes[product].splits; split += 1u) {
    sum += partial[place + split * count];
  }
  let row = element / inputs;
  let target_place = sizes[product].dw_offset + row * sizes[product].dw_stride + element % inputs;
  if (sizes[product].accumulate != 0u) {
    sum += dw[target_place];
  }
  dw[target_place] = sum;
}
