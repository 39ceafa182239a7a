// dx (+)= alpha · ((dy · w) ∘ column_scale + mask ∘ (dh · a)), with the left factor broadcast
// (broadcast.wgsl).
//   The input gradient of y = (x ∘ column_scale) · wᵀ plus a low-rank branch whose input was dropped
//   out with `mask` (shaders/common/random.wgsl; element = row · inputs + column). With dy = B, w = A
//   and alpha = scale it is also the merge of eq. 13.
//   Grid: (⌈inputs / 16⌉, ⌈rows / 16⌉, products). Each of the inner loops sums in index order.
//   Tolerance: 2 · (outputs + rank) ULP of Σ|dy||w| + Σ|dh||a|.

fn dy_rows(places: Places, at: u32) -> Rows {
  return Rows(
    dy[places.r0.x + at], dy[places.r0.y + at],
    dy[places.r0.z + at], dy[places.r0.w + at],
    dy[places.r1.x + at], dy[places.r1.y + at],
    dy[places.r1.z + at], dy[places.r1.w + at],
    dy[places.r2.x + at], dy[places.r2.y + at],
    dy[places.r2.z + at], dy[places.r2.w + at],
    dy[places.r3.x + at], dy[places.r3.y + at],
    dy[places.r3.z + at], dy[places.r3.w + at],
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

fn dh_rows(places: Places, at: u32) -> Rows {
  return Rows(
    dh[places.r0.x + at], dh[places.r0.y + at],
    dh[places.r0.z + at], dh[places.r0.w + at],
    dh[places.r1.x + at], dh[places.r1.y + at],
    dh[places.r1.z + at], dh[places.r1.w + at],
    dh[places.r2.x + at], dh[places.r2.y + at],
    dh[places.r2.z + at], dh[places.r2.w + at],
    dh[places.r3.x + at], dh[places.r3.y + at],
    dh[places.r3.z + at], dh[places.r3.w + at],
  );
}

fn a_columns(places: vec4<u32>, at: u32) -> vec4<f32> {
  var value = vec4<f32>(a[places.x + at], a[places.y + at], 0.0, 0.0);
  if (LANES == 4u) {
    value.z = a[places.z + at];
    value.w = a[places.w + at];
  }
  return value;
}

// sums += dh · a
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
    let rows = select(0.0, 1.0, mine <= end) * dh_rows(left, min(mine, end));
    multiply_low(
      sums,
      rows,
      a_columns(right, k * sizes[product].a_stride),
      a_columns(right, min(k + 1u, end) * sizes[product].a_stride),
      a_columns(right, min(k + 2u, end) * sizes[product].a_stride),
      a_columns(right, min(k + 3u, end) * sizes[product].a_stride),
    );
    if (LANES == 8u) {
      multiply_high(
        sums,
        rows,
        a_columns(right, min(k + 4u, end) * sizes[product].a_stride),
        a_columns(right, min(k + 5u, end) * sizes[product].a_stride),
        a_columns(right, min(k + 6u, end) * sizes[product].a_stride),
        a_columns(right, min(k + 7u, end) * sizes[product].a_stride),
      );
    }
  }
}

// sums += (dy · w) ∘ scale
fn add_base(
  product: u32,
  sums: ptr<function, Sums>,
  left: Places,
  right: vec4<u32>,
  lane: u32,
  scale: vec4<f32>,
) {
  // Inner indices past the end repeat the last one, with zeros on the left.
  let end = sizes[product].outputs - 1u;
  for (var k = 0u; k <= end; k += LANES) {
    let mine = k + lane;
    let rows = select(0.0, 1.0, mine <= end) * dy_rows(left, min(mine, end));
    multiply_low(
      sums,
      rows,
      w_columns(right, k * sizes[product].w_stride) * scale,
      w_columns(right, min(k + 1u, end) * sizes[product].w_stride) * scale,
      w_columns(right, min(k + 2u, end) * sizes[product].w_stride) * scale,
      w_columns(right, min(k + 3u, end) * sizes[product].w_stride) * scale,
    );
    if (LANES == 8u) {
      multiply_high(
        sums,
        rows,
        w_columns(right, min(k + 4u, end) * sizes[product].w_stride) * scale,
        w_columns(right, min(k + 5u, end) * sizes[product].w_stride) * scale,
        w_columns(right, min(k + 6u, end) * sizes[product].w_stride) * scale,
        w_columns(right, min(k + 7u, end) * sizes[product].w_stride) * scale,
      );
    }
  }
}

fn mask(product: u32, row: u32, column: u32) -> f32 {
  return keep_scale(
    step_state[4],
    step_state[5],
    sizes[product].dropout_stream,
    step_state[6],
    row * sizes[product].inputs + column,
    sizes[product].dropout_threshold,
    sizes[product].dropout_scale,
  );
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let product = group.z;
  let first = group.y * 16u;
  // The grid fits the largest product.
  if (first >= sizes[product].rows || group.x * 16u >= sizes[product].inputs) {
    return;
  }
  let wanted = columns_of(group.x, lane);
  // Rows and columns past the end repeat the last one and are not stored.
  let last = sizes[product].rows - 1u;
  let columns = min(wanted, vec4<u32>(sizes[product].inputs - 1u));
  // Loops of unknown length: drivers would unroll known ones into much slower compilation.
  let rows = min(16u, sizes[product].rows - first);
  var sums: Sums;
  if (sizes[product].rank > 0u) {
    let dh_places = places_of(first, last, sizes[product].dh_offset, sizes[product].dh_stride);
    add_branch(product, &sums, dh_places, sizes[product].a_offset + columns, lane);
  }
  if (sizes[product].dropout_threshold > 0u) {
    var kept = sums;
    for (var i = 0u; i < rows; i += 1u) {
      kept.c0[i / 4u][i % 4u] *= mask(product, first + i, columns.x);
      kept.c1[i / 4u][i % 4u] *= mask(product, first + i, columns.y);
      if (LANES == 4u) {
        kept.c2[i / 4u][i % 4u] *= mask(product, first + i, columns.z);
        kept.c3[i / 4u][i % 4u] *= mask(product, first + i, columns.w);
      }
    }
    sums = kept;
  }
  var scale = vec4<f32>(1.0);
  if (is_set(product, has_scale)) {
    let scale_at = sizes[product].scale_offset + columns;
    scale = vec4<f32>(
      column_scale[scale_at.x],
      column_scale[scale_at.y],
      column_scale[scale_at.z],
      column_scale[scale_at.w],
    );
  }
  let dy_places = places_of(first, last, sizes[product].dy_offset, sizes[product].dy_stride);
  add_base(product, &sums, dy_places, sizes[product].w_offset + columns, lane, scale);
  // Indexed by a variable from here on, which the sums of the inner loop must not be.
  var result = sums;
  for (var i = 0u; i < rows; i += 1u) {
    let values = row_of(&result, i);
    for (var c = 0u; c * LANES < min(16u, sizes[product].inputs); c += 1u) {
      let column = wanted[c];
      if (column < sizes[product].inputs) {
        let place = sizes[product].dx_offset + (first + i) * sizes[product].dx_stride + column;
        var value = sizes[product].alpha * values[c];
        if (is_set(product, accumulates)) {
          value += dx[place];
        }
        dx[place] = value;
      }
    }
  }
}
