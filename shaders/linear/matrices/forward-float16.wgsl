// The forward product with subgroup matrices of float16 (forward-matrices.wgsl), which add up in float32.

//% form ACCESS vec4
//% form READER native-readers
//% form SHAPE 8x8x8 8x16x16 16x8x16 16x16x16
//% form SUBGROUPS fixed pinned
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/matrices/shape.wgsl
//% include linear/matrices/float16.wgsl
//% include linear/matrices/subgroup-matrix.wgsl
//% include linear/matrices/forward-matrices.wgsl

//% if SUBGROUPS pinned
enable subgroup_size_control;

@compute @workgroup_size(THREADS) @subgroup_size(LANES)
//% else
@compute @workgroup_size(THREADS)
//% end
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_id) subgroup: u32,
) {
  make_tile(group, thread, subgroup);
}
