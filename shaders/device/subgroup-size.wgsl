// What subgroups really are on a device: the size that each invocation is told, and the lanes that take part
// in a sum over its subgroup.
//   seen: u32 [invocations, 2]
//   grid: any number of workgroups of 128, a whole multiple of every subgroup's size
//   tolerance: exact

enable subgroups;

@group(0) @binding(0) var<storage, read_write> seen: array<u32>;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_size) size: u32,
) {
  let lanes = subgroupAdd(1u);
  let invocation = group.x * 128u + local;
  seen[2u * invocation] = size;
  seen[2u * invocation + 1u] = lanes;
}
