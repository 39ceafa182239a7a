// Rows of the left factor broadcast within a subgroup.
enable subgroups;

// The inner step shared by the broadcast kernels: for CPU adapters with subgroups, where a load costs many
// times a multiplication and neighbouring threads can hand values to each other.
//   A workgroup is one subgroup of LANES threads (4 or 8, from the device). Of the result it makes a tile of
//   4 · LANES along one side, four to a thread, and WIDTH (8, 16 or, with 8 lanes, 32) along the other, which
//   all threads share: values along that side are loaded by one thread and broadcast.

override LANES: u32 = 8u;
override WIDTH: u32 = 32u;

// 4 × 4 results: a column for each of the thread's four places, a component for each of four shared places.
alias Quad = mat4x4<f32>;

// The shared side in groups of four. Named, because adapters keep indexed arrays in memory.
struct Sums {
  q0: Quad,
  q1: Quad,
  q2: Quad,
  q3: Quad,
  q4: Quad,
  q5: Quad,
  q6: Quad,
  q7: Quad,
}

// Where a factor is contiguous along the inner dimension, a thread loads four inner indices of one shared place.
// These are the blocks of the places of the lanes 0..3 and 4..7, inner indices along the columns.
fn low_places(mine: vec4<f32>) -> Quad {
  return transpose(Quad(
    subgroupBroadcast(mine, 0u), subgroupBroadcast(mine, 1u),
    subgroupBroadcast(mine, 2u), subgroupBroadcast(mine, 3u),
  ));
}

fn high_places(mine: vec4<f32>) -> Quad {
  return transpose(Quad(
    subgroupBroadcast(mine, 4u), subgroupBroadcast(mine, 5u),
    subgroupBroadcast(mine, 6u), subgroupBroadcast(mine, 7u),
  ));
}

// sums += shared · own over four inner indices. own: a column for each of the thread's places; mine: a column for
// each group of LANES shared places, of which the thread has place `lane`.
fn add_places(sums: ptr<function, Sums>, mine: Quad, own: Quad) {
  if (LANES == 8u) {
    (*sums).q0 += low_places(mine[0]) * own;
    (*sums).q1 += high_places(mine[0]) * own;
    if (WIDTH > 8u) {
      (*sums).q2 += low_places(mine[1]) * own;
      (*sums).q3 += high_places(mine[1]) * own;
    }
    if (WIDTH > 16u) {
      (*sums).q4 += low_places(mine[2]) * own;
      (*sums).q5 += high_places(mine[2]) * own;
      (*sums).q6 += low_places(mine[3]) * own;
      (*sums).q7 += high_places(mine[3]) * own;
    }
  } else {
    (*sums).q0 += low_places(mine[0]) * own;
    (*sums).q1 += low_places(mine[1]) * own;
    if (WIDTH > 8u) {
      (*sums).q2 += low_places(mine[2]) * own;
      (*sums).q3 += low_places(mine[3]) * own;
    }
  }
}

// Where a factor is contiguous along the shared side, a thread loads four shared places, from 4 · lane on, of
// four inner indices. These are the blocks of one lane's places.
//% repeat lane 8
fn places_$lane(mine: Quad) -> Quad {
  return Quad(
    subgroupBroadcast(mine[0], ${lane}u), subgroupBroadcast(mine[1], ${lane}u),
    subgroupBroadcast(mine[2], ${lane}u), subgroupBroadcast(mine[3], ${lane}u),
  );
}

//% end
// sums += shared · own over four inner indices. own: a column for each of the thread's places; mine: a column for
// each inner index, of four shared places.
fn add_indices(sums: ptr<function, Sums>, mine: Quad, own: Quad) {
  (*sums).q0 += places_0(mine) * own;
  (*sums).q1 += places_1(mine) * own;
  if (WIDTH > 8u) {
    (*sums).q2 += places_2(mine) * own;
    (*sums).q3 += places_3(mine) * own;
  }
  if (WIDTH > 16u) {
    (*sums).q4 += places_4(mine) * own;
    (*sums).q5 += places_5(mine) * own;
    (*sums).q6 += places_6(mine) * own;
    (*sums).q7 += places_7(mine) * own;
  }
}

// The sums to be indexed by a variable, which those of the inner loop must not be.
fn quads_of(sums: Sums) -> array<Quad, 8> {
  return array<Quad, 8>(
    sums.q0, sums.q1, sums.q2, sums.q3, sums.q4, sums.q5, sums.q6, sums.q7,
  );
}
