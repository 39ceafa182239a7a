// Reads a block of four dimensions of a head vector of $NAME, kept as float16, two to a word.
fn load_$NAME(vector: u32, chunk: u32) -> vec4f {
  if (4u * chunk >= HEAD_DIM) {
    return vec4f(0.0);
  }
  let words = $NAME[vector * (HEAD_DIM / 4u) + chunk];
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}
