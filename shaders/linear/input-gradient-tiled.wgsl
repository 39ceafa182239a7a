// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), staged in workgroup memory (tile.wgsl).
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: (⌈inputs / tile_columns⌉, ⌈rows / tile_rows⌉, products · SPLITS). Each of the inner loops sums in
//   index order. With more than one split, each takes a part of the outputs, rank is 0, and dx is the partial
//   results [SPLITS · rows, inputs], which sum-splits.wgsl adds up.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include common/random.wgsl
//% include linear/input-gradient-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/tiles/tile.wgsl
//% include linear/tiles/tile-float32.wgsl
//% include linear/tiles/input-gradient-tiles.wgsl

@compute @workgroup_size(THREADS_X, THREADS_Y)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  make_tile(group, local.xy);
}
