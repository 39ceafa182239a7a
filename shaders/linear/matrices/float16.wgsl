// The tiles that subgroup matrices are loaded from, in float16. Float16 reaches from 6e-8 to 65504 only: each line (a
// row of the left tile or of the right one) is staged as multiples of a power of two of its own, its unit. It follows
// from the largest magnitude of the line's first staging, which lies in [16, 32) as a multiple; later numbers may
// be a thousand times larger. A line that outgrows its unit gets a larger one, after the sums so far have left the
// matrices. Values under 2⁻¹⁹ of their line's largest may become zero.

enable f16;

alias Input = f16;
// Inner indices of one staging.
const tile_inner = 32u;

// The largest magnitude of each line when it was measured, as bits of float32, which order as numbers do.
var<workgroup> peaks: array<atomic<u32>, 2u * tile_lines>;
var<workgroup> grown: atomic<u32>;

const has_units = true;

fn largest(four: vec4<f32>) -> f32 {
  return max(max(abs(four.x), abs(four.y)), max(abs(four.z), abs(four.w)));
}

// As an exponent of float32: a peak of 2ⁿ has n + 127, the unit is 2ⁿ⁻⁴, and it and its inverse must be normal.
fn unit_exponent(line: u32) -> u32 {
  return max(atomicLoad(&peaks[line]) >> 23u, 5u) - 4u;
}

fn unit_of(line: u32) -> f32 {
  return bitcast<f32>(unit_exponent(line) << 23u);
}

// For all threads together.
fn forget_peaks(thread: u32) {
  workgroupBarrier();
  for (var line = thread; line < 2u * tile_lines; line += THREADS) {
    atomicStore(&peaks[line], 0u);
  }
  workgroupBarrier();
}

fn measure(line: u32, four: vec4<f32>) {
  atomicMax(&peaks[line], bitcast<u32>(largest(four)));
}

// Stages four numbers of a line: of a row of the left tile, or after those, of one of the right tile.
fn put(line: u32, inner: u32, four: vec4<f32>) {
  let scaled = four * bitcast<f32>((254u - unit_exponent(line)) << 23u);
  if (largest(scaled) >= 32768.0) {
    atomicStore(&grown, 1u);
  }
  let half = vec4<f16>(scaled);
  if (line < tile_lines) {
    let at = line * tile_stride + inner;
    left_tile[at] = half.x;
    left_tile[at + 1u] = half.y;
    left_tile[at + 2u] = half.z;
    left_tile[at + 3u] = half.w;
  } else {
    let at = (line - tile_lines) * tile_stride + inner;
    right_tile[at] = half.x;
    right_tile[at + 1u] = half.y;
    right_tile[at + 2u] = half.z;
    right_tile[at + 3u] = half.w;
  }
}

// Whether a number was too large for its line's unit; for all threads together, and then all see the tiles.
fn has_grown(thread: u32) -> bool {
  let found = workgroupUniformLoad(&grown) != 0u;
  if (found && thread == 0u) {
    atomicStore(&grown, 0u);
  }
  return found;
}
