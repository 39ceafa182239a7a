// Quanta around zero: (q − middle) · scale.
fn weight_at(element: u32) -> f32 {
  return (f32(quantum_at(element)) - middle) * scale_of(element);
}

// Four consecutive weights; `element` is a multiple of 4.
fn weight_four(element: u32) -> vec4<f32> {
  return (vec4<f32>(quantum_four(element)) - middle) * scale_of(element);
}
