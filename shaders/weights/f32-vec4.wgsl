// Weights [outputs, inputs] in float32, rows of whole vectors.
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;

// Four consecutive columns of one row.
fn load_w(product: u32, row: u32, column: u32) -> vec4<f32> {
  return w[(sizes[product].w_offset + row * sizes[product].w_stride + column) / 4u];
}
