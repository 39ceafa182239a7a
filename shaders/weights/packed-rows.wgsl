// Four consecutive columns of one row of packed weights. Rows are whole groups of the format, so that these
// never leave a row.
fn load_w(row: u32, column: u32) -> vec4<f32> {
  return weight_four(sizes.w_offset + row * sizes.w_stride + column);
}
