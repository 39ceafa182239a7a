// Writes a block of four dimensions of a head vector of $NAME value by value; nothing beyond the head's size.
fn store_$NAME(vector: u32, chunk: u32, value: vec4f) {
  let at = vector * HEAD_DIM + 4u * chunk;
  if (4u * chunk < HEAD_DIM) {
    $NAME[at] = value.x;
  }
  if (4u * chunk + 1u < HEAD_DIM) {
    $NAME[at + 1u] = value.y;
  }
  if (4u * chunk + 2u < HEAD_DIM) {
    $NAME[at + 2u] = value.z;
  }
  if (4u * chunk + 3u < HEAD_DIM) {
    $NAME[at + 3u] = value.w;
  }
}
