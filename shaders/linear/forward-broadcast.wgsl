// y = (x · wᵀ) ∘ column_scale + bias + h · bᵀ + residual, with the left factor broadcast (broadcast.wgsl).
//   method.md "Branches of a linear layer"; h holds scale · x Aᵀ, so that h · bᵀ is the branch of eq. 1.
//   Grid: (⌈outputs / 16⌉, ⌈rows / 16⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (inputs + rank) ULP of Σ|x||w| + Σ|h||b|.

fn x_rows(places: Places, at: u32) -> Rows {
  return Rows(
    x[places.r0.x + at], x[places.r0.y + at],
    x[places.r0.z + at], x[places.r0.w + at],
    x[places.r1.x + at], x[places.r1.y + at],
    x[places.r1.z + at], x[places.r1.w + at],
    x[places.r2.x + at], x[places.r2.y + at],
    x[places.r2.z + at], x[places.r2.w + at],
    x[places.r3.x + at], x[places.r3.y + at],
    x[places.r3.z + at], x[places.r3.w + at],
  );
}

fn w_columns(places: vec4<u32>, at: u32) -> vec4<f32> {
  var value = vec4<f32>(w[places.x + at], w[places.y + at], 0.0, 0.0);
  if (LANES == 4u) {
    value.z = w[places.z + at];
    value.w = w[places.w + at];
  }
  return value;
}

fn h_rows(places: Places, at: u32) -> Rows {
  return Rows(
    h[places.r0.x + at], h[places.r0.y + at],
    h[places.r0.z + at], h[places.r0.w + at],
    h[places.r1.x + at], h[places.r1.y + at],
    h[places.r1.z + at], h[places.r1.w + at],
    h[places.r2.x + at], h[places.r2.y + at],
    h[places.r2.z + at], h[places.r2.w + at],
    h[places.r3.x + at], h[places.r3.y + at],
    h[places.r3.z + at], h[places.r3.w + at],
  );
}

fn b_columns(places: vec4<u32>, at: u32) -> vec4<f32> {
  var value = vec4<f32>(b[places.x + at], b[places.y + at], 0.0, 0.0);
  if (LANES == 4u) {
    value.z = b[places.z + at];
    value.w = b[places.w + at];
  }
  return value;
}

// sums += x · wᵀ
fn add_base(
  product: u32,
  sums: ptr<function, Sums>,
  left: Places,
  right: vec4<u32>,
  lane: u32,
) {
  // Inner indices past the end repeat the last one, with zeros on the left.
  let end = sizes[product].inputs - 1u;
  for (var k = 0u; k <= end; k += LANES) {
    let mine = k + lane;
    let rows = select(0.0, 1.0, mine <= end) * x_rows(left, min(mine, end));
    multiply_low(
      sums,
      rows,
      w_columns(right, k),
      w_columns(right, min(k + 1u, end)),
      w_columns(right, min(k + 2u, end)),
      w_columns(right, min(k + 3u, end)),
    );
    if (LANES == 8u) {
      multiply_high(
        sums,
        rows,
        w_columns(right, min(k + 4u, end)),
        w_columns(right, min(k + 5u, end)),
        w_columns(right, min(k + 6u, end)),
        w_columns(right, min(k + 7u, end)),
      );
    }
  }
}

// sums += h · bᵀ
fn add_branch(
  product: u32,
  sums: ptr<function, Sums>,
  left: Places,
  right: vec4<u32>,
  lane: u32,
) {
  // Inner indices past the end repeat the last one, with zeros on the left.
  let end = sizes[product].rank - 1u;
  for (var k = 0u; k <= end; k += LANES) {
    let mine = k + lane;
    let rows = select(0.0, 1.0, mine <= end) * h_rows(left, min(mine, end));
    multiply_low(
      sums,
      rows,
      b_columns(right, k),
      b_columns(right, min(k + 1u, end)),
      b_columns(right, min(k + 2u, end)),
      b_columns(right, min(k + 3u, end)),
    );
    if (LANES == 8u) {
      multiply_high(
        sums,
        rows,
        b_columns(right, min(k + 4u, end)),
        b_columns(right, min(k + 5u, end)),
        b_columns(right, min(k + 6u, end)),
        b_columns(right, min(k + 7u, end)),
      );
    }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let product = group.z;
  let first = group.y * 16u;
  // The grid fits the largest product.
  if (first >= sizes[product].rows || group.x * 16u >= sizes[product].outputs) {
    return;
  }
  let wanted = columns_of(group.x, lane);
  // Rows and columns past the end repeat the last one and are not stored.
  let last = sizes[product].rows - 1u;
  let columns = min(wanted, vec4<u32>(sizes[product].outputs - 1u));
  var sums: Sums;
  let x_places = places_of(first, last, sizes[product].x_offset, sizes[product].x_stride);
  add_base(product, &sums, x_places, sizes[product].w_offset + columns * sizes[product].w_stride, lane);
  if (is_set(product, has_scale)) {
    let scale_at = sizes[product].scale_offset + columns;
    sums.c0 *= column_scale[scale_at.x];
    sums.c1 *= column_scale[scale_at.y];
    sums.c2 *= column_scale[scale_at.z];
    sums.c3 *= column_scale[scale_at.w];
  }
  if (sizes[product].rank > 0u) {
    let h_places = places_of(first, last, sizes[product].h_offset, sizes[product].h_stride);
    add_branch(product, &sums, h_places, sizes[product].b_offset + columns * sizes[product].b_stride, lane);
  }
  // Indexed by a variable from here on, which the sums of the inner loop must not be. Loops of unknown
  // length: drivers would unroll known ones into much slower compilation.
  var result = sums;
  let rows = min(16u, sizes[product].rows - first);
  for (var i = 0u; i < rows; i += 1u) {
    let row = first + i;
    let values = row_of(&result, i);
    for (var c = 0u; c * LANES < min(16u, sizes[product].outputs); c += 1u) {
      let column = wanted[c];
      if (column < sizes[product].outputs) {
        var value = values[c];
        if (is_set(product, has_bias)) {
          value += bias[sizes[product].bias_offset + column];
        }
        if (is_set(product, has_residual)) {
          value += residual[sizes[product].residual_offset + row * sizes[product].residual_stride + column];
        }
        y[sizes[product].y_offset + row * sizes[product].y_stride + column] = value;
      }
    }
  }
}
