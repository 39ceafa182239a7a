// Storage of the forward product, any alignment. Loads return four consecutive columns of one row,
// zero beyond the last column; `column` itself must be a column.
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

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> h: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> column_scale: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<uniform> sizes: array<Sizes, 3>;

fn is_set(size: Sizes, flag: u32) -> bool {
  return (size.flags & flag) != 0u;
}

fn x_start(size: Sizes, row: u32) -> u32 {
  return size.x_offset + row * size.x_stride;
}

fn x_step(size: Sizes) -> u32 {
  return size.x_stride;
}

fn x_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  let first = start + four * 4u;
  let left = columns - four * 4u;
  return vec4<f32>(
    x[first],
    select(0.0, x[first + 1u], left > 1u),
    select(0.0, x[first + 2u], left > 2u),
    select(0.0, x[first + 3u], left > 3u),
  );
}

fn h_start(size: Sizes, row: u32) -> u32 {
  return size.h_offset + row * size.h_stride;
}

fn h_step(size: Sizes) -> u32 {
  return size.h_stride;
}

fn h_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  let first = start + four * 4u;
  let left = columns - four * 4u;
  return vec4<f32>(
    h[first],
    select(0.0, h[first + 1u], left > 1u),
    select(0.0, h[first + 2u], left > 2u),
    select(0.0, h[first + 3u], left > 3u),
  );
}

fn b_start(size: Sizes, row: u32) -> u32 {
  return size.b_offset + row * size.b_stride;
}

fn b_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  let first = start + four * 4u;
  let left = columns - four * 4u;
  return vec4<f32>(
    b[first],
    select(0.0, b[first + 1u], left > 1u),
    select(0.0, b[first + 2u], left > 2u),
    select(0.0, b[first + 3u], left > 3u),
  );
}

fn load_bias(size: Sizes, column: u32) -> vec4<f32> {
  let first = size.bias_offset + column;
  return vec4<f32>(
    bias[first],
    bias[first + 1u],
    bias[first + 2u],
    bias[first + 3u],
  );
}

fn load_column_scale(size: Sizes, column: u32) -> vec4<f32> {
  let first = size.scale_offset + column;
  return vec4<f32>(
    column_scale[first],
    column_scale[first + 1u],
    column_scale[first + 2u],
    column_scale[first + 3u],
  );
}

// The same vector as scales of four inputs: the weights of a norm.
fn load_input_scale(size: Sizes, four: u32) -> vec4<f32> {
  let first = size.scale_offset + four * 4u;
  let left = size.inputs - four * 4u;
  return vec4<f32>(
    column_scale[first],
    select(0.0, column_scale[first + 1u], left > 1u),
    select(0.0, column_scale[first + 2u], left > 2u),
    select(0.0, column_scale[first + 3u], left > 3u),
  );
}

fn load_residual(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  let first = size.residual_offset + row * size.residual_stride + column;
  let left = size.outputs - column;
  return vec4<f32>(
    residual[first],
    select(0.0, residual[first + 1u], left > 1u),
    select(0.0, residual[first + 2u], left > 2u),
    select(0.0, residual[first + 3u], left > 3u),
  );
}

fn store_y(size: Sizes, row: u32, column: u32, value: vec4<f32>) {
  let first = size.y_offset + row * size.y_stride + column;
  for (var i = 0u; i < min(4u, size.outputs - column); i += 1u) {
    y[first + i] = value[i];
  }
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
