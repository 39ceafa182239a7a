// The inner sums shared by the matrix-vector kernels: y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ +
// residual for 1 to 8 rows (decoding), where every weight is read once for all rows.
//   One workgroup_id: 4 outputs, its THREADS threads interleaved over the inner dimension, four elements at a
//   time. ROWS (1, 2, 4 or 8) is at least the number of rows. Grid: ⌈outputs / 4⌉ workgroups, folded (foldGrid), z: products.

override THREADS: u32 = 64u;
override ROWS: u32 = 1u;

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

fn first_column(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return (group.x + group.y * groups.x) * 4u;
}

fn partial_sums(product: u32, column: u32, thread: u32) -> Sums {
  var sums: Sums;
  // Rows and columns past the end repeat the last one and are not stored.
  let last = sizes[product].rows - 1u;
  let o1 = min(column + 1u, sizes[product].outputs - 1u);
  let o2 = min(column + 2u, sizes[product].outputs - 1u);
  let o3 = min(column + 3u, sizes[product].outputs - 1u);
  for (var k = thread * 4u; k < sizes[product].inputs; k += THREADS * 4u) {
    let m = mat4x4<f32>(load_w(product, column, k), load_w(product, o1, k), load_w(product, o2, k), load_w(product, o3, k));
    sums.row0 += load_x(product, 0u, k) * m;
    if (ROWS > 1u) {
      sums.row1 += load_x(product, min(1u, last), k) * m;
    }
    if (ROWS > 2u) {
      sums.row2 += load_x(product, min(2u, last), k) * m;
    }
    if (ROWS > 3u) {
      sums.row3 += load_x(product, min(3u, last), k) * m;
    }
    if (ROWS > 4u) {
      sums.row4 += load_x(product, min(4u, last), k) * m;
    }
    if (ROWS > 5u) {
      sums.row5 += load_x(product, min(5u, last), k) * m;
    }
    if (ROWS > 6u) {
      sums.row6 += load_x(product, min(6u, last), k) * m;
    }
    if (ROWS > 7u) {
      sums.row7 += load_x(product, min(7u, last), k) * m;
    }
  }
  if (is_set(product, has_scale)) {
    let scale = load_column_scale(product, column);
    sums.row0 *= scale;
    sums.row1 *= scale;
    sums.row2 *= scale;
    sums.row3 *= scale;
    sums.row4 *= scale;
    sums.row5 *= scale;
    sums.row6 *= scale;
    sums.row7 *= scale;
  }
  for (var k = thread * 4u; k < sizes[product].rank; k += THREADS * 4u) {
    let m = mat4x4<f32>(load_b(product, column, k), load_b(product, o1, k), load_b(product, o2, k), load_b(product, o3, k));
    sums.row0 += load_h(product, 0u, k) * m;
    if (ROWS > 1u) {
      sums.row1 += load_h(product, min(1u, last), k) * m;
    }
    if (ROWS > 2u) {
      sums.row2 += load_h(product, min(2u, last), k) * m;
    }
    if (ROWS > 3u) {
      sums.row3 += load_h(product, min(3u, last), k) * m;
    }
    if (ROWS > 4u) {
      sums.row4 += load_h(product, min(4u, last), k) * m;
    }
    if (ROWS > 5u) {
      sums.row5 += load_h(product, min(5u, last), k) * m;
    }
    if (ROWS > 6u) {
      sums.row6 += load_h(product, min(6u, last), k) * m;
    }
    if (ROWS > 7u) {
      sums.row7 += load_h(product, min(7u, last), k) * m;
    }
  }
  return sums;
}

fn finish(product: u32, row: u32, column: u32, sum: vec4<f32>) {
  var value = sum;
  if (is_set(product, has_bias)) {
    value += load_bias(product, column);
  }
  if (is_set(product, has_residual)) {
    value += load_residual(product, row, column);
  }
  store_y(product, row, column, value);
}
