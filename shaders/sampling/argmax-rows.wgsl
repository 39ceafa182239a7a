// The most likely token of each row: tokens[row] = argmax_j logits[row, j], ties to the lower id.
//   logits: [rows, vocabulary]; tokens: u32 [rows]
//   grid: one workgroup of WORKGROUP per row, folded over x and y
//   tolerance: exact

override WORKGROUP: u32 = 256u;

struct Shape {
  rows: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(2) var<uniform> shape: Shape;

var<workgroup> values: array<f32, WORKGROUP>;
var<workgroup> ids: array<u32, WORKGROUP>;

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
  let base = row * shape.vocabulary;
  // Invocations without an element repeat the first one, which changes no maximum.
  var id = 0u;
  var value = logits[base];
  for (var j = local; j < shape.vocabulary; j += WORKGROUP) {
    let z = logits[base + j];
    if (z > value) {
      value = z;
      id = j;
    }
  }
  values[local] = value;
  ids[local] = id;
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      let other = values[local + width];
      let other_id = ids[local + width];
      if (other > values[local] || (other == values[local] && other_id < ids[local])) {
        values[local] = other;
        ids[local] = other_id;
      }
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    tokens[row] = ids[0];
  }
}
