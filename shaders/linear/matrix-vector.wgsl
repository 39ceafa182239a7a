// The inner sums shared by the matrix-vector kernels: y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ +
// residual for 1 to 8 rows (decoding), where every weight is read once for all rows.
//   One workgroup: CHUNK times 4 · QUADS outputs, its THREADS threads interleaved over the inner dimension,
//   four elements at a time. CPU adapters take microseconds for each workgroup, hence CHUNK; where loads are
//   dear, QUADS of 2 reads x half as often.
//   ROWS (1, 2, 4 or 8) is at least the number of rows.
//   NORMED 1: x is normed first, x ∘ column_scale / sqrt(mean x² + epsilon); the mean is summed beside the products.
//   GATE 1 (SiLU) or 2 (GELU): products 0 and 1 are gate and up of a feed-forward block, and y is the gate applied to
//   the up product (ffn/gated.wgsl); QUADS is 2, one for each.
//   Grid: ⌈outputs / (4 · QUADS · CHUNK)⌉ workgroups (with a gate ⌈outputs / (4 · CHUNK)⌉), folded (foldGrid), z:
//   products (with a gate 1).

//% include common/element-vec4.wgsl
//% include ffn/gelu-tanh.wgsl
//% include ffn/gated.wgsl

override THREADS: u32 = 64u;
override ROWS: u32 = 1u;
override QUADS: u32 = 1u;
override CHUNK: u32 = 1u;
override NORMED: u32 = 0u;
override GATE: u32 = 0u;

// One thread's product of 4 · QUADS outputs of each row: sums.row_quad. Named, because adapters keep indexed
// arrays in memory.
struct Sums {
//% repeat row 8
//% repeat quad 2
  sum${row}_$quad: vec4<f32>,
//% end
  square$row: vec4<f32>,
//% end
}

// The first output of the workgroup's turn `i`.
fn first_output(size: Sizes, group: vec3<u32>, groups: vec3<u32>, i: u32) -> u32 {
  return (number_of(size, group, groups) * CHUNK + i) * select(4u * QUADS, 4u, GATE > 0u);
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
  let w0 = w_starts(size, column);
  var w1 = w_starts(size, column + 4u);
  if (GATE > 0u) {
    w1 = w_starts(sizes[1], column);
  }
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
    var scale = vec4<f32>(1.0);
    if (NORMED > 0u) {
      scale = load_input_scale(size, k);
    }
//% repeat row 8
    if (ROWS > ${row}u) {
      var v = x_four(x$row, k, inputs);
      if (NORMED > 0u) {
        sums.square$row += v * v;
        v *= scale;
      }
//% repeat quad 2
      if (QUADS > ${quad}u) {
        sums.sum${row}_$quad += v * m$quad;
      }
//% end
    }
//% end
  }
  if (NORMED == 0u && is_set(size, has_scale)) {
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

// The factor of a normed row, from the sums of its squares.
fn inverse_of(size: Sizes, squares: vec4<f32>) -> f32 {
  let sum = (squares.x + squares.y) + (squares.z + squares.w);
  return 1.0 / sqrt(sum / f32(size.inputs) + size.epsilon);
}

fn finish_gated(row: u32, column: u32, gate: vec4<f32>, up: vec4<f32>) {
  var g = gate;
  var u = up;
  if (is_set(sizes[0], has_bias)) {
    g += load_bias(sizes[0], column);
  }
  if (is_set(sizes[1], has_bias)) {
    u += load_bias(sizes[1], column);
  }
  var bent = g;
  if (GATE > 1u) {
    bent = bend(g);
  }
  store_y(sizes[0], row, column, gated(g, bent, u));
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
