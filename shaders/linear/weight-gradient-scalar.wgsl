// Storage of the weight gradient, any alignment. Loads return four consecutive columns of one row,
// zero beyond the last column; `column` itself must be a column.
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

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> sizes: Sizes;

fn is_set(flag: u32) -> bool {
  return (sizes.flags & flag) != 0u;
}

fn load_dy(row: u32, column: u32) -> vec4<f32> {
  let first = sizes.dy_offset + row * sizes.dy_stride + column;
  let left = sizes.outputs - column;
  return vec4<f32>(
    dy[first],
    select(0.0, dy[first + 1u], left > 1u),
    select(0.0, dy[first + 2u], left > 2u),
    select(0.0, dy[first + 3u], left > 3u),
  );
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

fn load_dw(row: u32, column: u32, split: u32) -> vec4<f32> {
  let first = sizes.dw_offset + split * sizes.split_stride + row * sizes.dw_stride + column;
  return vec4<f32>(
    dw[first],
    dw[first + 1u],
    dw[first + 2u],
    dw[first + 3u],
  );
}

fn store_dw(row: u32, column: u32, split: u32, value: vec4<f32>) {
  let first = sizes.dw_offset + split * sizes.split_stride + row * sizes.dw_stride + column;
  for (var i = 0u; i < min(4u, sizes.inputs - column); i += 1u) {
    dw[first + i] = value[i];
  }
}
