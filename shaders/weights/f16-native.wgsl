// Weights in float16 where the device has the type.
enable f16;

// Weights in float16 where the device has the type: the same values as f16.wgsl, without unpacking.
@group(0) @binding(1) var<storage, read> w: array<vec4<f16>>;

fn weight_at(element: u32) -> f32 {
  return f32(w[element / 4u][element % 4u]);
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  return vec4<f32>(w[element / 4u]);
}
