// Quanta above a least value: q · scale + least.
fn weight_at(element: u32) -> f32 {
  let range = range_of(element);
  return f32(quantum_at(element)) * range.x + range.y;
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  let range = range_of(element);
  return vec4<f32>(quantum_four(element)) * range.x + range.y;
}
