// Adds $LEFT · $RIGHT over the inner indices start..end to the sums of a tile, as add_$LEFT; $PLACE says which block is a thread's.
fn add_$LEFT(
  size: Sizes,
  sums: ptr<function, Sums>,
  rows: u32,
  columns: u32,
  local: vec2<u32>,
  start: u32,
  end: u32,
) {
  let position = $PLACE(local.y * THREADS_X + local.x);
  // Each round fetches a block, multiplies what the round before staged, and stages the block: one place
  // that loads, so that drivers compile it once. The last round only multiplies.
  for (var k = start; k < end + INNER; k += INNER) {
    let chunk = fetch_$LEFT(size, rows, columns, position, k, end);
    if (k > start) {
      multiply_tiles(sums, local);
    }
    stage(position, chunk);
  }
}

fn fetch_$LEFT(
  size: Sizes,
  rows: u32,
  columns: u32,
  position: Position,
  k: u32,
  end: u32,
) -> Block {
  let inner = k + position.inner * 4u;
  if (position.factor == 0u) {
    return ${LEFT}_block(size, rows + position.group * 4u, inner, end);
  }
  if (position.factor == 1u) {
    return ${RIGHT}_block(size, columns + position.group * 4u, inner, end);
  }
  return Block();
}
