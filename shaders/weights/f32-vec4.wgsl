// Weights [outputs, inputs] in float32, rows of whole vectors.
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;

fn w_start(product: u32, row: u32) -> u32 {
  return sizes[product].w_offset + row * sizes[product].w_stride;
}

fn w_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  return w[(start + column) / 4u];
}

// Four consecutive columns of one row.
fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  return w_four(w_start(product, row), column, sizes[product].inputs);
}
