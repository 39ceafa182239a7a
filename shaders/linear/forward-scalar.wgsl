// Storage of the forward product, any alignment. Loads return four consecutive columns of one row,
// zero beyond the last column; `column` itself must be a column.
//   x [rows, inputs], h [rows, rank], b [outputs, rank], y [rows, outputs]
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
  flags: u32,
  w_high: u32,
  w_scales: u32,
  w_supers: u32,
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
@group(0) @binding(8) var<uniform> sizes: Sizes;

fn is_set(flag: u32) -> bool {
  return (sizes.flags & flag) != 0u;
}

fn load_x(row: u32, column: u32) -> vec4<f32> {
  let first = sizes.x_offset + row * sizes.x_stride + column;
  let left = sizes.inputs - column;
  return vec4<f32>(
    x[first],
    select(0.0, x[first + 1u], left > 1u),
    select(0.0, x[first + 2u], left > 2u),
    select(0.0, x[first + 3u], left > 3u),
  );
}

fn load_h(row: u32, column: u32) -> vec4<f32> {
  let first = sizes.h_offset + row * sizes.h_stride + column;
  let left = sizes.rank - column;
  return vec4<f32>(
    h[first],
    select(0.0, h[first + 1u], left > 1u),
    select(0.0, h[first + 2u], left > 2u),
    select(0.0, h[first + 3u], left > 3u),
  );
}

fn load_b(row: u32, column: u32) -> vec4<f32> {
  let first = sizes.b_offset + row * sizes.b_stride + column;
  let left = sizes.rank - column;
  return vec4<f32>(
    b[first],
    select(0.0, b[first + 1u], left > 1u),
    select(0.0, b[first + 2u], left > 2u),
    select(0.0, b[first + 3u], left > 3u),
  );
}

fn load_bias(column: u32) -> vec4<f32> {
  return vec4<f32>(
    bias[column],
    bias[column + 1u],
    bias[column + 2u],
    bias[column + 3u],
  );
}

fn load_column_scale(column: u32) -> vec4<f32> {
  return vec4<f32>(
    column_scale[column],
    column_scale[column + 1u],
    column_scale[column + 2u],
    column_scale[column + 3u],
  );
}

fn load_residual(row: u32, column: u32) -> vec4<f32> {
  let first = sizes.residual_offset + row * sizes.residual_stride + column;
  let left = sizes.outputs - column;
  return vec4<f32>(
    residual[first],
    select(0.0, residual[first + 1u], left > 1u),
    select(0.0, residual[first + 2u], left > 2u),
    select(0.0, residual[first + 3u], left > 3u),
  );
}

fn store_y(row: u32, column: u32, value: vec4<f32>) {
  let first = sizes.y_offset + row * sizes.y_stride + column;
  for (var i = 0u; i < min(4u, sizes.outputs - column); i += 1u) {
    y[first + i] = value[i];
  }
}
