// The tiles that subgroup matrices are loaded from, in float32, as they are in memory.

alias Input = f32;
// Inner indices of one staging: two of them, and the pieces of the results, fit 16 KiB.
const tile_inner = 16u;

// Stages four numbers of a line: of a row of the left tile, or after those, of one of the right tile.
fn put(line: u32, inner: u32, four: vec4<f32>) {
  if (line < tile_lines) {
    let at = line * tile_stride + inner;
    left_tile[at] = four.x;
    left_tile[at + 1u] = four.y;
    left_tile[at + 2u] = four.z;
    left_tile[at + 3u] = four.w;
  } else {
    let at = (line - tile_lines) * tile_stride + inner;
    right_tile[at] = four.x;
    right_tile[at + 1u] = four.y;
    right_tile[at + 2u] = four.z;
    right_tile[at + 3u] = four.w;
  }
}

// Lines have no units: nothing has to be measured.
const has_units = false;

fn forget_peaks(thread: u32) {
}

fn measure(line: u32, four: vec4<f32>) {
}

fn unit_of(line: u32) -> f32 {
  return 1.0;
}

// Whether a number was too large for its line's unit; for all threads together, and then all see the tiles.
fn has_grown(thread: u32) -> bool {
  workgroupBarrier();
  return false;
}
