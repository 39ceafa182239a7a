// Tiles in float32: what the threads of a tiled kernel stage in workgroup memory (tile.wgsl), and its product.

// Four rows (left) or columns (right) of one inner index per vector.
var<workgroup> left_tile: array<vec4<f32>, left_size>;
var<workgroup> right_tile: array<vec4<f32>, right_size>;

// Puts the threads' blocks in place of those of the round before; for all threads together.
fn stage(position: Position, chunk: Block) {
  workgroupBarrier();
  if (position.factor == 0u) {
    let slot = position.inner * 4u * left_stride + position.group;
    left_tile[slot] = chunk[0];
    left_tile[slot + left_stride] = chunk[1];
    left_tile[slot + 2u * left_stride] = chunk[2];
    left_tile[slot + 3u * left_stride] = chunk[3];
  } else if (position.factor == 1u) {
    let slot = position.inner * 4u * right_stride + position.group;
    right_tile[slot] = chunk[0];
    right_tile[slot + right_stride] = chunk[1];
    right_tile[slot + 2u * right_stride] = chunk[2];
    right_tile[slot + 3u * right_stride] = chunk[3];
  }
  workgroupBarrier();
}

// sums += left tile × right tile, in the order of the inner indices.
fn multiply_tiles(sums: ptr<function, Sums>, local: vec2<u32>) {
  var at = local.x;
  for (var k = local.y * 2u; k < left_size; k += left_stride) {
    let low = left_tile[k];
    let high = left_tile[k + 1u];
    let right = right_tile[at];
    (*sums).row0 += low.x * right;
    (*sums).row1 += low.y * right;
    (*sums).row2 += low.z * right;
    (*sums).row3 += low.w * right;
    (*sums).row4 += high.x * right;
    (*sums).row5 += high.y * right;
    (*sums).row6 += high.z * right;
    (*sums).row7 += high.w * right;
    if (WIDTH == 2u) {
      let far = right_tile[at + THREADS_X];
      (*sums).far0 += low.x * far;
      (*sums).far1 += low.y * far;
      (*sums).far2 += low.z * far;
      (*sums).far3 += low.w * far;
      (*sums).far4 += high.x * far;
      (*sums).far5 += high.y * far;
      (*sums).far6 += high.z * far;
      (*sums).far7 += high.w * far;
    }
    at += right_stride;
  }
}
