// The forward product with subgroup matrices: a workgroup of four subgroups makes 64 rows by 64 columns of a result,
// each subgroup 32 by 32 of them, from tiles in workgroup memory. Edges are padded: lines past the end repeat the
// last one, inner indices past it are zero, and only what belongs to the result is stored.
//   Sums stay in the matrices. Where they leave them (for a larger unit, between base and branch, at the end), they
// are added to y, of which each element belongs to one thread.

// Four subgroups of LANES threads; the device's subgroups must have this size.
override LANES: u32 = 32u;
override THREADS: u32 = 128u;

// Rows or columns of a workgroup's tile, and of a subgroup's part of it.
const tile_lines = 64u;
const part_lines = 32u;
// Elements from one line to the next: each line begins at a multiple of 16 bytes, not all in the same bank.
const tile_stride = tile_inner + 8u;

const matrices_down = part_lines / matrix_rows;
const matrices_across = part_lines / matrix_columns;
const piece_size = matrix_rows * matrix_columns;

var<workgroup> left_tile: array<Input, tile_lines * tile_stride>;
var<workgroup> right_tile: array<Input, tile_lines * tile_stride>;
// A result of each subgroup on its way to y.
var<workgroup> pieces: array<f32, 4u * piece_size>;

alias Sums = array<Result, matrices_down * matrices_across>;

// Where a workgroup works: the first row and column of its tile.
struct Place {
  row: u32,
  column: u32,
}

// The inner dimension that is summed over: the inputs, or the rank of the branch.
struct Inner {
  is_branch: bool,
  end: u32,
}

// Four numbers of a line: of x or h, or after those, of w or b.
fn four_of(size: Sizes, place: Place, inner: Inner, line: u32, k: u32) -> vec4<f32> {
  if (k >= inner.end) {
    return vec4<f32>();
  }
  if (line < tile_lines) {
    let row = min(place.row + line, size.rows - 1u);
    if (inner.is_branch) {
      return load_h(size, row, k);
    }
    return load_x(size, row, k);
  }
  let output = min(place.column + line - tile_lines, size.outputs - 1u);
  if (inner.is_branch) {
    return load_b(size, output, k);
  }
  return load_w(size, output, k);
}

const tile_fours = 2u * tile_lines * tile_inner / 4u;
const line_fours = tile_inner / 4u;

// Finds the peaks of the lines over one staging; for all threads together.
fn measure_tiles(size: Sizes, place: Place, thread: u32, inner: Inner, start: u32) {
  for (var i = thread; i < tile_fours; i += THREADS) {
    let line = i / line_fours;
    measure(line, four_of(size, place, inner, line, start + i % line_fours * 4u));
  }
  workgroupBarrier();
}

// Puts the numbers of one staging into the tiles.
fn stage(size: Sizes, place: Place, thread: u32, inner: Inner, start: u32) {
  for (var i = thread; i < tile_fours; i += THREADS) {
    let line = i / line_fours;
    let at = i % line_fours * 4u;
    put(line, at, four_of(size, place, inner, line, start + at));
  }
}

// sums += left tile × right tile, each subgroup its part.
fn multiply_tiles(sums: ptr<function, Sums>, subgroup: u32) {
  let left_part = subgroup / 2u * part_lines * tile_stride;
  let right_part = subgroup % 2u * part_lines * tile_stride;
  for (var k = 0u; k < tile_inner; k += matrix_inner) {
    var rights: array<Right, matrices_across>;
    for (var c = 0u; c < matrices_across; c += 1u) {
      rights[c] = load_right(right_part + c * matrix_columns * tile_stride + k);
    }
    for (var r = 0u; r < matrices_down; r += 1u) {
      let left = load_left(left_part + r * matrix_rows * tile_stride + k);
      for (var c = 0u; c < matrices_across; c += 1u) {
        let at = r * matrices_across + c;
        (*sums)[at] = multiply_add(left, rights[c], (*sums)[at]);
      }
    }
  }
}

// What becomes of sums that leave the matrices.
struct Leaving {
  // y holds sums that left before.
  add: bool,
  // These complete the base product.
  scale: bool,
  // These complete the result.
  finish: bool,
}

