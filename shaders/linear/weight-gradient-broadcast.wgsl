// dw (+)= dyᵀ · x, with the left factor broadcast (broadcast.wgsl).
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   Grid: (⌈inputs / 16⌉, ⌈outputs / 16⌉, products). Sums in the order of the rows.
//   Tolerance: 2 · rows ULP of Σ|dy||x|.

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

fn x_columns(places: vec4<u32>, at: u32) -> vec4<f32> {
  var value = vec4<f32>(x[places.x + at], x[places.y + at], 0.0, 0.0);
  if (LANES == 4u) {
    value.z = x[places.z + at];
    value.w = x[places.w + at];
  }
  return value;
}

// sums += dyᵀ · x
fn add_products(
  product: u32,
  sums: ptr<function, Sums>,
  left: Places,
  right: vec4<u32>,
  lane: u32,
) {
  // Inner indices past the end repeat the last one, with zeros on the left.
  let end = sizes[product].rows - 1u;
  for (var k = 0u; k <= end; k += LANES) {
    let mine = k + lane;
    let rows = select(0.0, 1.0, mine <= end) * dy_rows(left, min(mine, end) * sizes[product].dy_stride);
    multiply_low(
      sums,
      rows,
      x_columns(right, k * sizes[product].x_stride),
      x_columns(right, min(k + 1u, end) * sizes[product].x_stride),
      x_columns(right, min(k + 2u, end) * sizes[product].x_stride),
      x_columns(right, min(k + 3u, end) * sizes[product].x_stride),
    );
    if (LANES == 8u) {
      multiply_high(
        sums,
        rows,
        x_columns(right, min(k + 4u, end) * sizes[product].x_stride),
        x_columns(right, min(k + 5u, end) * sizes[product].x_stride),
        x_columns(right, min(k + 6u, end) * sizes[product].x_stride),
        x_columns(right, min(k + 7u, end) * sizes[product].x_stride),
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
  if (first >= sizes[product].outputs || group.x * 16u >= sizes[product].inputs) {
    return;
  }
  let wanted = columns_of(group.x, lane);
  // Rows and columns past the end repeat the last one and are not stored.
  let columns = min(wanted, vec4<u32>(sizes[product].inputs - 1u));
  let dy_places = places_of(first, sizes[product].outputs - 1u, sizes[product].dy_offset, 1u);
  var sums: Sums;
  add_products(product, &sums, dy_places, sizes[product].x_offset + columns, lane);
  // Indexed by a variable from here on, which the sums of the inner loop must not be. Loops of unknown
  // length: drivers would unroll known ones into much slower compilation.
  var result = sums;
  let rows = min(16u, sizes[product].outputs - first);
  for (var i = 0u; i < rows; i += 1u) {
    let values = row_of(&result, i);
    for (var c = 0u; c * LANES < min(16u, sizes[product].inputs); c += 1u) {
      let column = wanted[c];
      if (column < sizes[product].inputs) {
        let place = sizes[product].dw_offset + (first + i) * sizes[product].dw_stride + column;
        var value = values[c];
        if (is_set(product, accumulates)) {
          value += dw[place];
        }
        dw[place] = value;
      }
    }
  }
}
