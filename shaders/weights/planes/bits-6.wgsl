// Quanta of 6 bits: low-bits.wgsl, and a plane of the upper two bits, 16 pairs to a word.

//% include weights/planes/low-bits.wgsl

const middle = 32.0;

fn quantum_at(element: u32) -> u32 {
  let high = (w[sizes[0].w_high + element / 16u] >> (element % 16u * 2u)) & 3u;
  return low_at(element) | (high << 4u);
}

// Of four consecutive weights; `element` is a multiple of 4.
fn quantum_four(element: u32) -> vec4<u32> {
  let word = w[sizes[0].w_high + element / 16u] >> (element % 16u * 2u);
  let high = (vec4<u32>(word) >> vec4<u32>(0u, 2u, 4u, 6u)) & vec4<u32>(3u);
  return low_four(element) | (high << vec4<u32>(4u));
}
