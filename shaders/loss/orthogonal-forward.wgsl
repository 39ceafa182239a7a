// Orthogonal loss, forward (paper eq. 10-12): partials[p] = sum_ij |M_ij|, M = A_k A_d^T of pair p,
// and signs = sign(M) for the backward pass, sign(0) = 0.
//   parameters: the arena that holds every A, row-major [rank, inputs]
//   pairs: u32 [P, 5] = offset of A_k, offset of A_d, rank_k, rank_d, inputs
//   signs: [P, max_rank, max_rank], zero outside of a pair's own ranks
//   grid: one workgroup of 16 x 16 per pair. It walks M in blocks of 32 x 32, 2 x 2 per invocation,
//   and the inputs in runs of 32 staged in workgroup memory.
//   tolerance: M within 2 * inputs ULP of sum |a||b|

struct Shape {
  max_rank: u32,
  first_pair: u32,
  base: u32,
}

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> pairs: array<u32>;
@group(0) @binding(2) var<storage, read_write> signs: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

// Rows are 33 apart so that walking down a column meets different banks.
var<workgroup> knowledge: array<f32, 1056>;
var<workgroup> alignment: array<f32, 1056>;
var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let pair = group.x + shape.first_pair;
  let offset_k = pairs[pair * 5u] - shape.base;
  let offset_d = pairs[pair * 5u + 1u] - shape.base;
  let rank_k = pairs[pair * 5u + 2u];
  let rank_d = pairs[pair * 5u + 3u];
  let inputs = pairs[pair * 5u + 4u];
  let column = local % 32u;
  let first_row = local / 32u;
  var sum = 0.0;
  for (var block_i = 0u; block_i < shape.max_rank; block_i += 32u) {
    for (var block_j = 0u; block_j < shape.max_rank; block_j += 32u) {
      var m = vec4<f32>(0.0);
      for (var start = 0u; start < inputs; start += 32u) {
        for (var r = first_row; r < 32u; r += 8u) {
          let inside = start + column < inputs;
          var a = 0.0;
          if (inside && block_i + r < rank_k) {
            a = parameters[offset_k + (block_i + r) * inputs + start + column];
          }
          var b = 0.0;
          if (inside && block_j + r < rank_d) {
            b = parameters[offset_d + (block_j + r) * inputs + start + column];
          }
          knowledge[r * 33u + column] = a;
          alignment[r * 33u + column] = b;
        }
        workgroupBarrier();
        for (var c = 0u; c < 32u; c += 1u) {
          let a = vec2<f32>(
            knowledge[local_id.y * 33u + c],
            knowledge[(local_id.y + 16u) * 33u + c],
          );
          let b = vec2<f32>(
            alignment[local_id.x * 33u + c],
            alignment[(local_id.x + 16u) * 33u + c],
          );
          m += a.xxyy * b.xyxy;
        }
        workgroupBarrier();
      }
      for (var part = 0u; part < 4u; part += 1u) {
        let i = block_i + local_id.y + 16u * (part / 2u);
        let j = block_j + local_id.x + 16u * (part % 2u);
        if (i < shape.max_rank && j < shape.max_rank) {
          signs[(pair * shape.max_rank + i) * shape.max_rank + j] = sign(m[part]);
        }
        // Entries outside of the pair's ranks are zero: they were staged as zeros.
        sum += abs(m[part]);
      }
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width >>= 1u) {
    if (local < width) {
      sums[local] += sums[local + width];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    partials[pair] = sums[0];
  }
}
