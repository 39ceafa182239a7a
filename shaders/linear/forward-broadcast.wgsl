// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, with w and b broadcast (broadcast.wgsl): a thread has
// four rows of y, and the workgroup WIDTH of their outputs.
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: (⌈outputs / WIDTH⌉, ⌈rows / (4 · LANES)⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

// sums += x · wᵀ; `outputs`: the thread's outputs in each group of LANES, `scale`: what multiplies them.
fn add_base(
  size: Sizes,
  sums: ptr<function, Sums>,
  rows: vec4<u32>,
  outputs: vec4<u32>,
  scale: vec4<f32>,
) {
  let end = size.inputs;
  let own = vec4<u32>(
    x_start(size, rows.x), x_start(size, rows.y),
    x_start(size, rows.z), x_start(size, rows.w),
  );
  let mine = vec4<u32>(
    w_start(size, outputs.x), w_start(size, outputs.y),
    w_start(size, outputs.z), w_start(size, outputs.w),
  );
  for (var k = 0u; k < (end + 3u) / 4u; k += 1u) {
    let left = Quad(
      x_four(own.x, k, end), x_four(own.y, k, end),
      x_four(own.z, k, end), x_four(own.w, k, end),
    );
    let mine0 = w_four(mine.x, k, end) * scale.x;
    var mine1 = vec4<f32>();
    var mine2 = vec4<f32>();
    var mine3 = vec4<f32>();
    if (WIDTH > LANES) {
      mine1 = w_four(mine.y, k, end) * scale.y;
    }
    if (WIDTH > 2u * LANES) {
      mine2 = w_four(mine.z, k, end) * scale.z;
      mine3 = w_four(mine.w, k, end) * scale.w;
    }
    add_places(sums, mine0, mine1, mine2, mine3, left);
  }
}

// sums += h · bᵀ
fn add_branch(size: Sizes, sums: ptr<function, Sums>, rows: vec4<u32>, outputs: vec4<u32>) {
  let end = size.rank;
  let own = vec4<u32>(
    h_start(size, rows.x), h_start(size, rows.y),
    h_start(size, rows.z), h_start(size, rows.w),
  );
  let mine = vec4<u32>(
    b_start(size, outputs.x), b_start(size, outputs.y),
    b_start(size, outputs.z), b_start(size, outputs.w),
  );
  for (var k = 0u; k < (end + 3u) / 4u; k += 1u) {
    let left = Quad(
      h_four(own.x, k, end), h_four(own.y, k, end),
      h_four(own.z, k, end), h_four(own.w, k, end),
    );
    let mine0 = b_four(mine.x, k, end);
    var mine1 = vec4<f32>();
    var mine2 = vec4<f32>();
    var mine3 = vec4<f32>();
    if (WIDTH > LANES) {
      mine1 = b_four(mine.y, k, end);
    }
    if (WIDTH > 2u * LANES) {
      mine2 = b_four(mine.z, k, end);
      mine3 = b_four(mine.w, k, end);
    }
    add_places(sums, mine0, mine1, mine2, mine3, left);
  }
}

// What multiplies one output's product of x and w.
fn scale_of_output(size: Sizes, output: u32) -> f32 {
  return load_column_scale(size, output / 4u * 4u)[output % 4u];
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let size = sizes[group.z];
  let first = group.x * WIDTH;
  let above = group.y * 4u * LANES;
  // The grid fits the largest product.
  if (first >= size.outputs || above >= size.rows) {
    return;
  }
  // Rows and outputs past the end repeat the last one and are not stored.
  let row = above + lane * 4u;
  let last = vec4<u32>(size.rows - 1u);
  let rows = min(row + vec4<u32>(0u, 1u, 2u, 3u), last);
  let end = vec4<u32>(size.outputs - 1u);
  let outputs = min(first + lane + vec4<u32>(0u, 1u, 2u, 3u) * LANES, end);
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
  var quads = quads_of(sums);
  // Loops of unknown length: drivers would unroll known ones into much slower compilation.
  for (var c = 0u; c < 4u && row + c < size.rows; c += 1u) {
    for (var q = 0u; q < min(WIDTH, size.outputs - first); q += 4u) {
      let column = first + q;
      var value = quads[q / 4u][c];
      if (is_set(size, has_bias)) {
        value += load_bias(size, column);
      }
      if (is_set(size, has_residual)) {
        value += load_residual(size, row + c, column);
      }
      store_y(size, row + c, column, value);
    }
  }
}
