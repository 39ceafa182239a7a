// Four consecutive columns of a row of packed weights. Rows are whole groups of the format, so that these
// never leave a row.
fn w_start(size: Sizes, row: u32) -> u32 {
  return (size.w_offset + row * size.w_stride) / 4u;
}

fn w_step(size: Sizes) -> u32 {
  return size.w_stride / 4u;
}

fn w_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return weight_four((start + four) * 4u);
}

fn load_w(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(size, row), column / 4u, size.inputs);
}
