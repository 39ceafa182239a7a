// A float16 scale for every 32 weights, two to a word.
fn scale_of(element: u32) -> f32 {
  let group = element / 32u;
  return unpack2x16float(w[sizes[0].w_scales + group / 2u])[group % 2u];
}
