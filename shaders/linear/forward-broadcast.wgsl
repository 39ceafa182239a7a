// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, with one of the factors broadcast (broadcast.wgsl): w and
// b, so that a thread has four rows of y with WIDTH outputs, or, OWN_OUTPUTS, x and h, so that it has four outputs
// of WIDTH rows.
//   h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1 (docs/method.md).
//   Grid: (⌈outputs / WIDTH⌉, ⌈rows / (4 · LANES)⌉, products), or with OWN_OUTPUTS
//   (⌈outputs / (4 · LANES)⌉, ⌈rows / WIDTH⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

//% form ACCESS vec4 scalar
//% form READER readers
//% include linear/broadcast.wgsl
//% include linear/forward-$ACCESS.wgsl
//% include weights/rows.wgsl

override OWN_OUTPUTS: bool = false;

fn x_starts(size: Sizes, rows: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    x_start(size, rows.x), x_start(size, rows.y), x_start(size, rows.z), x_start(size, rows.w),
  );
}

fn w_starts(size: Sizes, outputs: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    w_start(size, outputs.x), w_start(size, outputs.y),
    w_start(size, outputs.z), w_start(size, outputs.w),
  );
}

fn h_starts(size: Sizes, rows: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    h_start(size, rows.x), h_start(size, rows.y), h_start(size, rows.z), h_start(size, rows.w),
  );
}

fn b_starts(size: Sizes, outputs: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    b_start(size, outputs.x), b_start(size, outputs.y),
    b_start(size, outputs.z), b_start(size, outputs.w),
  );
}

// Four inner indices of four places of x · wᵀ and of h · bᵀ: the thread's own, and those that it loads for all,
// of which only WIDTH / LANES are wanted.
fn x_block(starts: vec4<u32>, k: u32, end: u32, count: u32) -> Quad {
  var places: Quad;
  places[0] = x_four(starts.x, k, end);
  if (count > 1u) {
    places[1] = x_four(starts.y, k, end);
  }
  if (count > 2u) {
    places[2] = x_four(starts.z, k, end);
    places[3] = x_four(starts.w, k, end);
  }
  return places;
}

fn w_block(starts: vec4<u32>, k: u32, end: u32, count: u32, scale: vec4<f32>) -> Quad {
  var places: Quad;
  places[0] = w_four(starts.x, k, end) * scale.x;
  if (count > 1u) {
    places[1] = w_four(starts.y, k, end) * scale.y;
  }
  if (count > 2u) {
    places[2] = w_four(starts.z, k, end) * scale.z;
    places[3] = w_four(starts.w, k, end) * scale.w;
  }
  return places;
}

fn h_block(starts: vec4<u32>, k: u32, end: u32, count: u32) -> Quad {
  var places: Quad;
  places[0] = h_four(starts.x, k, end);
  if (count > 1u) {
    places[1] = h_four(starts.y, k, end);
  }
  if (count > 2u) {
    places[2] = h_four(starts.z, k, end);
    places[3] = h_four(starts.w, k, end);
  }
  return places;
}

fn b_block(starts: vec4<u32>, k: u32, end: u32, count: u32) -> Quad {
  var places: Quad;
  places[0] = b_four(starts.x, k, end);
  if (count > 1u) {
    places[1] = b_four(starts.y, k, end);
  }
  if (count > 2u) {
    places[2] = b_four(starts.z, k, end);
    places[3] = b_four(starts.w, k, end);
  }
  return places;
}

// sums += x · wᵀ; `scale` multiplies the outputs.
fn add_base(
  size: Sizes,
  sums: ptr<function, Sums>,
  rows: vec4<u32>,
  outputs: vec4<u32>,
  scale: vec4<f32>,
) {
  let end = size.inputs;
  let x_at = x_starts(size, rows);
  let w_at = w_starts(size, outputs);
  for (var k = 0u; k < (end + 3u) / 4u; k += 1u) {
    if (OWN_OUTPUTS) {
      let own = w_block(w_at, k, end, 4u, scale);
      add_places(sums, x_block(x_at, k, end, WIDTH / LANES), own);
    } else {
      let own = x_block(x_at, k, end, 4u);
      add_places(sums, w_block(w_at, k, end, WIDTH / LANES, scale), own);
    }
  }
}

// sums += h · bᵀ
fn add_branch(size: Sizes, sums: ptr<function, Sums>, rows: vec4<u32>, outputs: vec4<u32>) {
  let end = size.rank;
  let h_at = h_starts(size, rows);
  let b_at = b_starts(size, outputs);
  for (var k = 0u; k < (end + 3u) / 4u; k += 1u) {
    if (OWN_OUTPUTS) {
      let own = b_block(b_at, k, end, 4u);
      add_places(sums, h_block(h_at, k, end, WIDTH / LANES), own);
    } else {
      let own = h_block(h_at, k, end, 4u);
      add_places(sums, b_block(b_at, k, end, WIDTH / LANES), own);
    }
  }
}

// What multiplies one output's product of x and w.
fn scale_of_output(size: Sizes, output: u32) -> f32 {
  return load_column_scale(size, output / 4u * 4u)[output % 4u];
}

fn store(size: Sizes, row: u32, column: u32, sum: vec4<f32>) {
  var value = sum;
  if (is_set(size, has_bias)) {
    value += load_bias(size, column);
  }
  if (is_set(size, has_residual)) {
    value += load_residual(size, row, column);
  }
  store_y(size, row, column, value);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let size = sizes[group.z];
  // Along the threads' own side and along the shared one.
  var ends = vec2<u32>(size.rows, size.outputs);
  var tile = place_of(size, group).yx;
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
  // Places past the end repeat the last one and are not stored.
  let own = own_first + lane * 4u;
  let own_places = min(own + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(ends.x - 1u));
  let places = min(first + lane + vec4<u32>(0u, 1u, 2u, 3u) * LANES, vec4<u32>(ends.y - 1u));
  var rows = own_places;
  var outputs = places;
  if (OWN_OUTPUTS) {
    rows = places;
    outputs = own_places;
  }
  var scale = vec4<f32>(1.0);
  if (is_set(size, has_scale)) {
    scale = vec4<f32>(
      scale_of_output(size, outputs.x),
      scale_of_output(size, outputs.y),
      scale_of_output(size, outputs.z),
      scale_of_output(size, outputs.w),
    );
  }
  var sums: Sums;
  add_base(size, &sums, rows, outputs, scale);
  add_branch(size, &sums, rows, outputs);
  if (own >= ends.x) {
    return;
  }
  var quads = quads_of(sums);
  // Loops of unknown length: drivers would unroll known ones into much slower compilation.
  for (var q = 0u; q < min(WIDTH, ends.y - first); q += 4u) {
    if (OWN_OUTPUTS) {
      let sums_of_rows = transpose(quads[q / 4u]);
      for (var c = 0u; c < 4u && first + q + c < ends.y; c += 1u) {
        store(size, first + q + c, own, sums_of_rows[c]);
      }
    } else {
      for (var c = 0u; c < 4u && own + c < ends.x; c += 1u) {
        store(size, own + c, first + q, quads[q / 4u][c]);
      }
    }
  }
}
