// Storage of the forward product, every matrix aligned to four elements. Loads return four consecutive columns of one row.
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
  bias_offset: u32,
  scale_offset: u32,
  flags: u32,
  w_high: u32,
  w_scales: u32,
  w_supers: u32,
  padding0: u32,
  padding1: u32,
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

fn is_set(product: u32, flag: u32) -> bool {
  return (sizes[product].flags & flag) != 0u;
}

fn x_start(product: u32, row: u32) -> u32 {
  return sizes[product].x_offset + row * sizes[product].x_stride;
}

fn x_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  return x[(start + column) / 4u];
}


fn h_start(product: u32, row: u32) -> u32 {
  return sizes[product].h_offset + row * sizes[product].h_stride;
}

fn h_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  return h[(start + column) / 4u];
}


fn b_start(product: u32, row: u32) -> u32 {
  return sizes[product].b_offset + row * sizes[product].b_stride;
}

fn b_four(start: u32, column: u32, columns: u32) -> vec4<f32> {
  return b[(start + column) / 4u];
}


fn load_bias(product: u32, column: u32) -> vec4<f32> {
  return bias[(sizes[product].bias_offset + column) / 4u];
}

fn load_column_scale(product: u32, column: u32) -> vec4<f32> {
  return column_scale[(sizes[product].scale_offset + column) / 4u];
}

fn load_residual(product: u32, row: u32, column: u32) -> vec4<f32> {
  return residual[(sizes[product].residual_offset + row * sizes[product].residual_stride + column) / 4u];
}

fn store_y(product: u32, row: u32, column: u32, value: vec4<f32>) {
  y[(sizes[product].y_offset + row * sizes[product].y_stride + column) / 4u] = value;
}

// Four consecutive columns of a row.
fn load_x(product: u32, row: u32, column: u32) -> vec4<f32> {
  return x_four(x_start(product, row), column, sizes[product].inputs);
}

fn load_h(product: u32, row: u32, column: u32) -> vec4<f32> {
  return h_four(h_start(product, row), column, sizes[product].rank);
}

fn load_b(product: u32, row: u32, column: u32) -> vec4<f32> {
  return b_four(b_start(product, row), column, sizes[product].rank);
}
