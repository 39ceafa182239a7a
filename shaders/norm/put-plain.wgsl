// Stores the result of a norm as it is.
@group(0) @binding(3) var<uniform> shape: Shape;

fn put(at: u32, value: f32) {
  y[at] = value;
}
