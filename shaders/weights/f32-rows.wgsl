// Rows of float32 weights of any alignment (f32.wgsl).

fn w_start(product: u32, row: u32) -> u32 {
  return sizes[product].w_offset + row * sizes[product].w_stride;
}

// Four consecutive columns of the row that begins at `start`, zero beyond the last; `column` itself must be one.
fn w_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  let first = start + column;
  let left = columns - column;
  return vec4<f32>(
    w[first],
    select(0.0, w[first + 1u], left > 1u),
    select(0.0, w[first + 2u], left > 2u),
    select(0.0, w[first + 3u], left > 3u),
  );
}

fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(product, row), column, sizes[product].inputs);
}
