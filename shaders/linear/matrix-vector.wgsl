// The inner sums shared by the matrix-vector kernels: y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ +
// residual for 1 to 8 rows (decoding), where every weight is read once for all rows.
//   One workgroup: CHUNK times 4 outputs, its THREADS threads interleaved over the inner dimension, four
//   elements at a time. CPU adapters take microseconds for each workgroup, hence CHUNK.
//   ROWS (1, 2, 4 or 8) is at least the number of rows.
//   Grid: ⌈outputs / (4 · CHUNK)⌉ workgroups, folded (foldGrid), z: products.

override THREADS: u32 = 64u;
override ROWS: u32 = 1u;
override CHUNK: u32 = 1u;

// One thread's product of four outputs of each row.
struct Sums {
  row0: vec4<f32>,
  row1: vec4<f32>,
  row2: vec4<f32>,
  row3: vec4<f32>,
  row4: vec4<f32>,
  row5: vec4<f32>,
  row6: vec4<f32>,
  row7: vec4<f32>,
}

// The groups of four outputs that a workgroup makes one after another.
fn first_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return (group.x + group.y * groups.x) * CHUNK;
}

fn partial_sums(size: Sizes, column: u32, thread: u32) -> Sums {
  var sums: Sums;
  // Rows and columns past the end repeat the last one and are not stored.
  let last = size.rows - 1u;
  let end = size.outputs - 1u;
  let o1 = min(column + 1u, end);
  let o2 = min(column + 2u, end);
  let o3 = min(column + 3u, end);
  let inputs = size.inputs;
  let w0 = w_start(size, column);
  let w1 = w_start(size, o1);
  let w2 = w_start(size, o2);
  let w3 = w_start(size, o3);
  let x0 = x_start(size, 0u);
  let x_by = x_step(size);
  let x_last = x_start(size, last);
  for (var k = thread; k < (inputs + 3u) / 4u; k += THREADS) {
    let m = mat4x4<f32>(
      w_four(w0, k, inputs), w_four(w1, k, inputs), w_four(w2, k, inputs), w_four(w3, k, inputs),
    );
    sums.row0 += x_four(x0, k, inputs) * m;
    if (ROWS > 1u) {
      sums.row1 += x_four(min(x0 + x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 2u) {
      sums.row2 += x_four(min(x0 + 2u * x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 3u) {
      sums.row3 += x_four(min(x0 + 3u * x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 4u) {
      sums.row4 += x_four(min(x0 + 4u * x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 5u) {
      sums.row5 += x_four(min(x0 + 5u * x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 6u) {
      sums.row6 += x_four(min(x0 + 6u * x_by, x_last), k, inputs) * m;
    }
    if (ROWS > 7u) {
      sums.row7 += x_four(min(x0 + 7u * x_by, x_last), k, inputs) * m;
    }
  }
  if (is_set(size, has_scale)) {
    let scale = load_column_scale(size, column);
    sums.row0 *= scale;
    if (ROWS > 1u) {
      sums.row1 *= scale;
    }
    if (ROWS > 2u) {
      sums.row2 *= scale;
    }
    if (ROWS > 3u) {
      sums.row3 *= scale;
    }
    if (ROWS > 4u) {
      sums.row4 *= scale;
    }
    if (ROWS > 5u) {
      sums.row5 *= scale;
    }
    if (ROWS > 6u) {
      sums.row6 *= scale;
    }
    if (ROWS > 7u) {
      sums.row7 *= scale;
    }
  }
  let rank = size.rank;
  if (rank == 0u) {
    return sums;
  }
  let b0 = b_start(size, column);
  let b1 = b_start(size, o1);
  let b2 = b_start(size, o2);
  let b3 = b_start(size, o3);
  let h0 = h_start(size, 0u);
  let h_by = h_step(size);
  let h_last = h_start(size, last);
  for (var k = thread; k < (rank + 3u) / 4u; k += THREADS) {
    let m = mat4x4<f32>(
      b_four(b0, k, rank), b_four(b1, k, rank), b_four(b2, k, rank), b_four(b3, k, rank),
    );
    sums.row0 += h_four(h0, k, rank) * m;
    if (ROWS > 1u) {
      sums.row1 += h_four(min(h0 + h_by, h_last), k, rank) * m;
    }
    if (ROWS > 2u) {
      sums.row2 += h_four(min(h0 + 2u * h_by, h_last), k, rank) * m;
    }
    if (ROWS > 3u) {
      sums.row3 += h_four(min(h0 + 3u * h_by, h_last), k, rank) * m;
    }
    if (ROWS > 4u) {
      sums.row4 += h_four(min(h0 + 4u * h_by, h_last), k, rank) * m;
    }
    if (ROWS > 5u) {
      sums.row5 += h_four(min(h0 + 5u * h_by, h_last), k, rank) * m;
    }
    if (ROWS > 6u) {
      sums.row6 += h_four(min(h0 + 6u * h_by, h_last), k, rank) * m;
    }
    if (ROWS > 7u) {
      sums.row7 += h_four(min(h0 + 7u * h_by, h_last), k, rank) * m;
    }
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
