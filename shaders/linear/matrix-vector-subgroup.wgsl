enable subgroups;

// Matrix × vector (matrix-vector.wgsl) where a workgroup is exactly one subgroup: THREADS is the size of
// the device's subgroups, which must have one size only. No barrier.
//   Sums in the order of subgroupAdd, fixed on a device. Tolerance: 2 · (inputs + rank) ULP of
//   Σ|x||w| + Σ|h||b|.

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let product = group.z;
  let column = first_column(group, groups);
  if (column >= sizes[product].outputs) {
    return;
  }
  let sums = partial_sums(product, column, lane);
  // Rows in turn, so that the loop over them is not unrolled into much slower compilation.
  var mine = array<vec4<f32>, 8>(
    sums.row0, sums.row1, sums.row2, sums.row3, sums.row4, sums.row5, sums.row6, sums.row7,
  );
  for (var row = 0u; row < sizes[product].rows; row += 1u) {
    let total = subgroupAdd(mine[row]);
    if (lane == 0u) {
      finish(product, row, column, total);
    }
  }
}
