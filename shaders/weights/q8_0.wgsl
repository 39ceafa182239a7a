// Weights of 8 bits, q · scale with q in [−128, 127], four to a word (planes/scale.wgsl).

//% include weights/planes/scale.wgsl

@group(0) @binding(1) var<storage, read> w: array<u32>;

fn weight_at(element: u32) -> f32 {
  let q = extractBits(bitcast<i32>(w[element / 4u]), element % 4u * 8u, 8u);
  return f32(q) * scale_of(element);
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  let word = bitcast<i32>(w[element / 4u]);
  let q = (vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u);
  return vec4<f32>(q) * scale_of(element);
}
