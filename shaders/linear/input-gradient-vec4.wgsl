// Storage of the input gradient, every matrix aligned to four elements. Loads return four consecutive columns of one row.
//   dy [rows, outputs], dh [rows, rank], a [rank, inputs], dx [rows, inputs]
//% include linear/parts.wgsl
struct Sizes {
  rows: u32,
  outputs: u32,
  inputs: u32,
  rank: u32,
  dy_offset: u32,
  dy_stride: u32,
  w_offset: u32,
  w_stride: u32,
  dh_offset: u32,
  dh_stride: u32,
  a_offset: u32,
  a_stride: u32,
  dx_offset: u32,
  dx_stride: u32,
  scale_offset: u32,
  dropout_threshold: u32,
  dropout_stream: u32,
  dropout_scale: f32,
  alpha: f32,
  flags: u32,
  w_high: u32,
  w_scales: u32,
  w_supers: u32,
  first_group: u32,
}

// Bits of `flags`.
const has_scale = 1u;
const accumulates = 2u;

@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dh: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> column_scale: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> step_state: array<u32>;
@group(0) @binding(6) var<storage, read_write> dx: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> sizes: array<Sizes, 3>;

fn is_set(size: Sizes, flag: u32) -> bool {
  return (size.flags & flag) != 0u;
}

fn dy_start(size: Sizes, row: u32) -> u32 {
  return (size.dy_offset + row * size.dy_stride) / 4u;
}

fn dy_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return dy[start + four];
}

fn dh_start(size: Sizes, row: u32) -> u32 {
  return (size.dh_offset + row * size.dh_stride) / 4u;
}

fn dh_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return dh[start + four];
}

fn a_start(size: Sizes, row: u32) -> u32 {
  return (size.a_offset + row * size.a_stride) / 4u;
}

fn a_step(size: Sizes) -> u32 {
  return size.a_stride / 4u;
}

fn a_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  return a[start + four];
}

fn load_dx(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return dx[(size.dx_offset + row * size.dx_stride + column) / 4u];
}

fn load_column_scale(size: Sizes, column: u32) -> vec4<f32> {
  return column_scale[(size.scale_offset + column) / 4u];
}

fn store_dx(size: Sizes, row: u32, column: u32, value: vec4<f32>) {
  dx[(size.dx_offset + row * size.dx_stride + column) / 4u] = value;
}

fn load_dy(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return dy_four(dy_start(size, row), column / 4u, size.outputs);
}

fn load_dh(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return dh_four(dh_start(size, row), column / 4u, size.rank);
}

fn load_a(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return a_four(a_start(size, row), column / 4u, size.inputs);
}
