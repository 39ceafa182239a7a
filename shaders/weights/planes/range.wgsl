// Scale and least value of every 32 weights, in float16, a pair to a word.
fn range_of(element: u32) -> vec2<f32> {
  return unpack2x16float(w[sizes[0].w_scales + element / 32u]);
}
