// Quanta of 4 bits (low-bits.wgsl).

//% include weights/planes/low-bits.wgsl

const middle = 8.0;

fn quantum_at(element: u32) -> u32 {
  return low_at(element);
}

// Of four consecutive weights; `element` is a multiple of 4.
fn quantum_four(element: u32) -> vec4<u32> {
  return low_four(element);
}
