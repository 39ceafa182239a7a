// The low 4 bits of quantised weights, eight to a word, in the order of the weights.
@group(0) @binding(1) var<storage, read> w: array<u32>;

fn low_at(element: u32) -> u32 {
  return (w[element / 8u] >> (element % 8u * 4u)) & 15u;
}

// Of four consecutive weights; `element` is a multiple of 4.
fn low_four(element: u32) -> vec4<u32> {
  let word = w[element / 8u] >> (element % 8u * 4u);
  return (vec4<u32>(word) >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u);
}
