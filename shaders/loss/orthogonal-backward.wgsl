// Orthogonal loss, backward (paper eq. 10-12), to both sides, added to what is there:
//   dA_k += weight * sign(M) A_d,  dA_d += weight * sign(M)^T A_k
//   pairs, signs: as in orthogonal-forward.wgsl
//   targets: u32 [P, 2] = offset of dA_k, of dA_d in `gradients`; 0xffffffff = frozen, nothing added
//   grid: x = runs of 256 columns, y = blocks of 8 rows, z = 2 * (pair − first_pair) + side (0: dA_k, 1: dA_d); an
//   invocation holds 8 rows of 4 columns that lie 64 apart
//   tolerance: relative L2 1e-6 of sum |a| (rank additions in order)

struct Shape {
  max_rank: u32,
  weight: f32,
  first_pair: u32,
  base: u32,
}

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> pairs: array<u32>;
@group(0) @binding(2) var<storage, read> signs: array<f32>;
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(5) var<uniform> shape: Shape;

// Adds one row's four columns, as far as they are inside of the matrix.
fn add_row(first: u32, columns: vec4<u32>, inputs: u32, sums: vec4<f32>) {
  for (var k = 0u; k < 4u; k += 1u) {
    if (columns[k] < inputs) {
      gradients[first + columns[k]] += shape.weight * sums[k];
    }
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let pair = group.z / 2u + shape.first_pair;
  let side = group.z % 2u;
  let target_offset = targets[pair * 2u + side];
  let own_rank = pairs[pair * 5u + 2u + side];
  let other_rank = pairs[pair * 5u + 3u - side];
  let other_offset = pairs[pair * 5u + 1u - side] - shape.base;
  let inputs = pairs[pair * 5u + 4u];
  let columns = vec4<u32>(group.x * 256u + local) + vec4<u32>(0u, 64u, 128u, 192u);
  let first_row = group.y * 8u;
  if (target_offset == 0xffffffffu || columns.x >= inputs || first_row >= own_rank) {
    return;
  }
  // signs[own][other] for dA_k, signs[other][own] for dA_d. Rows past the rank and columns past the
  // inputs repeat the last one and are not written.
  let own_step = select(1u, shape.max_rank, side == 0u);
  let other_step = select(shape.max_rank, 1u, side == 0u);
  let corner = pair * shape.max_rank * shape.max_rank;
  let last = vec4<u32>(own_rank - 1u);
  let rows = vec4<u32>(first_row) + vec4<u32>(0u, 1u, 2u, 3u);
  var low = corner + min(rows, last) * own_step;
  var high = corner + min(rows + 4u, last) * own_step;
  var at = other_offset + min(columns, vec4<u32>(inputs - 1u));
  // Columns of these matrices are rows of the gradient.
  var low_sums = mat4x4<f32>();
  var high_sums = mat4x4<f32>();
  for (var j = 0u; j < other_rank; j += 1u) {
    let a = vec4<f32>(parameters[at.x], parameters[at.y], parameters[at.z], parameters[at.w]);
    low_sums += mat4x4<f32>(
      a * signs[low.x],
      a * signs[low.y],
      a * signs[low.z],
      a * signs[low.w],
    );
    high_sums += mat4x4<f32>(
      a * signs[high.x],
      a * signs[high.y],
      a * signs[high.z],
      a * signs[high.w],
    );
    at += inputs;
    low += other_step;
    high += other_step;
  }
  let first = target_offset - shape.base + first_row * inputs;
  for (var i = 0u; i < 4u; i += 1u) {
    if (first_row + i < own_rank) {
      add_row(first + i * inputs, columns, inputs, low_sums[i]);
    }
    if (first_row + i + 4u < own_rank) {
      add_row(first + (i + 4u) * inputs, columns, inputs, high_sums[i]);
    }
  }
}
