// Cross-entropy of a chunk of rows; with GRADIENT the logits become their own gradient.
//   loss[row] = log sum_j exp(z_j) - z_target, 0 where the row has no target (target < 0)
//   dz_j = (softmax(z)_j - [j = target]) * step_state[3] (1 / number of targets of the whole batch)
//   logits: [rows, vocabulary], `elements` of Element per row (common/element-*.wgsl)
//   targets: i32 [rows]; a target past the vocabulary gives an infinite loss, which stops a run
//   correct: u32 [rows], with CORRECT: 1 where no other token is likelier (ties: the lower id wins)
//   grid: one workgroup of WORKGROUP per row, folded over x and y
//   order: invocation t takes elements t, t + WORKGROUP, ... with a running maximum, then a fixed tree
//   tolerance: loss 1e-6 relative to max(1, |z|); gradient relative L2 1e-6 of a row

//% form WIDTH scalar vec4
//% include common/element-$WIDTH.wgsl

override WORKGROUP: u32 = 256u;
override GRADIENT: bool = false;
override CORRECT: bool = false;

struct Shape {
  rows: u32,
  vocabulary: u32,
  elements: u32,
}

@group(0) @binding(0) var<storage, read_write> logits: array<Element>;
@group(0) @binding(1) var<storage, read> targets: array<i32>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;
@group(0) @binding(3) var<storage, read> step_state: array<u32>;
@group(0) @binding(4) var<storage, read_write> correct: array<u32>;
@group(0) @binding(5) var<uniform> shape: Shape;

// Per invocation, then per tree node: largest logit and sum of exp(z - largest).
var<workgroup> largest: array<f32, WORKGROUP>;
var<workgroup> sums: array<f32, WORKGROUP>;
var<workgroup> beaten: array<u32, WORKGROUP>;

fn target_logit(row: u32, id: u32) -> f32 {
  let wide = logits[row * shape.elements + id / element_width];
  // Exactly one lane is kept; a sum with zeros returns it unchanged.
  let own = ids_from((id / element_width) * element_width) == Ids(id);
  return sum_of(select(Element(0.0), wide, own));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= shape.rows) {
    return;
  }
  let base = row * shape.elements;
  let label = targets[row];
  if (label < 0 || u32(label) >= shape.vocabulary) {
    if (GRADIENT) {
      for (var i = local; i < shape.elements; i += WORKGROUP) {
        logits[base + i] = Element(0.0);
      }
    }
    if (local == 0u) {
      let infinite = bitcast<f32>(0x7f800000u | min(shape.rows, 0u));
      losses[row] = select(infinite, 0.0, label < 0);
      if (CORRECT) {
        correct[row] = 0u;
      }
    }
    return;
  }
  let id = u32(label);
  let own = target_logit(row, id);

  var top = -3.0e38;
  var sum = 0.0;
  var loses = false;
  for (var i = local; i < shape.elements; i += WORKGROUP) {
    let z = logits[base + i];
    let here = largest_of(z);
    if (here > top) {
      sum *= exp(top - here);
      top = here;
    }
    sum += sum_of(exp(z - Element(top)));
    if (CORRECT) {
      let earlier = ids_from(i * element_width) < Ids(id);
      loses = loses || any_of((z > Element(own)) | ((z == Element(own)) & earlier));
    }
  }
  largest[local] = top;
  sums[local] = sum;
  beaten[local] = u32(loses);
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      let a = largest[local];
      let b = largest[local + width];
      let both = max(a, b);
      sums[local] = sums[local] * exp(a - both) + sums[local + width] * exp(b - both);
      largest[local] = both;
      beaten[local] |= beaten[local + width];
    }
    workgroupBarrier();
  }
  top = largest[0];
  sum = sums[0];
  if (local == 0u) {
    losses[row] = log(sum) + (top - own);
    if (CORRECT) {
      correct[row] = 1u - beaten[0];
    }
  }
  if (GRADIENT) {
    let scale = bitcast<f32>(step_state[3]);
    let share = scale / sum;
    for (var i = local; i < shape.elements; i += WORKGROUP) {
      let hit = ids_from(i * element_width) == Ids(id);
      let gradient = exp(logits[base + i] - Element(top)) * share;
      logits[base + i] = gradient - select(Element(0.0), Element(scale), hit);
    }
  }
}
