// Matrix × vector (matrix-vector.wgsl), reduced through workgroup memory in a fixed order: 8 slices of
// the threads, then the slices. THREADS is a multiple of 8, at most 64.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl
//% include linear/matrix-vector.wgsl

var<workgroup> partial: array<vec4<f32>, 512>;
var<workgroup> slices: array<vec4<f32>, 64>;

// The total of a row, of which every thread has put its part into `partial`; rows are threads 0, 1, ….
fn total_of(rows: u32, thread: u32) -> vec4<f32> {
  workgroupBarrier();
  let width = THREADS / 8u;
  for (var slice = thread; slice < ROWS * 8u; slice += THREADS) {
    var sum = partial[slice * width];
    for (var i = 1u; i < width; i += 1u) {
      sum += partial[slice * width + i];
    }
    slices[slice] = sum;
  }
  workgroupBarrier();
  var sum = vec4<f32>();
  if (thread < rows) {
    sum = slices[thread * 8u];
    for (var i = 1u; i < 8u; i += 1u) {
      sum += slices[thread * 8u + i];
    }
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let thread = local.x;
  let column = first_output(size, group, groups, 0u);
  if (column >= size.outputs) {
    return;
  }
  let sums = partial_sums(size, column, thread);
//% repeat row 8
  if (ROWS > ${row}u) {
    partial[${row}u * THREADS + thread] = sums.sum${row}_0;
  }
//% end
  var total = total_of(size.rows, thread);
  var up = vec4<f32>();
  if (GATE > 0u) {
//% repeat row 8
    if (ROWS > ${row}u) {
      partial[${row}u * THREADS + thread] = sums.sum${row}_1;
    }
//% end
    up = total_of(size.rows, thread);
  }
  if (NORMED > 0u) {
//% repeat row 8
    if (ROWS > ${row}u) {
      partial[${row}u * THREADS + thread] = sums.square$row;
    }
//% end
    let inverse = inverse_of(size, total_of(size.rows, thread));
    total *= inverse;
    up *= inverse;
  }
  if (thread < size.rows) {
    if (GATE > 0u) {
      finish_gated(thread, column, total, up);
    } else {
      finish(size, thread, column, total);
    }
  }
}
