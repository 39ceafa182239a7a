// Weights in bfloat16, two to a word: the upper halves of float32 values.
@group(0) @binding(1) var<storage, read> w: array<vec2<u32>>;

fn weight_at(element: u32) -> f32 {
  let word = w[element / 4u][element / 2u % 2u];
  return bitcast<f32>(select(word << 16u, word & 0xffff0000u, element % 2u == 1u));
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  let words = w[element / 4u];
  return bitcast<vec4<f32>>(vec4<u32>(
    words.x << 16u,
    words.x & 0xffff0000u,
    words.y << 16u,
    words.y & 0xffff0000u,
  ));
}
