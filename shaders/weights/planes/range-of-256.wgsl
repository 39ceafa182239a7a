// Scale and least value of every 32 weights: 6-bit parts, a byte each, two pairs to a word, of a float16
// pair for every 256, which counts downwards for the least value.
fn range_of(element: u32) -> vec2<f32> {
  let group = element / 32u;
  let parts = w[sizes[0].w_scales + group / 2u] >> (group % 2u * 16u);
  let whole = unpack2x16float(w[sizes[0].w_supers + element / 256u]);
  return vec2<f32>(whole.x * f32(parts & 255u), -(whole.y * f32((parts >> 8u) & 255u)));
}
