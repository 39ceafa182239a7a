// The product of forward-tiled.wgsl with multiplication in float16 (tile-float16.wgsl).
//   Its own tolerance: (INNER + 3) · 2⁻¹⁰ of Σ|x||w| + Σ|h||b|, and what tile-float16.wgsl says of small values.

//% form ACCESS vec4
//% form READER native-readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/tiles/tile.wgsl
//% include linear/tiles/tile-float16.wgsl
//% include linear/tiles/forward-tiles.wgsl

@compute @workgroup_size(THREADS_X, THREADS_Y)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  make_tile(group, local.xy);
}
