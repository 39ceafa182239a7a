// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, staged in workgroup memory (tile.wgsl).
//   h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1 (docs/method.md).
//   Grid: (⌈outputs / tile_columns⌉, ⌈rows / tile_rows⌉, products · SPLITS). Each of the inner loops sums in
//   index order. With more than one split, each takes a part of the inputs, rank is 0, and y is the partial
//   results [SPLITS · rows, outputs], which sum-splits.wgsl adds up.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/tiles/tile.wgsl
//% include linear/tiles/tile-float32.wgsl
//% include linear/tiles/forward-tiles.wgsl

@compute @workgroup_size(THREADS_X, THREADS_Y)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  make_tile(group, local.xy);
}
