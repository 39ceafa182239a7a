// Attention of new rows over a key-value cache, a thread per row and head with its query and sums in
// registers (the software-adapter form: no barriers).
// BLOCKS is the head size in fours, rounded up. Sums are rescaled after every key: once per four keys
// took up to twice as long on llvmpipe, and no less time on SwiftShader.
//
//   s_j = scale · q_n · key_cache[slots[n], j]      j = max(0, positions[n] + 1 − window) … positions[n]
//   output_n = Σ_j softmax(s)_j value_cache[slots[n], j]
//
// q, output [rows, heads, HEAD_DIM], caches [slots, capacity, groups, HEAD_DIM] (cache/cells-*.wgsl), slots, positions u32
// [rows]. A row whose slot or position lies outside the cache gives zeros.
// Grid: a thread per row and head, 8 per workgroup, folded. Tolerance against float64: relative L2 1e-5.

//% form BLOCKS 2 4 8 16
//% form CACHE float half
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/cache/cells-$CACHE.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% if CACHE half
//% include attention/load-half.wgsl NAME=key_cache
//% include attention/load-half.wgsl NAME=value_cache
//% else
//% include attention/load-$CELLS.wgsl NAME=key_cache
//% include attention/load-$CELLS.wgsl NAME=value_cache
//% end
//% include attention/store-$CELLS.wgsl NAME=output

struct Shape {
  rows: u32,
  heads: u32,
  groups: u32,
  slots: u32,
  capacity: u32,
  scale: f32,
  window: u32,
}

@group(0) @binding(0) var<storage, read> q: array<Cell>;
@group(0) @binding(1) var<storage, read> key_cache: array<CacheCell>;
@group(0) @binding(2) var<storage, read> value_cache: array<CacheCell>;
@group(0) @binding(3) var<storage, read> slots: array<u32>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read_write> output: array<Cell>;
@group(0) @binding(6) var<uniform> shape: Shape;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let vector = (workgroup_id.x + workgroup_id.y * workgroups.x) * 8u + local.x;
  if (vector >= shape.rows * shape.heads) {
    return;
  }
  let row = vector / shape.heads;
  let group = (vector % shape.heads) / (shape.heads / shape.groups);
  let present = slots[row] < shape.slots && positions[row] < shape.capacity;
  let count = select(0u, positions[row] + 1u, present);
  let start = count - min(count, shape.window);
  let base = slots[row] * shape.capacity;
  var high = -1e30;
  var sum = 0.0;
  //% repeat b BLOCKS
  let q$b = load_q(vector, ${b}u) * shape.scale;
  var out$b = vec4f(0.0);
  //% end
  for (var key = start; key < count; key += 1u) {
    let at = (base + key) * shape.groups + group;
    var product = vec4f(0.0);
    //% repeat b BLOCKS
    product += q$b * load_key_cache(at, ${b}u);
    //% end
    let score = dot(product, vec4f(1.0));
    let higher = max(high, score);
    let keep = exp(high - higher);
    let weight = exp(score - higher);
    high = higher;
    sum = sum * keep + weight;
    //% repeat b BLOCKS
    out$b = out$b * keep + load_value_cache(at, ${b}u) * weight;
    //% end
  }
  let share = select(0.0, 1.0 / sum, sum > 0.0);
  //% repeat b BLOCKS
  store_output(vector, ${b}u, out$b * share);
  //% end
}
