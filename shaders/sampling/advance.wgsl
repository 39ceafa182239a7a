// Appends each chosen token to its row, and moves the row on or ends it.
//   tokens: u32 [rows], the choice; stop: u32 [16], ids that end a row, padded with 0xffffffff
//   limits: u32 [rows], length of the history at which a row ends
//   history: u32 [rows, capacity]; lengths: u32 [rows]; both grow by the token
//   positions: u32 [rows], position of the next input; 0xffffffff = the row has ended: nothing happens
//   ids: u32 [rows], the next input
//   grid: one invocation per row, 64 per workgroup
//   tolerance: exact

struct Shape {
  rows: u32,
  capacity: u32,
}

const ended = 0xffffffffu;

@group(0) @binding(0) var<storage, read> tokens: array<u32>;
@group(0) @binding(1) var<storage, read> stop: array<u32>;
@group(0) @binding(2) var<storage, read> limits: array<u32>;
@group(0) @binding(3) var<storage, read_write> history: array<u32>;
@group(0) @binding(4) var<storage, read_write> lengths: array<u32>;
@group(0) @binding(5) var<storage, read_write> positions: array<u32>;
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;
@group(0) @binding(7) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= shape.rows) {
    return;
  }
  let position = positions[row];
  let length = lengths[row];
  if (position == ended) {
    return;
  }
  if (length >= shape.capacity) {
    positions[row] = ended;
    return;
  }
  let token = tokens[row];
  history[row * shape.capacity + length] = token;
  lengths[row] = length + 1u;
  ids[row] = token;
  var stops = length + 1u >= min(limits[row], shape.capacity);
  for (var i = 0u; i < 16u; i += 1u) {
    stops = stops || stop[i] == token;
  }
  positions[row] = select(position + 1u, ended, stops);
}
