// Storage of the weight gradient, every matrix aligned to four elements. Loads return four consecutive columns of one row.
//   dy [rows, outputs], x [rows, inputs], dw [outputs, inputs]
struct Sizes {
  rows: u32,
  outputs: u32,
  inputs: u32,
  dy_offset: u32,
  dy_stride: u32,
  x_offset: u32,
  x_stride: u32,
  dw_offset: u32,
  dw_stride: u32,
  // Rows of one split, and elements between the results of two splits.
  split_rows: u32,
  split_stride: u32,
  flags: u32,
}

// Bits of `flags`.
const accumulates = 1u;

@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> sizes: Sizes;

fn is_set(flag: u32) -> bool {
  return (sizes.flags & flag) != 0u;
}

fn load_dy(row: u32, column: u32) -> vec4<f32> {
  return dy[(sizes.dy_offset + row * sizes.dy_stride + column) / 4u];
}

fn load_x(row: u32, column: u32) -> vec4<f32> {
  return x[(sizes.x_offset + row * sizes.x_stride + column) / 4u];
}

fn load_dw(row: u32, column: u32, split: u32) -> vec4<f32> {
  let first = sizes.dw_offset + split * sizes.split_stride + row * sizes.dw_stride + column;
  return dw[first / 4u];
}

fn store_dw(row: u32, column: u32, split: u32, value: vec4<f32>) {
  let first = sizes.dw_offset + split * sizes.split_stride + row * sizes.dw_stride + column;
  dw[first / 4u] = value;
}
