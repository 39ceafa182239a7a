// Weights in float32, any alignment.
@group(0) @binding(1) var<storage, read> w: array<f32>;

fn weight_at(element: u32) -> f32 {
  return w[element];
}
