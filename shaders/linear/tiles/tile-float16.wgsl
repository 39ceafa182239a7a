// Tiles in float16, where the device has the type: what the threads of a tiled kernel stage in workgroup memory
// (tile.wgsl), and its product. Products and their sums over the INNER (at most 16) inner indices of one staging
// are float16; these sums add up in float32.
//   Float16 reaches from 6e-8 to 65504 only. So each group of four rows or columns is staged as multiples of a
//   power of two of its own, `unit`, found from the largest magnitude of the group in this staging: scaled, that
//   one lies in [16, 32), and a sum of 16 products stays under 2¹⁴. Finite float32 never overflows, and a gradient
//   of 1e-20 is as exact as one of 1. One power for all gradients of a step loses rows that are small beside
//   others; one for a whole tile is as exact as this, but all threads would have to agree on it
//   (docs/decisions/float16-products.md has the figures).
//   Values under 2⁻¹⁹ of their group's largest may become zero.

enable f16;

// Four rows (left) or columns (right) of one inner index per vector.
var<workgroup> left_tile: array<vec4<f16>, left_size>;
var<workgroup> right_tile: array<vec4<f16>, right_size>;

// 1 on software adapters, which make thousands of instructions of each inner index and take minutes to compile an
// unrolled loop: its length is left unknown to them.
override ROLLED: u32 = 1u;

override block_count: u32 = left_blocks + right_blocks;
// The largest magnitude in the block of each thread: of a group's blocks one after another.
var<workgroup> peaks: array<f32, block_count>;
var<workgroup> left_units: array<f32, left_groups>;
var<workgroup> right_units: array<f32, right_groups>;

fn largest(chunk: Block) -> f32 {
  let four = max(max(abs(chunk[0]), abs(chunk[1])), max(abs(chunk[2]), abs(chunk[3])));
  return max(max(four.x, four.y), max(four.z, four.w));
}

// Puts the threads' blocks in place of those of the round before; for all threads together.
fn stage(position: Position, chunk: Block) {
  let quads = INNER / 4u;
  let first = select(0u, left_blocks, position.factor == 1u) + position.group * quads;
  if (position.factor < 2u) {
    peaks[first + position.inner] = largest(chunk);
  }
  workgroupBarrier();
  if (position.factor < 2u) {
    var peak = peaks[first];
    for (var i = 1u; i < quads; i += 1u) {
      peak = max(peak, peaks[first + i]);
    }
    // As exponents of float32: a peak of 2ⁿ has n + 127, the unit is 2ⁿ⁻⁴, and both powers must be normal.
    let exponent = max(bitcast<u32>(peak) >> 23u, 5u) - 4u;
    let unit = bitcast<f32>(exponent << 23u);
    let scale = bitcast<f32>((254u - exponent) << 23u);
    if (position.factor == 0u) {
      let slot = position.inner * 4u * left_stride + position.group;
      left_tile[slot] = vec4<f16>(chunk[0] * scale);
      left_tile[slot + left_stride] = vec4<f16>(chunk[1] * scale);
      left_tile[slot + 2u * left_stride] = vec4<f16>(chunk[2] * scale);
      left_tile[slot + 3u * left_stride] = vec4<f16>(chunk[3] * scale);
      if (position.inner == 0u) {
        left_units[position.group] = unit;
      }
    } else {
      let slot = position.inner * 4u * right_stride + position.group;
      right_tile[slot] = vec4<f16>(chunk[0] * scale);
      right_tile[slot + right_stride] = vec4<f16>(chunk[1] * scale);
      right_tile[slot + 2u * right_stride] = vec4<f16>(chunk[2] * scale);
      right_tile[slot + 3u * right_stride] = vec4<f16>(chunk[3] * scale);
      if (position.inner == 0u) {
        right_units[position.group] = unit;
      }
    }
  }
  workgroupBarrier();
}

// sums += left tile × right tile, in the order of the inner indices.
fn multiply_tiles(sums: ptr<function, Sums>, local: vec2<u32>) {
  var row0 = vec4<f16>();
  var row1 = vec4<f16>();
  var row2 = vec4<f16>();
  var row3 = vec4<f16>();
  var row4 = vec4<f16>();
  var row5 = vec4<f16>();
  var row6 = vec4<f16>();
  var row7 = vec4<f16>();
  var far0 = vec4<f16>();
  var far1 = vec4<f16>();
  var far2 = vec4<f16>();
  var far3 = vec4<f16>();
  var far4 = vec4<f16>();
  var far5 = vec4<f16>();
  var far6 = vec4<f16>();
  var far7 = vec4<f16>();
  // There is at least one row.
  let end = select(left_size, min(left_size, sizes[0].rows * left_size), ROLLED == 1u);
  var at = local.x;
  for (var k = local.y * 2u; k < end; k += left_stride) {
    let low = left_tile[k];
    let high = left_tile[k + 1u];
    let right = right_tile[at];
    row0 += low.x * right;
    row1 += low.y * right;
    row2 += low.z * right;
    row3 += low.w * right;
    row4 += high.x * right;
    row5 += high.y * right;
    row6 += high.z * right;
    row7 += high.w * right;
    if (WIDTH == 2u) {
      let far = right_tile[at + THREADS_X];
      far0 += low.x * far;
      far1 += low.y * far;
      far2 += low.z * far;
      far3 += low.w * far;
      far4 += high.x * far;
      far5 += high.y * far;
      far6 += high.z * far;
      far7 += high.w * far;
    }
    at += right_stride;
  }
  let low_unit = left_units[local.y * 2u];
  let high_unit = left_units[local.y * 2u + 1u];
  let right_unit = right_units[local.x];
  (*sums).row0 += (low_unit * right_unit) * vec4<f32>(row0);
  (*sums).row1 += (low_unit * right_unit) * vec4<f32>(row1);
  (*sums).row2 += (low_unit * right_unit) * vec4<f32>(row2);
  (*sums).row3 += (low_unit * right_unit) * vec4<f32>(row3);
  (*sums).row4 += (high_unit * right_unit) * vec4<f32>(row4);
  (*sums).row5 += (high_unit * right_unit) * vec4<f32>(row5);
  (*sums).row6 += (high_unit * right_unit) * vec4<f32>(row6);
  (*sums).row7 += (high_unit * right_unit) * vec4<f32>(row7);
  if (WIDTH == 2u) {
    let far_unit = right_units[local.x + THREADS_X];
    (*sums).far0 += (low_unit * far_unit) * vec4<f32>(far0);
    (*sums).far1 += (low_unit * far_unit) * vec4<f32>(far1);
    (*sums).far2 += (low_unit * far_unit) * vec4<f32>(far2);
    (*sums).far3 += (low_unit * far_unit) * vec4<f32>(far3);
    (*sums).far4 += (high_unit * far_unit) * vec4<f32>(far4);
    (*sums).far5 += (high_unit * far_unit) * vec4<f32>(far5);
    (*sums).far6 += (high_unit * far_unit) * vec4<f32>(far6);
    (*sums).far7 += (high_unit * far_unit) * vec4<f32>(far7);
  }
}
