// Weights in float16, two to a word; needs no feature.
@group(0) @binding(1) var<storage, read> w: array<vec2<u32>>;

fn weight_at(element: u32) -> f32 {
  return unpack2x16float(w[element / 4u][element / 2u % 2u])[element % 2u];
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  let words = w[element / 4u];
  return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}
