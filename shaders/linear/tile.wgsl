// The inner step shared by the tiled kernels, for GPUs: 64 × 64 results per workgroup of 16 × 8 threads,
// staged 16 inner indices at a time in workgroup memory; a thread has 8 rows of 4 columns.
//   128 threads load a block of 4 × 4 values each, one half from the left factor, one from the right.
//   The next block is fetched while the present ones are multiplied.

// Vectors from one inner index to the next: 16, and one more against bank conflicts.
const tile_stride = 17u;

// Four rows (left) or columns (right) of one inner index per vector.
var<workgroup> left_tile: array<vec4<f32>, 272>;
var<workgroup> right_tile: array<vec4<f32>, 272>;

// A block of 4 × 4 values: one vector over rows or columns for each of four inner indices.
alias Block = mat4x4<f32>;

// Where a thread's block lies in its factor's tile: which four rows or columns, which four inner indices.
struct Position {
  group: u32,
  inner: u32,
}

// For factors that are contiguous along the inner dimension: neighbours read on along it.
fn along_inner(chunk: u32) -> Position {
  return Position(chunk / 4u, chunk % 4u);
}

// For factors that are contiguous along rows or columns of the result.
fn along_outer(chunk: u32) -> Position {
  return Position(chunk % 16u, chunk / 16u);
}

struct Sums {
  row0: vec4<f32>,
  row1: vec4<f32>,
  row2: vec4<f32>,
  row3: vec4<f32>,
  row4: vec4<f32>,
  row5: vec4<f32>,
  row6: vec4<f32>,
  row7: vec4<f32>,
}

fn stage(thread: u32, position: Position, chunk: Block) {
  let slot = position.inner * 4u * tile_stride + position.group;
  if (thread < 64u) {
    left_tile[slot] = chunk[0];
    left_tile[slot + tile_stride] = chunk[1];
    left_tile[slot + 2u * tile_stride] = chunk[2];
    left_tile[slot + 3u * tile_stride] = chunk[3];
  } else {
    right_tile[slot] = chunk[0];
    right_tile[slot + tile_stride] = chunk[1];
    right_tile[slot + 2u * tile_stride] = chunk[2];
    right_tile[slot + 3u * tile_stride] = chunk[3];
  }
}

// sums += left tile × right tile, in the order of the inner indices.
fn multiply_tiles(sums: ptr<function, Sums>, local: vec2<u32>) {
  for (var k = 0u; k < 16u * tile_stride; k += tile_stride) {
    let low = left_tile[k + local.y * 2u];
    let high = left_tile[k + local.y * 2u + 1u];
    let right = right_tile[k + local.x];
    (*sums).row0 += low.x * right;
    (*sums).row1 += low.y * right;
    (*sums).row2 += low.z * right;
    (*sums).row3 += low.w * right;
    (*sums).row4 += high.x * right;
    (*sums).row5 += high.y * right;
    (*sums).row6 += high.z * right;
    (*sums).row7 += high.w * right;
  }
}

fn rows_of(sums: Sums) -> array<vec4<f32>, 8> {
  return array<vec4<f32>, 8>(
    sums.row0, sums.row1, sums.row2, sums.row3, sums.row4, sums.row5, sums.row6, sums.row7,
  );
}
