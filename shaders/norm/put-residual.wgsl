// Adds the result of a norm to `residual` [rows, size]: y = residual + weight · (x · r).
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

fn put(at: u32, value: f32) {
  y[at] = residual[at] + value;
}
