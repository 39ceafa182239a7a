// Weights [outputs, inputs] in float32, rows of whole vectors.
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;

fn w_start(size: Sizes, row: u32) -> u32 {
  return (size.w_offset + row * size.w_stride) / 4u;
}

fn w_step(size: Sizes) -> u32 {
  return size.w_stride / 4u;
}

fn w_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return w[start + four];
}

// Four consecutive columns of one row; `column` is a multiple of 4.
fn load_w(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(size, row), column / 4u, size.inputs);
}
