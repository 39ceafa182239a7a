// Routing statistics per task (paper figure 4 a), added to what is there.
//   indices: [rows, linears, ACTIVE]; weights likewise; task_of: [rows], 0xffffffff = not counted
//   pair_counts: [tasks, linears, experts, experts] += 1 at [e1][e2], e1 < e2, for every unordered pair
//   chosen together, and at [e][e] for every chosen expert; weight_sums: [tasks, linears, experts]
//   grid: one workgroup of WORKGROUP per (task, linear, expert): it alone writes row `expert` of its pair
//   counts. Counts are integers, whose order of addition does not show; weights are added by lane in
//   row order, then by a fixed tree.
//   tolerance: counts exact; weight sums relative 2e-6

override WORKGROUP: u32 = 64u;
override ACTIVE: u32 = 2u;

struct Shape {
  rows: u32,
  linears: u32,
  experts: u32,
  tasks: u32,
}

@group(0) @binding(0) var<storage, read> indices: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> task_of: array<u32>;
@group(0) @binding(3) var<storage, read_write> pair_counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> weight_sums: array<f32>;
@group(0) @binding(5) var<uniform> shape: Shape;

var<workgroup> counts: array<atomic<u32>, 64>;
var<workgroup> sums: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let item = group.x + group.y * groups.x;
  let expert = item % shape.experts;
  let linear = (item / shape.experts) % shape.linears;
  let task = item / (shape.experts * shape.linears);
  if (task >= shape.tasks) {
    return;
  }
  for (var e = local; e < shape.experts; e += WORKGROUP) {
    atomicStore(&counts[e], 0u);
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var row = local; row < shape.rows; row += WORKGROUP) {
    if (task_of[row] != task) {
      continue;
    }
    let first = (row * shape.linears + linear) * ACTIVE;
    for (var k = 0u; k < ACTIVE; k += 1u) {
      if (indices[first + k] != expert) {
        continue;
      }
      sum += weights[first + k];
      atomicAdd(&counts[expert], 1u);
      for (var j = 0u; j < ACTIVE; j += 1u) {
        let other = indices[first + j];
        if (other > expert && other < shape.experts) {
          atomicAdd(&counts[other], 1u);
        }
      }
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      sums[local] += sums[local + width];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    weight_sums[item] += sums[0];
  }
  for (var e = local; e < shape.experts; e += WORKGROUP) {
    pair_counts[item * shape.experts + e] += atomicLoad(&counts[e]);
  }
}
