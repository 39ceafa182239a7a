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

// Adds the parts of a row's gate and up products, and of the squares of its inputs, and stores the result.
fn add_gated(
  row: u32,
  column: u32,
  lane: u32,
  gates: vec4<f32>,
  ups: vec4<f32>,
  squares: vec4<f32>,
) {
  var gate = subgroupAdd(gates);
  var up = subgroupAdd(ups);
  if (NORMED > 0u) {
    let inverse = inverse_of(sizes[0], subgroupAdd(squares));
    gate *= inverse;
    up *= inverse;
  }
  if (lane == 0u) {
    finish_gated(row, column, gate, up);
  }
}

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
    if (GATE > 0u) {
      if (ROWS == 1u) {
        add_gated(0u, column, lane, sums.sum0_0, sums.sum0_1, sums.square0);
        continue;
      }
      var gates = array<vec4<f32>, 8>(
//% repeat row 8
        sums.sum${row}_0,
//% end
      );
      var ups = array<vec4<f32>, 8>(
//% repeat row 8
        sums.sum${row}_1,
//% end
      );
      var squares = array<vec4<f32>, 8>(
//% repeat row 8
        sums.square$row,
//% end
      );
      for (var row = 0u; row < size.rows; row += 1u) {
        add_gated(row, column, lane, gates[row], ups[row], squares[row]);
      }
      continue;
    }
//% repeat quad 2
    if (QUADS > ${quad}u && column + 4u * ${quad}u < size.outputs) {
      let quad_column = column + 4u * ${quad}u;
      if (ROWS == 1u) {
        var total = subgroupAdd(sums.sum0_$quad);
        if (NORMED > 0u) {
          total *= inverse_of(size, subgroupAdd(sums.square0));
        }
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
        var squares = array<vec4<f32>, 8>(
//% repeat row 8
          sums.square$row,
//% end
        );
        for (var row = 0u; row < size.rows; row += 1u) {
          var total = subgroupAdd(mine[row]);
          if (NORMED > 0u) {
            total *= inverse_of(size, subgroupAdd(squares[row]));
          }
          if (lane == 0u) {
            finish(size, row, quad_column, total);
          }
        }
      }
    }
//% end
  }
}
