// Writes a block of four dimensions of a head vector of $NAME four values at a time; nothing beyond the head's size.
fn store_$NAME(vector: u32, chunk: u32, value: vec4f) {
  if (4u * chunk < HEAD_DIM) {
    $NAME[vector * (HEAD_DIM / 4u) + chunk] = value;
  }
}
