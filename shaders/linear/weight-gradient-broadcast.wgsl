// dw (+)= dyᵀ · x, with one of the factors broadcast (broadcast.wgsl): dy, so that a thread has four inputs
// (columns of dw) of WIDTH outputs, or, OWN_OUTPUTS, x, so that it has four outputs with WIDTH inputs.
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: (⌈inputs / (4 · LANES)⌉, ⌈outputs / WIDTH⌉, products), or with OWN_OUTPUTS
//   (⌈inputs / WIDTH⌉, ⌈outputs / (4 · LANES)⌉, products). Sums in the order of the rows.
//   Tolerance: 2 · rows ULP of Σ|dy||x|.

//% form ACCESS vec4 scalar
//% include linear/broadcast.wgsl
//% include linear/weight-gradient-$ACCESS.wgsl

override OWN_OUTPUTS: bool = false;

// Where four columns of the rows of a factor lie: of the first row, of the last, and from one row to the next.
struct Rows {
  first: u32,
  last: u32,
  step: u32,
}

fn dy_block(rows: Rows, at: u32, column: u32, columns: u32) -> Quad {
  let start = rows.first + at * rows.step;
  return Quad(
    dy_four(start, column / 4u, columns),
    dy_four(min(start + rows.step, rows.last), column / 4u, columns),
    dy_four(min(start + 2u * rows.step, rows.last), column / 4u, columns),
    dy_four(min(start + 3u * rows.step, rows.last), column / 4u, columns),
  );
}

fn x_block(rows: Rows, at: u32, column: u32, columns: u32) -> Quad {
  let start = rows.first + at * rows.step;
  return Quad(
    x_four(start, column / 4u, columns),
    x_four(min(start + rows.step, rows.last), column / 4u, columns),
    x_four(min(start + 2u * rows.step, rows.last), column / 4u, columns),
    x_four(min(start + 3u * rows.step, rows.last), column / 4u, columns),
  );
}

// sums += dyᵀ · x. `own`: the first of the thread's four places, `mine`: of the four that it loads for all.
fn add_products(size: Sizes, sums: ptr<function, Sums>, own: u32, mine: u32) {
  let rows = size.rows;
  let outputs = size.outputs;
  let inputs = size.inputs;
  let dy_rows = Rows(dy_start(size, 0u), dy_start(size, rows - 1u), dy_step(size));
  let x_rows = Rows(x_start(size, 0u), x_start(size, rows - 1u), x_step(size));
  for (var row = 0u; row < rows; row += 4u) {
    var left: Quad;
    var right: Quad;
    if (OWN_OUTPUTS) {
      left = dy_block(dy_rows, row, own, outputs);
      right = x_block(x_rows, row, mine, inputs);
    } else {
      left = dy_block(dy_rows, row, mine, outputs);
      right = x_block(x_rows, row, own, inputs);
    }
    // Rows past the end are the last one times zero.
    if (row + 3u >= rows) {
      let inside = vec4<u32>(row) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(rows);
      let kept = select(vec4<f32>(0.0), vec4<f32>(1.0), inside);
      left = Quad(left[0], left[1] * kept.y, left[2] * kept.z, left[3] * kept.w);
    }
    if (OWN_OUTPUTS) {
      add_indices(sums, right, transpose(left));
    } else {
      add_indices(sums, left, transpose(right));
    }
  }
}

fn store(size: Sizes, output: u32, input: u32, sum: vec4<f32>) {
  var value = sum;
  if (is_set(size, accumulates)) {
    value += load_dw(size, output, input, 0u);
  }
  store_dw(size, output, input, 0u, value);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let size = sizes[group.z];
  // Along the threads' own side and along the shared one.
  var ends = vec2<u32>(size.inputs, size.outputs);
  var tile = place_of(size, group);
  if (OWN_OUTPUTS) {
    ends = ends.yx;
    tile = tile.yx;
  }
  let own_first = tile.x * 4u * LANES;
  let first = tile.y * WIDTH;
  // The grid fits the largest product.
  if (own_first >= ends.x || first >= ends.y) {
    return;
  }
  // Places past the end repeat the first ones and are not stored.
  let own = own_first + lane * 4u;
  let mine = first + lane * 4u;
  var sums: Sums;
  add_products(
    size,
    &sums,
    select(own_first, own, own < ends.x),
    select(first, mine, mine < ends.y),
  );
  if (own >= ends.x) {
    return;
  }
  var quads = quads_of(sums);
  // Loops of unknown length: drivers would unroll known ones into much slower compilation.
  for (var q = 0u; q < min(WIDTH, ends.y - first); q += 4u) {
    if (OWN_OUTPUTS) {
      for (var c = 0u; c < 4u && own + c < ends.x; c += 1u) {
        store(size, own + c, first + q, quads[q / 4u][c]);
      }
    } else {
      let rows = transpose(quads[q / 4u]);
      for (var c = 0u; c < 4u && first + q + c < ends.y; c += 1u) {
        store(size, first + q + c, own, rows[c]);
      }
    }
  }
}
