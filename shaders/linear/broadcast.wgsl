enable subgroups;

// The inner step shared by the broadcast kernels: for CPU adapters with subgroups, where a load costs
// many times a multiplication and neighbouring threads can hand values to each other.
//   A workgroup is one subgroup of LANES threads (4 or 8, from the device) and makes 16 rows × 16
//   columns; a thread has all 16 rows of 16 / LANES columns. Each thread loads the left factor at its
//   own inner index and broadcasts it, so that each value is loaded once per workgroup_id.

override LANES: u32 = 8u;

// One value for each of the 16 rows: row r at [r / 4][r % 4].
alias Rows = mat4x4<f32>;

// Where each of the 16 rows starts in its buffer.
struct Places {
  r0: vec4<u32>,
  r1: vec4<u32>,
  r2: vec4<u32>,
  r3: vec4<u32>,
}

// The columns of a thread: group * 16 + c * LANES + lane. Two are used with 8 lanes, four with 4.
struct Sums {
  c0: Rows,
  c1: Rows,
  c2: Rows,
  c3: Rows,
}

fn columns_of(group: u32, lane: u32) -> vec4<u32> {
  return group * 16u + lane + vec4<u32>(0u, 1u, 2u, 3u) * LANES;
}

// offset + min(first + r, last) * stride
fn places_of(first: u32, last: u32, offset: u32, stride: u32) -> Places {
  let row = first + vec4<u32>(0u, 1u, 2u, 3u);
  let end = vec4<u32>(last);
  return Places(
    offset + min(row, end) * stride,
    offset + min(row + 4u, end) * stride,
    offset + min(row + 8u, end) * stride,
    offset + min(row + 12u, end) * stride,
  );
}

fn multiply_lane(sums: ptr<function, Sums>, left: Rows, right: vec4<f32>) {
  (*sums).c0 += left * right.x;
  (*sums).c1 += left * right.y;
  if (LANES == 4u) {
    (*sums).c2 += left * right.z;
    (*sums).c3 += left * right.w;
  }
}

// sums += (lane q's left) × (right_q) for the lanes q = 0..3, in this order.
fn multiply_low(
  sums: ptr<function, Sums>,
  left: Rows,
  right0: vec4<f32>,
  right1: vec4<f32>,
  right2: vec4<f32>,
  right3: vec4<f32>,
) {
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 0u), subgroupBroadcast(left[1], 0u),
    subgroupBroadcast(left[2], 0u), subgroupBroadcast(left[3], 0u),
  ), right0);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 1u), subgroupBroadcast(left[1], 1u),
    subgroupBroadcast(left[2], 1u), subgroupBroadcast(left[3], 1u),
  ), right1);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 2u), subgroupBroadcast(left[1], 2u),
    subgroupBroadcast(left[2], 2u), subgroupBroadcast(left[3], 2u),
  ), right2);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 3u), subgroupBroadcast(left[1], 3u),
    subgroupBroadcast(left[2], 3u), subgroupBroadcast(left[3], 3u),
  ), right3);
}

// The same for the lanes 4..7.
fn multiply_high(
  sums: ptr<function, Sums>,
  left: Rows,
  right0: vec4<f32>,
  right1: vec4<f32>,
  right2: vec4<f32>,
  right3: vec4<f32>,
) {
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 4u), subgroupBroadcast(left[1], 4u),
    subgroupBroadcast(left[2], 4u), subgroupBroadcast(left[3], 4u),
  ), right0);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 5u), subgroupBroadcast(left[1], 5u),
    subgroupBroadcast(left[2], 5u), subgroupBroadcast(left[3], 5u),
  ), right1);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 6u), subgroupBroadcast(left[1], 6u),
    subgroupBroadcast(left[2], 6u), subgroupBroadcast(left[3], 6u),
  ), right2);
  multiply_lane(sums, Rows(
    subgroupBroadcast(left[0], 7u), subgroupBroadcast(left[1], 7u),
    subgroupBroadcast(left[2], 7u), subgroupBroadcast(left[3], 7u),
  ), right3);
}

// The four columns of one row.
fn row_of(sums: ptr<function, Sums>, row: u32) -> vec4<f32> {
  let i = row / 4u;
  let j = row % 4u;
  return vec4<f32>((*sums).c0[i][j], (*sums).c1[i][j], (*sums).c2[i][j], (*sums).c3[i][j]);
}
