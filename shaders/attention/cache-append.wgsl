// Puts the keys and values of new rows into a fixed-capacity cache:
//
//   key_cache[slots[n], positions[n], :] = k[n, :]       and the same for the values
//
// k, v [rows, width], caches [slots, capacity, width], slots, positions u32 [rows]; width = groups ·
// head size. A row whose slot or position lies outside the cache (0xffffffff: inactive) appends nothing.
// Rows go to distinct places. Grid: a thread per element of k, 64 per workgroup, folded. Exact.
struct Shape {
  elements: u32,
  width: u32,
  slots: u32,
  capacity: u32,
}

@group(0) @binding(0) var<storage, read> k: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<f32>;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read> positions: array<u32>;
@group(0) @binding(4) var<storage, read_write> key_cache: array<f32>;
@group(0) @binding(5) var<storage, read_write> value_cache: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let element = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (element >= shape.elements) {
    return;
  }
  let row = element / shape.width;
  let place = slots[row];
  let position = positions[row];
  if (place < shape.slots && position < shape.capacity) {
    let at = (place * shape.capacity + position) * shape.width + element % shape.width;
    key_cache[at] = k[element];
    value_cache[at] = v[element];
  }
}
