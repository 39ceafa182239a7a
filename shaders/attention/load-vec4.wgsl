// Reads a block of four dimensions of a head vector of $NAME four values at a time; zeros beyond the head's size.
fn load_$NAME(vector: u32, chunk: u32) -> vec4f {
  if (4u * chunk >= HEAD_DIM) {
    return vec4f(0.0);
  }
  return $NAME[vector * (HEAD_DIM / 4u) + chunk];
}
