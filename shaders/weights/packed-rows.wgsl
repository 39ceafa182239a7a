// Four consecutive columns of a row of packed weights. Rows are whole groups of the format, so that these
// never leave a row.
fn w_start(product: u32, row: u32) -> u32 {
  return sizes[product].w_offset + row * sizes[product].w_stride;
}

fn w_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  return weight_four(start + column);
}

fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(product, row), column, sizes[product].inputs);
}
