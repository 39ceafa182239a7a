// Rows of float32 weights of any alignment (f32.wgsl).

//% include weights/f32.wgsl

fn w_start(size: Sizes, row: u32) -> u32 {
  return size.w_offset + row * size.w_stride;
}

fn w_step(size: Sizes) -> u32 {
  return size.w_stride;
}

// Four consecutive columns of the row that begins at `start`, zero beyond the last.
fn w_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  let first = start + four * 4u;
  let left = columns - four * 4u;
  return vec4<f32>(
    w[first],
    select(0.0, w[first + 1u], left > 1u),
    select(0.0, w[first + 2u], left > 2u),
    select(0.0, w[first + 3u], left > 3u),
  );
}

fn load_w(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(size, row), column / 4u, size.inputs);
}
