// Orthogonal loss, backward (paper eq. 10-12), to both sides, added to what is there:
//   dA_k += weight * sign(M) A_d,  dA_d += weight * sign(M)^T A_k
//   pairs, signs: as in orthogonal-forward.wgsl
//   targets: u32 [P, 2] = offset of dA_k, of dA_d in `gradients`; 0xffffffff = frozen, nothing added
//   grid: x = runs of 64 columns, y = blocks of 8 rows, z = 2 * pair + side (0: dA_k, 1: dA_d); an
//   invocation holds 8 rows of one column, so each element of the other side is read once per block
//   tolerance: relative L2 1e-6 of sum |a| (rank additions in order)

struct Shape {
  max_rank: u32,
  weight: f32,
}

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> pairs: array<u32>;
@group(0) @binding(2) var<storage, read> signs: array<f32>;
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(5) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let pair = group.z / 2u;
  let side = group.z % 2u;
  let target_offset = targets[pair * 2u + side];
  let own_rank = pairs[pair * 5u + 2u + side];
  let other_rank = pairs[pair * 5u + 3u - side];
  let other_offset = pairs[pair * 5u + 1u - side];
  let inputs = pairs[pair * 5u + 4u];
  let column = group.x * 64u + local;
  let first_row = group.y * 8u;
  if (target_offset == 0xffffffffu || column >= inputs || first_row >= own_rank) {
    return;
  }
  // signs[own][other] for dA_k, signs[other][own] for dA_d. Rows past the rank repeat the last one and
  // are not written.
  let own_step = select(1u, shape.max_rank, side == 0u);
  let other_step = select(shape.max_rank, 1u, side == 0u);
  let corner = pair * shape.max_rank * shape.max_rank;
  let last = own_rank - 1u;
  let rows = vec4<u32>(first_row) + vec4<u32>(0u, 1u, 2u, 3u);
  let low = corner + min(rows, vec4<u32>(last)) * own_step;
  let high = corner + min(rows + 4u, vec4<u32>(last)) * own_step;
  var low_sums = vec4<f32>(0.0);
  var high_sums = vec4<f32>(0.0);
  for (var j = 0u; j < other_rank; j += 1u) {
    let a = parameters[other_offset + j * inputs + column];
    let l = low + j * other_step;
    let h = high + j * other_step;
    low_sums += a * vec4<f32>(signs[l.x], signs[l.y], signs[l.z], signs[l.w]);
    high_sums += a * vec4<f32>(signs[h.x], signs[h.y], signs[h.z], signs[h.w]);
  }
  for (var i = 0u; i < 4u; i += 1u) {
    let at_low = target_offset + (first_row + i) * inputs + column;
    if (first_row + i < own_rank) {
      gradients[at_low] += shape.weight * low_sums[i];
    }
    if (first_row + i + 4u < own_rank) {
      gradients[at_low + 4u * inputs] += shape.weight * high_sums[i];
    }
  }
}