// y += sums in their lines' units, and the sums are zero again; for all threads together.
fn leave(
  size: Sizes,
  sums: ptr<function, Sums>,
  place: Place,
  thread: u32,
  subgroup: u32,
  leaving: Leaving,
) {
  for (var i = 0u; i < matrices_down * matrices_across; i += 1u) {
    store_piece(subgroup * piece_size, (*sums)[i]);
    (*sums)[i] = Result();
    workgroupBarrier();
    let first = vec2<u32>(i / matrices_across * matrix_rows, i % matrices_across * matrix_columns);
    for (var at = thread * 4u; at < 4u * piece_size; at += THREADS * 4u) {
      let owner = at / piece_size;
      let inside = at % piece_size;
      let line = first
        + vec2<u32>(owner / 2u, owner % 2u) * part_lines
        + vec2<u32>(inside / matrix_columns, inside % matrix_columns);
      let four = vec4<f32>(pieces[at], pieces[at + 1u], pieces[at + 2u], pieces[at + 3u]);
      let columns = vec4<f32>(
        unit_of(tile_lines + line.y),
        unit_of(tile_lines + line.y + 1u),
        unit_of(tile_lines + line.y + 2u),
        unit_of(tile_lines + line.y + 3u),
      );
      let row = place.row + line.x;
      let column = place.column + line.y;
      if (row < size.rows && column < size.outputs) {
        add_to_result(size, row, column, unit_of(line.x) * (columns * four), leaving);
      }
    }
    workgroupBarrier();
  }
}

fn add_to_result(size: Sizes, row: u32, column: u32, sums: vec4<f32>, leaving: Leaving) {
  var value = sums;
  if (leaving.add) {
    value += y[(size.y_offset + row * size.y_stride + column) / 4u];
  }
  if (leaving.scale && is_set(size, has_scale)) {
    value *= load_column_scale(size, column);
  }
  if (leaving.finish && is_set(size, has_bias)) {
    value += load_bias(size, column);
  }
  if (leaving.finish && is_set(size, has_residual)) {
    value += load_residual(size, row, column);
  }
  store_y(size, row, column, value);
}

// Sums over one inner dimension, in index order but for the order inside a matrix, and adds them to y. Each step
// stands here once, so that drivers compile it once.
fn add_product(
  size: Sizes,
  sums: ptr<function, Sums>,
  place: Place,
  thread: u32,
  subgroup: u32,
  inner: Inner,
) {
  let last = inner.is_branch || size.rank == 0u;
  // y holds the base product when the branch begins.
  var before = inner.is_branch;
  forget_peaks(thread);
  // Lines are measured at first, and where one has outgrown its unit.
  var measures = has_units;
  var k = 0u;
  loop {
    let ended = k >= inner.end;
    var leaves = ended;
    if (!ended) {
      if (measures) {
        measure_tiles(size, place, thread, inner, k);
      }
      stage(size, place, thread, inner, k);
      // What was just measured fits, unless it is not finite.
      leaves = has_grown(thread) && !measures;
    }
    if (leaves) {
      let leaving = Leaving(before, ended && !inner.is_branch, ended && last);
      leave(size, sums, place, thread, subgroup, leaving);
      before = true;
    }
    if (ended) {
      break;
    }
    measures = leaves;
    if (!leaves) {
      multiply_tiles(sums, subgroup);
      k += tile_inner;
      // Before the next staging.
      workgroupBarrier();
    }
  }
}

// One tile of a result: `group` counts tiles.
fn make_tile(group: vec3<u32>, thread: u32, subgroup: u32) {
  let size = sizes[group.z];
  let at = place_of(size, group) * tile_lines;
  let place = Place(at.y, at.x);
  // The grid fits the largest product.
  if (place.row >= size.rows || place.column >= size.outputs) {
    return;
  }
  var sums: Sums;
  for (var i = 0u; i < select(1u, 2u, size.rank > 0u); i += 1u) {
    let inner = Inner(i == 1u, select(size.inputs, size.rank, i == 1u));
    add_product(size, &sums, place, thread, subgroup, inner);
  }
}
