// Causal grouped-query attention over packed records: online softmax, ROWS query rows per thread with
// queries and sums in registers, keys and values streamed. The software-adapter form: no barriers.
// BLOCKS is the head size in fours, rounded up. Sums are rescaled after every key: once per four keys
// took up to twice as long on llvmpipe, and no less time on SwiftShader.
//
//   s_ij = scale · q_i · k_j     j = segment_start[i] … i
//   output_i = Σ_j exp(s_ij − log_sum_exp_i) v_j        log_sum_exp_i = log Σ_j exp(s_ij)
//
// q, output [rows, heads, HEAD_DIM], k, v [rows, groups, HEAD_DIM], segment_start u32 [rows],
// log_sum_exp [rows, heads]. A row whose segment starts behind it attends nothing: its output is zero
// and its log_sum_exp 1e30, which makes every weight of the backward pass zero.
// Grid: for each head ceil(rows / (8 · ROWS)) workgroups of 8 threads, folded.
// Tolerance against float64: relative L2 1e-5.

//% form BLOCKS 2 4 8
//% form ROWS 4
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/store-$CELLS.wgsl NAME=output

struct Shape {
  rows: u32,
  heads: u32,
  groups: u32,
  scale: f32,
  first_group: u32,
}

@group(0) @binding(0) var<storage, read> q: array<Cell>;
@group(0) @binding(1) var<storage, read> k: array<Cell>;
@group(0) @binding(2) var<storage, read> v: array<Cell>;
@group(0) @binding(3) var<storage, read> segment_start: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<Cell>;
@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let index = workgroup_id.x + workgroup_id.y * workgroups.x + shape.first_group;
  let per_head = (shape.rows + ${ROWS}u * 8u - 1u) / (${ROWS}u * 8u);
  let head = index / per_head;
  let first = ((index % per_head) * 8u + local.x) * ${ROWS}u;
  if (head >= shape.heads || first >= shape.rows) {
    return;
  }
  let group = head / (shape.heads / shape.groups);
  var low = 0xffffffffu;
  var end = 0u;
  //% repeat r ROWS
  let row$r = first + ${r}u;
  // Rows beyond the last compute on the last row's data, attend nothing and write nothing.
  let vector$r = min(row$r, shape.rows - 1u) * shape.heads + head;
  let start$r = select(0xffffffffu, segment_start[min(row$r, shape.rows - 1u)], row$r < shape.rows);
  low = min(low, start$r);
  end = max(end, select(0u, row$r + 1u, start$r <= row$r));
  var high$r = -1e30;
  var sum$r = 0.0;
  //% repeat b BLOCKS
  let q$r_$b = load_q(vector$r, ${b}u) * shape.scale;
  var out$r_$b = vec4f(0.0);
  //% end
  //% end
  for (var key = low; key < end; key += 1u) {
    let vector = key * shape.groups + group;
    //% repeat r ROWS
    var product$r = vec4f(0.0);
    //% end
    //% repeat b BLOCKS
    let key$b = load_k(vector, ${b}u);
    //% repeat r ROWS
    product$r += q$r_$b * key$b;
    //% end
    //% end
    //% repeat r ROWS
    let score$r = select(-3e38, dot(product$r, vec4f(1.0)), key >= start$r && key <= row$r);
    let higher$r = max(high$r, score$r);
    let keep$r = exp(high$r - higher$r);
    let weight$r = exp(score$r - higher$r);
    high$r = higher$r;
    sum$r = sum$r * keep$r + weight$r;
    //% end
    //% repeat b BLOCKS
    let value$b = load_v(vector, ${b}u);
    //% repeat r ROWS
    out$r_$b = out$r_$b * keep$r + value$b * weight$r;
    //% end
    //% end
  }
  //% repeat r ROWS
  if (row$r < shape.rows) {
    let share = select(0.0, 1.0 / sum$r, sum$r > 0.0);
    log_sum_exp[vector$r] = select(1e30, high$r + log(max(sum$r, 1e-30)), sum$r > 0.0);
    //% repeat b BLOCKS
    store_output(vector$r, ${b}u, out$r_$b * share);
    //% end
  }
  //% end
}
