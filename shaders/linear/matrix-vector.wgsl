// The inner sums shared by the matrix-vector kernels: y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ +
// residual for 1 to 8 rows (decoding), where every weight is read once for all rows.
//   One workgroup: CHUNK times 4 · QUADS outputs, its THREADS threads interleaved over the inner dimension,
//   four elements at a time. CPU adapters take microseconds for each workgroup, hence CHUNK; where loads are
//   dear, QUADS of 2 reads x half as often.
//   ROWS (1, 2, 4 or 8) is at least the number of rows.
//   Grid: ⌈outputs / (4 · QUADS · CHUNK)⌉ workgroups, folded (foldGrid), z: products.

override THREADS: u32 = 64u;
override ROWS: u32 = 1u;
override QUADS: u32 = 1u;
override CHUNK: u32 = 1u;

// One thread's product of 4 · QUADS outputs of each row: sums.row_quad. Named, because adapters keep indexed
// arrays in memory.
struct Sums {
//% repeat row 8
//% repeat quad 2
  sum${row}_$quad: vec4<f32>,
//% end
//% end
}

// The first output of the workgroup's turn `i`.
fn first_output(size: Sizes, group: vec3<u32>, groups: vec3<u32>, i: u32) -> u32 {
  return (number_of(size, group, groups) * CHUNK + i) * 4u * QUADS;
}

// Where the rows of four outputs start; outputs past the end repeat the last one and are not stored.
fn w_starts(size: Sizes, column: u32) -> vec4<u32> {
  let end = size.outputs - 1u;
  return vec4<u32>(
    w_start(size, min(column, end)), w_start(size, min(column + 1u, end)),
    w_start(size, min(column + 2u, end)), w_start(size, min(column + 3u, end)),
  );
}

fn b_starts(size: Sizes, column: u32) -> vec4<u32> {
  let end = size.outputs - 1u;
  return vec4<u32>(
    b_start(size, min(column, end)), b_start(size, min(column + 1u, end)),
    b_start(size, min(column + 2u, end)), b_start(size, min(column + 3u, end)),
  );
}

fn partial_sums(size: Sizes, column: u32, thread: u32) -> Sums {
  var sums: Sums;
  // Rows past the end repeat the last one and are not stored.
  let last = size.rows - 1u;
  let x_first = x_start(size, 0u);
  let x_by = x_step(size);
  let x_last = x_start(size, last);
//% repeat row 8
  let x$row = min(x_first + ${row}u * x_by, x_last);
//% end
  let inputs = size.inputs;
  let x_fours = (inputs + 3u) / 4u;
//% repeat quad 2
  let w$quad = w_starts(size, column + 4u * ${quad}u);
//% end
  for (var k = thread; k < x_fours; k += THREADS) {
//% repeat quad 2
    var m$quad: mat4x4<f32>;
    if (QUADS > ${quad}u) {
      m$quad = mat4x4<f32>(
        w_four(w${quad}[0], k, inputs), w_four(w${quad}[1], k, inputs),
        w_four(w${quad}[2], k, inputs), w_four(w${quad}[3], k, inputs),
      );
    }
//% end
//% repeat row 8
    if (ROWS > ${row}u) {
      let v = x_four(x$row, k, inputs);
//% repeat quad 2
      if (QUADS > ${quad}u) {
        sums.sum${row}_$quad += v * m$quad;
      }
//% end
    }
//% end
  }
  if (is_set(size, has_scale)) {
//% repeat quad 2
    if (QUADS > ${quad}u) {
      let scale = load_column_scale(size, column + 4u * ${quad}u);
//% repeat row 8
      if (ROWS > ${row}u) {
        sums.sum${row}_$quad *= scale;
      }
//% end
    }
//% end
  }
  let rank = size.rank;
  if (rank == 0u) {
    return sums;
  }
  let h_first = h_start(size, 0u);
  let h_by = h_step(size);
  let h_last = h_start(size, last);
//% repeat row 8
  let h$row = min(h_first + ${row}u * h_by, h_last);
//% end
  let h_fours = (rank + 3u) / 4u;
//% repeat quad 2
  let b$quad = b_starts(size, column + 4u * ${quad}u);
//% end
  for (var k = thread; k < h_fours; k += THREADS) {
//% repeat quad 2
    var m$quad: mat4x4<f32>;
    if (QUADS > ${quad}u) {
      m$quad = mat4x4<f32>(
        b_four(b${quad}[0], k, rank), b_four(b${quad}[1], k, rank),
        b_four(b${quad}[2], k, rank), b_four(b${quad}[3], k, rank),
      );
    }
//% end
//% repeat row 8
    if (ROWS > ${row}u) {
      let v = h_four(h$row, k, rank);
//% repeat quad 2
      if (QUADS > ${quad}u) {
        sums.sum${row}_$quad += v * m$quad;
      }
//% end
    }
//% end
  }
  return sums;
}

fn finish(size: Sizes, row: u32, column: u32, sum: vec4<f32>) {
  var value = sum;
  if (is_set(size, has_bias)) {
    value += load_bias(size, column);
  }
  if (is_set(size, has_residual)) {
    value += load_residual(size, row, column);
  }
  store_y(size, row, column, value);
}
