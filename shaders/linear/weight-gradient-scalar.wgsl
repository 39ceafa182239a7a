// Storage of the weight gradient, any alignment. Loads return four consecutive columns of one row,
// zero beyond the last column; `column` itself must be a column.
//   dy [rows, outputs], x [rows, inputs], dw [outputs, inputs]
//% include linear/parts.wgsl
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
  // Parts of the rows that are summed apart (the same for all products), rows of one, and elements between
  // the results of two.
  splits: u32,
  split_rows: u32,
  split_stride: u32,
  flags: u32,
  first_group: u32,
  padding0: u32,
  padding1: u32,
}

// Bits of `flags`.
const accumulates = 1u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> sizes: array<Sizes, 3>;

fn is_set(size: Sizes, flag: u32) -> bool {
  return (size.flags & flag) != 0u;
}

fn dy_start(size: Sizes, row: u32) -> u32 {
  return size.dy_offset + row * size.dy_stride;
}

fn dy_step(size: Sizes) -> u32 {
  return size.dy_stride;
}

fn dy_four(start: u32, four: u32, columns: u32) -> vec4<f32> {
  let first = start + four * 4u;
  let left = columns - four * 4u;
  return vec4<f32>(
    dy[first],
    select(0.0, dy[first + 1u], left > 1u),
    select(0.0, dy[first + 2u], left > 2u),
    select(0.0, dy[first + 3u], left > 3u),
  );
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

fn load_dw(size: Sizes, row: u32, column: u32, split: u32) -> vec4<f32> {
  let first = size.dw_offset + split * size.split_stride + row * size.dw_stride + column;
  return vec4<f32>(
    dw[first],
    dw[first + 1u],
    dw[first + 2u],
    dw[first + 3u],
  );
}

fn store_dw(size: Sizes, row: u32, column: u32, split: u32, value: vec4<f32>) {
  let first = size.dw_offset + split * size.split_stride + row * size.dw_stride + column;
  for (var i = 0u; i < min(4u, size.inputs - column); i += 1u) {
    dw[first + i] = value[i];
  }
}

fn load_dy(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return dy_four(dy_start(size, row), column / 4u, size.outputs);
}

fn load_x(size: Sizes, row: u32, column: u32) -> vec4<f32> {
  return x_four(x_start(size, row), column / 4u, size.inputs);
}
