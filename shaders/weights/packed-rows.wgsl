// Four consecutive columns of one row of packed weights. Rows are whole groups of the format, so that these
// never leave a row.
fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  return weight_four(sizes[product].w_offset + row * sizes[product].w_stride + column);
}
