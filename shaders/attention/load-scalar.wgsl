// Reads a block of four dimensions of a head vector of $NAME value by value; zeros beyond the head's size.
fn load_$NAME(vector: u32, chunk: u32) -> vec4f {
  let at = vector * HEAD_DIM + 4u * chunk;
  var value = vec4f(0.0);
  if (4u * chunk < HEAD_DIM) {
    value.x = $NAME[at];
  }
  if (4u * chunk + 1u < HEAD_DIM) {
    value.y = $NAME[at + 1u];
  }
  if (4u * chunk + 2u < HEAD_DIM) {
    value.z = $NAME[at + 2u];
  }
  if (4u * chunk + 3u < HEAD_DIM) {
    value.w = $NAME[at + 3u];
  }
  return value;
}
