// Quanta of 5 bits: low-bits.wgsl, and a plane of the fifth bits, 32 to a word.

//% include weights/planes/low-bits.wgsl

const middle = 16.0;

fn quantum_at(element: u32) -> u32 {
  let high = (w[sizes[0].w_high + element / 32u] >> (element % 32u)) & 1u;
  return low_at(element) | (high << 4u);
}

// Of four consecutive weights; `element` is a multiple of 4.
fn quantum_four(element: u32) -> vec4<u32> {
  let word = w[sizes[0].w_high + element / 32u] >> (element % 32u);
  let high = (vec4<u32>(word) >> vec4<u32>(0u, 1u, 2u, 3u)) & vec4<u32>(1u);
  return low_four(element) | (high << vec4<u32>(4u));
}
