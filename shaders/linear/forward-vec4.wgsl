// Storage of the forward product, every matrix aligned to four elements. Loads return four consecutive columns of one row.
//   x [rows, inputs], h [rows, rank], b [outputs, rank], y [rows, outputs]
//% include linear/parts.wgsl
struct Sizes {
  rows: u32,
  outputs: u32,
  inputs: u32,
  rank: u32,
  x_offset: u32,
  x_stride: u32,
  w_offset: u32,
  w_stride: u32,
  h_offset: u32,
  h_stride: u32,
  b_offset: u32,
  b_stride: u32,
  y_offset: u32,
  y_stride: u32,
  residual_offset: u32,
  residual_stride: u32,
  bias_offset: u32,
  scale_offset: u32,
  flags: u32,
  w_high: u32,
  w_scales: u32,
  w_supers: u32,
  first_group: u32,
  epsilon: f32,
}

// Bits of `flags`.
const has_bias = 1u;
const has_scale = 2u;
const has_residual = 4u;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> h: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> column_scale: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(8) var<uniform> sizes: array<Sizes, 3>;

fn is_set(size: Sizes, flag: u32) -> bool {
  return (size.flags & flag) != 0u;
}

fn x_start(size: Sizes, row: u32) -> u32 {
  return (size.x_offset + row * size.x_stride) / 4u;
}

fn x_step(size: Sizes) -> u32 {
  return size.x_stride / 4u;
}

fn x_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return x[start + four];
}

fn h_start(size: Sizes, row: u32) -> u32 {
  return (size.h_offset + row * size.h_stride) / 4u;
}

fn h_step(size: Sizes) -> u32 {
  return size.h_stride / 4u;
}

fn h_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return h[start + four];
}

fn b_start(size: Sizes, row: u32) -> u32 {
  return (size.b_offset + row * size.b_stride) / 4u;
}

fn b_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return b[start + four];
}

fn load_bias(size: Sizes, column: u32) -> vec4<f32> {
  return bias[(size.bias_offset + column) / 4u];
}

fn load_column_scale(size: Sizes, column: u32) -> vec4<f32> {
  return column_scale[(size.scale_offset + column) / 4u];
}

// The same vector as scales of four inputs: the weights of a norm.
fn load_input_scale(size: Sizes, four: u32) -> vec4<f32> {
  return column_scale[size.scale_offset / 4u + four];
}

fn load_residual(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return residual[(size.residual_offset + row * size.residual_stride + column) / 4u];
}

fn store_y(size: Sizes, row: u32, column: u32, value: vec4<f32>) {
  y[(size.y_offset + row * size.y_stride + column) / 4u] = value;
}

fn load_x(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return x_four(x_start(size, row), column / 4u, size.inputs);
}

fn load_h(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return h_four(h_start(size, row), column / 4u, size.rank);
}

fn load_b(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return b_four(b_start(size, row), column / 4u, size.rank);
}
