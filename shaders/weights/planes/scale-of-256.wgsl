// A scale for every 16 weights: an 8-bit part, four to a word, of a float16 scale for every 256, two to a
// word.
fn scale_of(element: u32) -> f32 {
  let word = bitcast<i32>(w[sizes[0].w_scales + element / 64u]);
  let part = extractBits(word, element / 16u % 4u * 8u, 8u);
  let whole = element / 256u;
  return unpack2x16float(w[sizes[0].w_supers + whole / 2u])[whole % 2u] * f32(part);
}
