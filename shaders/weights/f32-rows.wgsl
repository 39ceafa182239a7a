// Rows of float32 weights of any alignment (f32.wgsl).

// Four consecutive columns of one row, zero beyond the last; `column` itself must be a column.
fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  let first = sizes[product].w_offset + row * sizes[product].w_stride + column;
  let left = sizes[product].inputs - column;
  return vec4<f32>(
    w[first],
    select(0.0, w[first + 1u], left > 1u),
    select(0.0, w[first + 2u], left > 2u),
    select(0.0, w[first + 3u], left > 3u),
  );
}
