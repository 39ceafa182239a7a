// Matrix × vector, reduced within subgroups.
enable subgroups;

// Matrix × vector (matrix-vector.wgsl) where a workgroup is exactly one subgroup: THREADS is the size of
// the device's subgroups, which must have one size only. No barrier.
//   Sums in the order of subgroupAdd, fixed on a device. Tolerance: 2 · (inputs + rank) ULP of
//   Σ|x||w| + Σ|h||b|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/matrix-vector.wgsl

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let size = sizes[group.z];
  for (var i = 0u; i < CHUNK; i += 1u) {
    let column = first_output(size, group, groups, i);
    if (column >= size.outputs) {
      return;
    }
    let sums = partial_sums(size, column, lane);
//% repeat quad 2
    if (QUADS > ${quad}u && column + 4u * ${quad}u < size.outputs) {
      let quad_column = column + 4u * ${quad}u;
      if (ROWS == 1u) {
        let total = subgroupAdd(sums.sum0_$quad);
        if (lane == 0u) {
          finish(size, 0u, quad_column, total);
        }
      } else {
        // Rows in turn, so that the loop over them is not unrolled into much slower compilation.
        var mine = array<vec4<f32>, 8>(
//% repeat row 8
          sums.sum${row}_$quad,
//% end
        );
        for (var row = 0u; row < size.rows; row += 1u) {
          let total = subgroupAdd(mine[row]);
          if (lane == 0u) {
            finish(size, row, quad_column, total);
          }
        }
      }
    }
//% end
  }
}
